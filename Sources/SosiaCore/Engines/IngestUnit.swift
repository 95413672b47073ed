/// One picture as a source shows it, on its way into a collection: everything but the id, which the engine gives.
public struct IngestEntry: Sendable {
    /// What only a picture that was decoded and embedded has.
    public struct Content: Sendable {
        public let embedding: Embedding
        public let facts: PictureFacts
        /// Where it was cut from a larger picture, which the collection knows; nil for a picture of its own.
        public let tile: Tile?

        public init(embedding: Embedding, facts: PictureFacts, tile: Tile? = nil) {
            self.embedding = embedding
            self.facts = facts
            self.tile = tile
        }
    }

    public let hash: ContentHash
    public let source: ImageSource
    /// nil for bytes that the collection was found to hold already: they are not decoded again. Not used where the picture
    /// turns out to be known.
    public let content: Content?
    /// Merged into those of the picture by name; these win.
    public let attributes: Attributes
    /// Locations with these bytes at which whoever reads the source has found nothing any more. If the picture was seen
    /// there, it has moved here.
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

/// What is committed at once: after the commit all of it survives a crash, and before it none of it is seen.
///
/// What each entry means (a new picture, a moved, changed or known one) is decided inside the commit, against what the
/// collection holds then; whoever made the unit may have asked earlier.
public struct IngestUnit: Sendable {
    public var entries: [IngestEntry]
    /// Attributes for pictures that were seen at some locations; what is not known there is passed over.
    public var attributes: [(location: SourceLocation, attributes: Attributes)]

    public init(
        _ entries: [IngestEntry] = [], attributes: [(location: SourceLocation, attributes: Attributes)] = []
    ) {
        self.entries = entries
        self.attributes = attributes
    }

    public var isEmpty: Bool { entries.isEmpty && attributes.isEmpty }
}

/// What an entry turned out to be.
public enum IngestOutcome: Sendable, Hashable {
    case added(ImageID)
    /// A known place that shows other bytes than before.
    case changed(ImageID)
    /// A known picture at a new place, the old one gone.
    case moved(ImageID)
    /// A known picture at one more place.
    case duplicate(ImageID)
    /// The same picture at the same place.
    case touched(ImageID)
    /// No picture has these bytes any more, and the entry has no content: nothing was done, and it has to be read again.
    case unknown

    public var id: ImageID? {
        switch self {
        case .added(let id), .changed(let id), .moved(let id), .duplicate(let id), .touched(let id): id
        case .unknown: nil
        }
    }
}

/// What a picture was made of, and where it was seen.
public struct PictureOrigin: Sendable, Hashable {
    public let id: ImageID
    /// Of the bytes; of a tile it tells its container, its window and its pixels.
    public let hash: ContentHash
    public let sources: [SourceLocation]
    /// nil for a picture of its own.
    public let tile: Tile?
    /// Whether its vector was lost, so that it is found no more, and waits for one of its sources to be added again.
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
    /// What every engine refuses at its door.
    /// - Throws: `VectorError.dimensionMismatch`; `EngineError.zeroCharacter`.
    public func check(dimension: Int) throws {
        for entry in entries {
            if let got = entry.content?.embedding.dimension, got != dimension {
                throw VectorError.dimensionMismatch(got: got, expected: dimension)
            }
            try entry.attributes.checkCharacters()
        }
        for (_, attributes) in attributes { try attributes.checkCharacters() }
    }
}

extension Attributes {
    /// - Throws: `EngineError.zeroCharacter` with the attribute that has U+0000 in its name or anywhere in its value.
    public func checkCharacters() throws(EngineError) {
        for (name, value) in self where name.unicodeScalars.contains("\0") || value.hasZeroCharacter {
            throw .zeroCharacter(attribute: name)
        }
    }
}

extension JSONValue {
    fileprivate var hasZeroCharacter: Bool {
        switch self {
        case .null, .bool, .integer, .number: false
        case .string(let text): text.utf8.contains(0)
        case .array(let values): values.contains(where: \.hasZeroCharacter)
        case .object(let values):
            values.contains { name, value in name.utf8.contains(0) || value.hasZeroCharacter }
        }
    }
}
