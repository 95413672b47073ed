/// The number of a picture in its collection; positive, never reused.
public struct ImageID: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    public static func < (lhs: ImageID, rhs: ImageID) -> Bool { lhs.rawValue < rhs.rawValue }

    public var description: String { String(rawValue) }
}

/// What a collection knows of one picture.
public struct ImageRecord: Sendable, Hashable {
    public let id: ImageID
    /// Where the picture was seen, ordered by text; more than one if several files have the same bytes.
    public let sources: [SourceLocation]
    public let facts: PictureFacts
    /// Set by the user.
    public let attributes: Attributes
    /// The window of a larger picture that it was cut from; nil for a picture that is not a tile.
    public let tile: Tile?

    public init(
        id: ImageID, sources: [SourceLocation], facts: PictureFacts, attributes: Attributes, tile: Tile? = nil
    ) {
        self.id = id
        self.sources = sources
        self.facts = facts
        self.attributes = attributes
        self.tile = tile
    }

    /// A one-line name: the tile's file and window, or the first source.
    /// - Parameter machine: the machine whose files are named by path alone.
    public func name(on machine: MachineName) -> String {
        tile?.name(on: machine) ?? sources.first?.text(on: machine) ?? ""
    }

    /// The facts and the user's attributes together; the user's win where both have the same name.
    ///
    /// Facts are named `format`, `width`, `height`, `captured`, `latitude`, `longitude` and `camera`; unknown ones are
    /// missing.
    public var allAttributes: Attributes {
        var all: Attributes = [
            "format": .string(facts.format), "width": .integer(Int64(facts.width)),
            "height": .integer(Int64(facts.height)),
        ]
        if let captured = facts.captured { all["captured"] = .string(captured) }
        if let position = facts.position {
            all["latitude"] = .number(position.latitude)
            all["longitude"] = .number(position.longitude)
        }
        if let camera = facts.camera { all["camera"] = .string(camera) }
        return all.merging(attributes) { _, own in own }
    }
}
