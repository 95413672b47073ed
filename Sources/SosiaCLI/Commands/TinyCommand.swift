import ArgumentParser

/// Files in the format of the 80 Million Tiny Images.
struct TinyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tiny", abstract: "Make, show and search files of tiny images.",
        discussion: """
            A file of tiny images is records of 3,072 bytes one behind the other: 32 x 32 pixels of red, then of green, \
            then of blue, each column by column. This is the format of the 80 Million Tiny Images. Position N starts \
            at byte N * 3,072.
            """,
        subcommands: [TinyMakeCommand.self, TinyShowCommand.self, TinySearchCommand.self, TinyRunCommand.self])
}
