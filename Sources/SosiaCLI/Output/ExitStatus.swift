import ArgumentParser
import Foundation
import Sosia

/// How the command ended. One of the two places where errors become text.
enum ExitStatus: Int32, Error {
    case done = 0
    case failed = 1
    case usage = 2
    /// Finished, but some pictures were not taken: each was named, or counted by its kind.
    case skippedFiles = 3

    /// Says what happened on the stream where it belongs.
    static func report(_ error: any Error) -> ExitStatus {
        if let status = error as? ExitStatus { return status }
        let code = SosiaCommand.exitCode(for: error)
        if code == .success {
            Console.print(SosiaCommand.fullMessage(for: error))
            return .done
        }
        if code == .validationFailure {
            Console.error(SosiaCommand.fullMessage(for: error))
            return .usage
        }
        Console.error("sosia: \(message(for: error))")
        return .failed
    }

    /// Errors of Sosia are values that describe themselves; Foundation's have a localised text.
    private static func message(for error: any Error) -> String {
        (error as NSError).domain == NSCocoaErrorDomain ? error.localizedDescription : "\(error)"
    }
}
