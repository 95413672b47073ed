import SosiaCore

/// What a run of ``Store/add(_:options:progress:)`` did.
public struct IngestReport: Sendable, Hashable {
    /// How far the run has come.
    public struct Progress: Sendable, Hashable {
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

    /// Something to know of a file that was added.
    public struct Note: Sendable, Hashable {
        /// What there is to know.
        public enum Fact: Sendable, Hashable {
            /// Its tiles have pixel positions only; the reader of the file may know why.
            case notGeoreferenced(String?)
            case other(String)
        }

        public let path: String
        public let fact: Fact
    }

    /// Pictures that were not known before.
    public internal(set) var added = 0
    /// Known files with other bytes than before.
    public internal(set) var changed = 0
    /// Pictures whose file is at a new place and gone from the old one; they keep their ids.
    public internal(set) var moved = 0
    /// Files with the bytes of a picture that another file shows, too.
    public internal(set) var duplicates = 0
    /// Known files with the bytes of the last run. Most were not even opened, because all that the system says of them is
    /// the same.
    public internal(set) var unchanged = 0
    /// Pictures forgotten because all their files are gone.
    public internal(set) var pruned = 0
    /// Tiles forgotten because their file does not have them any more: it changed, or is cut in another way.
    public internal(set) var removed = 0
    /// Tiles that were left out because they show nothing.
    public internal(set) var dropped = 0
    public internal(set) var skipped: [SkippedFile] = []
    /// What is not named one by one.
    public internal(set) var passedOver = PassedOver()
    /// What whoever adds some of the files should know.
    public internal(set) var notes: [Note] = []
    /// Paths of ``IngestOptions/attributesByPath`` that no file of this run has, sorted.
    public internal(set) var unmatched: [String] = []

    /// Whether pictures were left out: files that were skipped, and those of formats that are not read. Where nothing was
    /// taken, all that was passed over counts, unless a pattern excludes it.
    public var leavesOutPictures: Bool {
        if !skipped.isEmpty || passedOver.pictures > 0 { return true }
        return !isAnyTaken && passedOver.kinds.count + passedOver.hidden + passedOver.system.count > 0
    }

    /// Whether there is a picture that this run added or knew.
    package var isAnyTaken: Bool { [added, changed, moved, duplicates, unchanged].contains { $0 > 0 } }

    mutating func merge(_ other: IngestReport) {
        added += other.added
        changed += other.changed
        moved += other.moved
        duplicates += other.duplicates
        unchanged += other.unchanged
        pruned += other.pruned
        removed += other.removed
        dropped += other.dropped
        skipped += other.skipped
        passedOver.merge(other.passedOver)
        notes += other.notes
        unmatched += other.unmatched
    }
}

extension IngestReport.Note: CustomStringConvertible {
    public var description: String {
        switch fact {
        case .notGeoreferenced(let reason):
            "\(path): \(reason ?? "it has no georeference, so its tiles have pixel positions only")"
        case .other(let text): "\(path): \(text)"
        }
    }
}
