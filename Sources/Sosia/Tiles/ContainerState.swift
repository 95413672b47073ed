public import SosiaCore

/// What became of a file since its tiles were added.
public enum ContainerState: Sendable, Hashable {
    case asAdded
    case changed
    case missing
    /// The file is as it was, but an interrupted run did not look at all of it, or tiles were taken out one by one.
    case incomplete
}

extension ContainerState: CustomStringConvertible {
    public var description: String {
        switch self {
        case .asAdded: "is as it was added"
        case .changed: "has changed since its tiles were added; add it again"
        case .missing: "is gone; its tiles are found, but not shown"
        case .incomplete: "does not have all of its tiles in the collection; add it again"
        }
    }
}

extension TileContainer {
    /// Asks the file system for the file and its parts, up to 513 of them, without opening any.
    public func checkFiles() -> ContainerState {
        do throws(TileError) {
            let present = try presentStamp()
            return present != stamp ? .changed : isComplete ? .asAdded : .incomplete
        } catch {
            if case .changed = error { return .changed }
            return .missing
        }
    }
}
