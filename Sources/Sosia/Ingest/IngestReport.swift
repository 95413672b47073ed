import SosiaCore

/// What a run of ``Store/add(_:options:progress:)`` did.
public struct IngestReport: Sendable, Hashable {
    /// Pictures that were not known before.
    public internal(set) var added = 0
    /// Known files with other bytes than before.
    public internal(set) var changed = 0
    /// Pictures whose file is at a new place and gone from the old one; they keep their ids.
    public internal(set) var moved = 0
    /// Files with the bytes of a picture that another file shows, too.
    public internal(set) var duplicates = 0
    /// Files that were not even opened, because size and time are those of the last run.
    public internal(set) var unchanged = 0
    /// Pictures forgotten because all their files are gone.
    public internal(set) var pruned = 0
    public internal(set) var skipped: [SkippedFile] = []
    /// Paths of ``IngestOptions/attributesByPath`` that no file of this run has, sorted.
    public internal(set) var unmatched: [String] = []
}

/// How far a run has come.
public struct IngestProgress: Sendable, Hashable {
    /// The two passes of a run.
    public enum Stage: Sendable, Hashable {
        /// Looking through the folders; the total is not known yet.
        case walking
        case embedding
    }

    public let stage: Stage
    /// Files done with in this stage.
    public let done: Int
    /// Files of this stage; 0 while walking.
    public let total: Int
}
