public import SosiaCore

/// What ``Store/verify(progress:)`` found.
public struct VerifyReport: Sendable, Hashable {
    /// Something in the truth that is not as it was committed.
    public enum Problem: Sendable, Hashable {
        /// The ledger, and what must hold between its parts.
        case ledger(String)
        /// The vectors as a whole.
        case vectors(String)
        /// The vector of one picture is not what was written. ``Store/repair(_:machine:progress:)`` and adding it again
        /// mend it.
        case vector(of: ImageID, row: Int)
        /// The bytes of an upload are gone; the picture is found all the same.
        case originalMissing(ImageID)
        /// The bytes of an upload that a crash interrupted. ``Store/compact(progress:)`` takes them away.
        case orphan(ContentHash)
        /// The file that tiles were cut from is gone or changed; its tiles are found all the same.
        case container(path: String, TileContainer.State)
    }

    public let pictures: Int
    /// Vacant rows, which compaction would give back.
    public let vacant: Int
    public let problems: [Problem]
}

extension VerifyReport.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ledger(let fact), .vectors(let fact): fact
        case .vector(let id, let row):
            "the vector of picture \(id) (row \(row)) is not what was written; `sosia verify --repair` takes it out"
        case .originalMissing(let id): "the bytes of the upload that is picture \(id) are gone"
        case .container(let path, let state): "\(path) \(state)"
        case .orphan(let hash): "the upload \(hash) belongs to no picture; `sosia compact` takes it away"
        }
    }
}

extension VerifyReport.Problem {
    init(_ problem: EngineVerification.Problem) {
        self =
            switch problem {
            case .ledger(let fact): .ledger(fact)
            case .vectors(let fact): .vectors(fact)
            case .vector(let id, let row): .vector(of: id, row: row)
            }
    }
}
