public import SosiaCore

/// What ``Store/verify(progress:)`` found.
public struct VerifyReport: Sendable, Hashable {
    /// Something in the truth that is not as it was committed.
    public enum Problem: Sendable, Hashable {
        /// The ledger, and what must hold between its parts.
        case ledger(String)
        /// The vectors as a whole.
        case vectors(String)
        /// The record of one picture is not what was written. ``Store/repair(_:machine:progress:)`` mends what it can.
        case record(of: ImageID)
        /// The vector of one picture is not what was written. ``Store/repair(_:machine:progress:)`` and adding it again
        /// mend it.
        case vector(of: ImageID, row: Int)
        /// The bytes of an upload, kept under a key, are not as they were put; the picture is found all the same.
        /// Uploading them again mends it.
        case original(of: ImageID, key: ContentHash, ObjectCondition)
        /// The file that tiles were cut from is gone or changed; its tiles are found all the same.
        case container(path: String, TileContainer.State)
        /// A file is not what a picture was made from.
        case file(path: String, of: ImageID, FileState)
    }

    /// What became of a picture's file.
    public enum FileState: Sendable, Hashable {
        case changed
        case missing
        case unreadable(SkipReason)
    }

    /// Something to know, with which nothing is wrong.
    public enum Note: Sendable, Hashable {
        /// The bytes of an upload that a crash interrupted. ``Store/compact(progress:)`` takes them away.
        case orphan(ContentHash)
        /// The collection was written by a release that gave records no checksums; the next writer gives them theirs.
        case recordsUnprotected
    }

    public let pictures: Int
    /// Vacant rows, which compaction would give back.
    public let vacant: Int
    /// Files that were looked for and hashed; 0 unless that was asked for.
    public let files: Int
    public let problems: [Problem]
    public let notes: [Note]

    init(pictures: Int, vacant: Int, files: Int = 0, problems: [Problem], notes: [Note] = []) {
        self.pictures = pictures
        self.vacant = vacant
        self.files = files
        self.problems = problems
        self.notes = notes
    }
}

extension VerifyReport.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ledger(let fact), .vectors(let fact): fact
        case .vector(let id, let row):
            "the vector of picture \(id) (row \(row)) is not what was written; `sosia verify --repair` takes it out"
        case .record(let id):
            "the record of picture \(id) is not what was written; `sosia verify --repair` mends what it can"
        case .original(let id, let key, let condition):
            "the upload \(key), which is picture \(id), \(condition.words); uploading it again mends it"
        case .container(let path, let state): "\(path) \(state)"
        case .file(let path, let id, .changed):
            "\(path) is not what picture \(id) was made from; `sosia add --rehash` reads it again"
        case .file(let path, let id, .missing):
            "\(path), which is picture \(id), is gone; `sosia add --prune` forgets it"
        case .file(let path, let id, .unreadable(let reason)): "\(path), which is picture \(id): \(reason)"
        }
    }
}

extension VerifyReport.Note: CustomStringConvertible {
    public var description: String {
        switch self {
        case .orphan(let hash): "the upload \(hash) belongs to no picture; `sosia compact` takes it away"
        case .recordsUnprotected:
            "records have no checksums yet; they get them when the collection is opened for writing next"
        }
    }
}

extension ObjectCondition {
    fileprivate var words: String {
        switch self {
        case .whole: "is whole"
        case .missing: "is gone"
        case .changed(bytes: 0): "is empty"
        case .changed(let bytes): "is not what was put (\(bytes) bytes)"
        case .unreadable(let reason): "cannot be read: \(reason)"
        }
    }
}

extension VerifyReport.Problem {
    init(_ problem: EngineVerification.Problem) {
        self =
            switch problem {
            case .ledger(let fact): .ledger(fact)
            case .vectors(let fact): .vectors(fact)
            case .record(let id): .record(of: id)
            case .vector(let id, let row): .vector(of: id, row: row)
            }
    }
}

extension VerifyReport.Note {
    init(_ note: EngineVerification.Note) {
        switch note {
        case .recordsUnprotected: self = .recordsUnprotected
        }
    }
}
