import Images

/// Pictures to make tiny images of, one at a time, in no particular order.
public protocol PictureSource {
    /// Where they come from, as it was given.
    var path: String { get }

    /// Called from one thread at a time.
    /// - Returns: nil at the end.
    mutating func next() throws -> SourcePicture?
}

/// One picture of a source.
public struct SourcePicture: Sendable {
    /// What the picture is.
    public enum Content: Sendable {
        /// Hands over the file's bytes, on any thread. What it throws describes why the picture is passed over.
        case file(@Sendable () throws -> [UInt8])
        /// The picture that has this name.
        case link(to: String)
    }

    /// Below the folder, or in the archive.
    public let name: String
    public let content: Content

    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }
}

/// The pictures of a tar archive, plain or compressed: files that are called like pictures, and hard links to them.
///
/// What is hidden is passed over, as it is in folders.
public struct ArchivePictures: PictureSource {
    /// Why an entry is passed over.
    private enum Problem: Error, CustomStringConvertible {
        case tooLarge(Int64)
        case notAFile

        var description: String {
            switch self {
            case .tooLarge(let size): "the file has \(size) bytes, the limit is \(ArchivePictures.maximumBytes)"
            case .notAFile: "not a regular file"
            }
        }
    }

    public let path: String
    /// nil at the end.
    private var archive: Archive?
    private static let maximumBytes = DecodeLimits.fileBytes.standard

    /// - Throws: `TinyImageError.unreadableArchive`, `TinyImageError.libraryMissing`
    public init(_ path: String) throws(TinyImageError) {
        self.path = path
        archive = try Archive(path)
    }

    /// - Throws: `TinyImageError.unreadableArchive`
    public mutating func next() throws -> SourcePicture? {
        guard let archive else { return nil }
        while let entry = try archive.next() {
            guard entry.kind != .folder, Self.isVisible(entry.name), PictureFormat.isUsual(name: entry.name) else {
                continue
            }
            return SourcePicture(name: entry.name, content: try Self.content(of: entry, in: archive))
        }
        self.archive = nil
        return nil
    }

    private static func content(
        of entry: Archive.Entry, in archive: Archive
    ) throws(TinyImageError) -> SourcePicture.Content {
        switch entry.kind {
        case .link(let target): return .link(to: target)
        case .file where entry.size > maximumBytes: return .file { throw Problem.tooLarge(entry.size) }
        case .file:
            // Now, because the archive goes on.
            let bytes = try archive.read(count: Int(max(entry.size, 0)))
            return .file { bytes }
        case .folder, .other: return .file { throw Problem.notAFile }
        }
    }

    private static func isVisible(_ name: String) -> Bool {
        !name.split(separator: "/").contains { $0.hasPrefix(".") && $0 != "." }
    }
}
