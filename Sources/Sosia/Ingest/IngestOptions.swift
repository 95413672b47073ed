import FileSystem
import Foundation
package import SosiaCore

/// How a run of ``Store/add(_:options:progress:)`` works.
public struct IngestOptions: Sendable {
    public static let minimumJobs = 1
    public static let maximumJobs = 256
    /// One worker a core: each decodes and embeds one picture at a time.
    public static var defaultJobs: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// Pictures a commit. More lose more work in a crash, fewer wait for the disk more often.
    public static let minimumBatch = 1
    public static let defaultBatch = 128
    public static let maximumBatch = 10_000

    public var jobs = IngestOptions.defaultJobs
    public var batch = IngestOptions.defaultBatch
    /// Set on every picture of the run.
    public var attributes: Attributes = [:]
    /// Set on the picture of one file, by absolute path; wins over ``attributes``.
    public var attributesByPath: [String: Attributes] = [:]
    /// Absolute paths of folders, without links: what leads out of them by a link is passed over. Nil: links lead
    /// anywhere.
    public var onlyBelow: [String]?
    /// Patterns by the rules of gitignore for files and folders that are passed over, in this run and in all that come: the
    /// collection remembers them. One with a slash begins at each of the folders that this run is given. What can match
    /// nothing is ignored.
    public var exclusions: [String] = []
    /// Take what is hidden, too. What systems and programs keep for themselves is passed over all the same.
    public var includesHidden = false
    /// Hash all files again, those that look unchanged, too.
    public var rehash = false
    /// Forget files below the given folders that are gone or excluded. What lies on a disk that seems not to be there is
    /// kept, and the report names its folder.
    public var prune = false
    /// Prune even when a disk seems not to be there, or more than half of the known files would go.
    public var force = false

    public init() {}

    /// Whether a text is a pattern that can match something.
    package static func isPattern(_ text: String) -> Bool { PathPattern(text) != nil }

    /// - Throws: what `Attributes.check(of:)` throws, for any file that has attributes of its own, and for all others.
    package func checkAttributes() throws(EngineError) {
        try attributes.check(of: "each picture")
        for path in attributesByPath.keys.sorted() { try attributes(for: path).check(of: path) }
    }

    func attributes(for path: String) -> Attributes {
        guard let own = attributesByPath[path] else { return attributes }
        return attributes.merging(own) { _, own in own }
    }
}
