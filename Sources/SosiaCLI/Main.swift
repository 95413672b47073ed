import ArgumentParser
import Foundation
import FileSystem

/// Parses, runs, and turns every outcome into the exit code that the help promises.
@main
enum Main {
    /// Begins on the main thread, before other threads exist that would have arenas of their own.
    @MainActor static func main() async {
        FreedMemory.share()
        // Whatever was inherited: a reader that closes the pipe ends the command, as it ends any other.
        signal(SIGPIPE, SIG_DFL)
        Console.reserveStreams()
        var status = await SosiaCommand.run(Array(CommandLine.arguments.dropFirst()))
        do {
            try Console.finish()
        } catch {
            status = ExitStatus.report(error)
        }
        exit(status.rawValue)
    }
}

struct SosiaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sosia",
        abstract: "Search pictures by picture.",
        discussion: """
            The collection is the folder that --store names, otherwise $SOSIA_STORE, otherwise sosia/photos.sosia in \
            your data folder.

            Exit codes: 0 done, 1 failed, 2 wrong usage, 3 finished, but some files were skipped.
            """,
        version: "0.1.0",
        subcommands: [
            AddCommand.self, SearchCommand.self, ShowCommand.self, RemoveCommand.self, StatusCommand.self,
            VerifyCommand.self, CompactCommand.self, ModelCommand.self, BenchCommand.self, ServeCommand.self,
            KeyCommand.self, MosaicCommand.self, ReportCommand.self, TinyCommand.self,
        ])

    /// Says on the console what comes of it.
    /// - Parameter arguments: without the program's name.
    static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return ExitStatus.report(error)
        }
    }
}
