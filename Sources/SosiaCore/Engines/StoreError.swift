/// What can be wrong with a collection, wherever it lies.
public enum StoreError: Error, Hashable, Sendable {
    /// Another process held it for too long.
    case busy(path: String)
    /// The collection itself, not a cache of it, is unreadable. Nothing was changed.
    case damaged(path: String, reason: String)
    case diskFull(path: String)
    case failed(path: String, reason: String)
    /// What was opened is not there any more: its folder was deleted, moved, or replaced by another.
    case gone(path: String)
    /// The width of a thumbnail.
    case invalidWidth(got: Int, minimum: Int, maximum: Int)
    /// Another process is writing to the collection; nil if it did not say who it is.
    case locked(path: String, holder: LockHolder? = nil)
    case missing(path: String)
    case modelMismatch(got: String, expected: String)
    /// It has an older schema and is open for reading only.
    case needsMigration(path: String)
    /// It was written by a newer version and is left untouched.
    case newerVersion(path: String)
    /// The collection was opened without a store for the bytes of uploads.
    case noObjectStore
    /// No source of the picture still has its bytes.
    case originalGone(ImageID)
    /// Pruning would forget more than half of the known files.
    case pruneTooLarge(gone: Int, known: Int)
    /// The folder to prune does not exist; perhaps its disk is not mounted.
    case pruneRootMissing(path: String)
    case readOnly(path: String)
    /// What the ledger says of a picture is not what was written. ``EngineUpkeep/repair(reading:progress:)`` mends what it
    /// can.
    case recordDamaged(path: String, ImageID)
    /// The vectors do not match the ledger. ``EngineUpkeep/repair(reading:progress:)`` keeps those that can be read.
    case vectorsDamaged(path: String, reason: String)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .busy(let path): "\(path) is held by another process; try again"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
        case .diskFull(let path): "no space left on the disk of \(path); what was committed before is safe"
        case .failed(let path, let reason): "\(path): \(reason)"
        case .gone(let path): "the collection at \(path) has gone since it was opened"
        case .invalidWidth(let got, let minimum, let maximum): "the width is \(got), expected \(minimum) to \(maximum)"
        case .locked(let path, nil): "another process is writing to \(path); wait until it has finished"
        case .locked(let path, let holder?): "\(holder) is writing to \(path)\(holder.wayOut)"
        case .missing(let path): "there is no collection at \(path); `sosia add` creates one"
        case .modelMismatch(let got, let expected): "the collection holds vectors of \(expected), not of \(got)"
        case .needsMigration(let path):
            "\(path) was written by an older version and cannot be written; open it once with write permission"
        case .newerVersion(let path): "\(path) was written by a newer version of sosia; update sosia to open it"
        case .noObjectStore: "the collection was opened without a place for uploads"
        case .originalGone(let id): "no file has the bytes of picture \(id) any more"
        case .pruneTooLarge(let gone, let known):
            "\(gone) of \(known) known files are gone; nothing was pruned (--force prunes all the same)"
        case .pruneRootMissing(let path):
            "\(path) is not there, perhaps its disk is not mounted; nothing was pruned (--force prunes all the same)"
        case .readOnly(let path): "\(path) cannot be written"
        case .recordDamaged(let path, let id):
            "\(path) is damaged: the record of picture \(id) is not what was written; `sosia verify` says all that is, "
                + "`sosia verify --repair` mends what it can"
        case .vectorsDamaged(let path, let reason):
            "\(path) is damaged: \(reason); `sosia verify --repair` keeps what can be read"
        }
    }
}

/// The process that writes to a collection.
public struct LockHolder: Sendable, Hashable {
    public let process: Int32
    public let machine: MachineName
    /// Program and subcommand, such as `sosia serve`.
    public let command: String

    public init(process: Int32, machine: MachineName, command: String) {
        (self.process, self.machine, self.command) = (process, machine, command)
    }

    fileprivate var wayOut: String {
        command.hasSuffix(" serve")
            ? " until it is stopped; add by its page or its interface (POST .../images, .../jobs), or stop it and start it "
                + "again with --read-only"
            : "; wait until it has finished"
    }
}

extension LockHolder: CustomStringConvertible {
    public var description: String { "process \(process) on \(machine) (\(command))" }
}

extension LockHolder {
    /// What a lock file says of its holder, on three lines.
    package var signature: String { "\(process)\n\(machine)\n\(command)\n" }

    /// - Returns: nil for anything but a ``signature``.
    package init?(signature: String) {
        let lines = signature.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 4, let process = Int32(lines[0]), process > 0, let machine = MachineName(lines[1]) else {
            return nil
        }
        self.init(process: process, machine: machine, command: lines[2])
    }
}
