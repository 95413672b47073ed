import ArgumentParser
import Sosia
import TinyImages

/// Files in the format of the 80 Million Tiny Images.
struct TinyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tiny", abstract: "Make, show and search files of tiny images.",
        discussion: """
            A file of tiny images is a sequence of records of 3,072 bytes each: 32 x 32 values of red, then of green, \
            then of blue, column by column. This is the format of the 80 Million Tiny Images. Position N starts at \
            byte N * 3,072.
            """,
        subcommands: [TinyMakeCommand.self, TinyShowCommand.self, TinySearchCommand.self, TinyRunCommand.self])
}

/// Which file of tiny images.
struct TinyFileOptions: ParsableArguments {
    @Option(name: .customLong("db"), help: ArgumentHelp("The file of tiny images.", valueName: "file.bin"))
    var path: String

    /// Says on standard error when the last record is not whole.
    func open() throws -> TinyImageFile {
        let file = try TinyImageFile(path)
        if file.truncatedBytes > 0 {
            Console.error(
                "\(Console.oneLine(path)): the last \(file.truncatedBytes) bytes are no whole tiny image and are left out"
            )
        }
        return file
    }
}

/// How many threads.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Threads to use; by default one for each core.")
    var threads: Int = TinySearchOptions.threads.standard

    func validate() throws {
        try (TinySearchOptions.threads.minimum...TinySearchOptions.threads.maximum).check(threads, "--threads")
    }
}

/// What tiny images are compared with: a picture file, `-` for one on standard input, or `@N` for a position.
enum TinyQuery: Equatable {
    case file(String)
    case standardInput
    case position(Int)

    /// - Throws: `ValidationError` when `@` is not followed by a number.
    init(_ argument: String) throws {
        if argument == "-" {
            self = .standardInput
        } else if argument.hasPrefix("@") {
            guard let position = Int(argument.dropFirst()), position >= 0 else {
                throw ValidationError("\(Console.printable(argument)) is no position such as @7.")
            }
            self = .position(position)
        } else {
            self = .file(argument)
        }
    }

    /// As it was given.
    var name: String {
        switch self {
        case .file(let path): path
        case .standardInput: "-"
        case .position(let position): "@\(position)"
        }
    }

    /// - Throws: `InputFile.Unreadable` for what is no picture; `TinyImageError`.
    func image(in file: TinyImageFile) throws -> TinyImage {
        let bytes: [UInt8]
        switch self {
        case .position(let position): return try file.record(position)
        case .file(let path): bytes = try InputFile.bytes(path)
        case .standardInput: bytes = [UInt8](try StandardInput.bytes())
        }
        do {
            return try TinyImage(decoding: bytes)
        } catch {
            throw InputFile.Unreadable(
                path: self == .standardInput ? "standard input" : Console.oneLine(name), reason: error.description)
        }
    }
}
