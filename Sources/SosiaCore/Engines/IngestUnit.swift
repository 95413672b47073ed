/// A picture from one source on its way into a collection: everything but the id, which the engine assigns.
public struct IngestEntry: Sendable {
    /// What only decoding and embedding can tell.
    public struct Content: Sendable {
        public let embedding: Embedding
        public let facts: PictureFacts
        /// The window of a known container that it was cut from; nil for a picture that is not a tile.
        public let tile: Tile?

        public init(embedding: Embedding, facts: PictureFacts, tile: Tile? = nil) {
            self.embedding = embedding
            self.facts = facts
            self.tile = tile
        }
    }

    public let hash: ContentHash
    public let source: ImageSource
    /// nil for bytes that the collection already had when it was asked, so that they need not be decoded again. Ignored if
    /// the picture turns out to be known.
    public let content: Content?
    /// Merged into the picture's attributes by name, replacing existing values.
    public let attributes: Attributes
    /// Former locations of these bytes that turned out to be empty. If the picture was seen at one of them, it has moved.
    public let gone: [SourceLocation]

    public init(
        hash: ContentHash, source: ImageSource, content: Content?, attributes: Attributes = [:],
        gone: [SourceLocation] = []
    ) {
        self.hash = hash
        self.source = source
        self.content = content
        self.attributes = attributes
        self.gone = gone
    }
}

/// What is committed at once: none of it is visible before the commit, all of it survives a crash afterwards.
///
/// Whether an entry is new, moved, changed or known is decided inside the commit, against what the collection holds at
/// that moment: what the maker of the unit asked earlier may be out of date.
public struct IngestUnit: Sendable {
    public var entries: [IngestEntry]
    /// Attributes for pictures by their locations; unknown locations are ignored.
    public var attributes: [(location: SourceLocation, attributes: Attributes)]

    public init(
        _ entries: [IngestEntry] = [], attributes: [(location: SourceLocation, attributes: Attributes)] = []
    ) {
        self.entries = entries
        self.attributes = attributes
    }

    public var isEmpty: Bool { entries.isEmpty && attributes.isEmpty }
}

/// What became of an entry.
public enum IngestOutcome: Sendable, Hashable {
    case added(ImageID)
    /// A known location that has new bytes.
    case changed(ImageID)
    /// A known picture at a new location, its old one gone.
    case moved(ImageID)
    /// A known picture at one more location.
    case duplicate(ImageID)
    /// The same picture at the same location.
    case touched(ImageID)
    /// The entry has no content, and no picture has these bytes any more. Nothing was done; the source must be read again.
    case unknown

    public var id: ImageID? {
        switch self {
        case .added(let id), .changed(let id), .moved(let id), .duplicate(let id), .touched(let id): id
        case .unknown: nil
        }
    }
}

/// The bytes that a picture was made from and where they were seen.
public struct PictureOrigin: Sendable, Hashable {
    public let id: ImageID
    /// Of the bytes; of a tile, of its container, window and pixels.
    public let hash: ContentHash
    public let sources: [SourceLocation]
    /// nil for a picture that is not a tile.
    public let tile: Tile?
    /// Whether its vector was lost, so that searches do not find it until one of its sources is added again.
    public let isLost: Bool

    public init(id: ImageID, hash: ContentHash, sources: [SourceLocation], tile: Tile? = nil, isLost: Bool = false) {
        self.id = id
        self.hash = hash
        self.sources = sources
        self.tile = tile
        self.isLost = isLost
    }
}

extension IngestUnit {
    /// The checks that every engine makes before a commit.
    /// - Throws: `VectorError.dimensionMismatch`; what `Attributes.check(of:)` throws.
    public func check(dimension: Int) throws {
        for entry in entries {
            if let got = entry.content?.embedding.dimension, got != dimension {
                throw VectorError.dimensionMismatch(got: got, expected: dimension)
            }
            try entry.attributes.check(of: entry.source.location.name)
        }
        for (location, attributes) in attributes { try attributes.check(of: location.name) }
    }
}

extension SourceLocation {
    /// For errors.
    fileprivate var name: String {
        switch self {
        case .file(let path, _): path
        case .upload(_, let name): name
        case .tile(let tile): tile.description
        case .object(let bucket, let key): "\(bucket)/\(key)"
        }
    }
}
