import Sosia

/// The body of a search: what is looked for, among which pictures, and how many.
///
/// ```json
/// {"query": {"positive": [{"upload": "file0"}, {"id": 1, "weight": 2},
///                         {"place": {"raster": 3, "x": 512, "y": 256}}], "negative": [{"id": 7}],
///            "region": {"x": 0, "y": 0, "width": 100, "height": 100}},
///  "filter": "price < 50", "k": 20, "cursor": null, "max_distance": null, "exact": null, "recall": 0.99,
///  "index": null, "overlaps": "merge"}
/// ```
struct SearchBody: Sendable {
    /// What stands for a picture before it is fetched.
    enum Source: Sendable {
        case upload(String)
        case url(String)
        case image(ImageID)
        case vector([Float])
        case place(RasterPlace)
    }

    struct Example: Sendable {
        let source: Source
        let region: PixelRegion?
        let weight: Float
        let pointer: String
    }

    static let maximumExamples = 64
    static let maximumDimension = 65_536
    /// Searches of one batch.
    static let maximumBatch = 100
    private static let members: Set<String> = [
        "query", "filter", "k", "cursor", "max_distance", "exact", "recall", "index", "overlaps",
    ]

    let examples: [Example]
    let options: SearchOptions

    /// Everything like one upload.
    init(picture name: String, k: Int) throws {
        try self.init(JSONReader(["query": ["positive": [["upload": .string(name)]]], "k": .integer(Int64(k))]))
    }

    init(_ document: JSONReader) throws {
        let members = try document.object(Self.members)
        guard let query = members["query"] else { throw document.wrong("a query is missing") }
        examples = try Self.examples(query)
        options = try SearchOptions(members)
    }

    private static func examples(_ query: JSONReader) throws -> [Example] {
        let members = try query.object(["positive", "negative", "region"])
        let region = try members["region"].map(Self.region)
        let wanted = try members["positive"]?.array(0...maximumExamples) ?? []
        let unwanted = try members["negative"]?.array(0...maximumExamples) ?? []
        return try wanted.map { try example($0, sign: 1, region: region) }
            + unwanted.map { try example($0, sign: -1, region: nil) }
    }

    /// - Parameter region: of the examples that name none and have pixels.
    private static func example(_ reader: JSONReader, sign: Float, region: PixelRegion?) throws -> Example {
        let members = try reader.object(["upload", "url", "id", "place", "vector", "weight", "region"])
        let sources = ["upload", "url", "id", "place", "vector"].compactMap { members[$0] }
        guard let value = sources.first, sources.count == 1 else {
            throw reader.wrong("one of upload, url, id, place and vector is expected")
        }
        let weight = try members["weight"]?.number() ?? 1
        guard weight > 0, weight <= 1000 else { throw reader.wrong("the weight is \(weight), expected 0 to 1000") }
        let source = try source(value)
        let own = try members["region"].map(Self.region)
        if case .vector = source {
            guard own == nil else { throw reader.wrong("a vector has no regions") }
            return Example(source: source, region: nil, weight: sign * Float(weight), pointer: reader.pointer)
        }
        return Example(
            source: source, region: own ?? region, weight: sign * Float(weight), pointer: reader.pointer)
    }

    private static func source(_ value: JSONReader) throws -> Source {
        switch value.pointer.split(separator: "/").last {
        case "upload": return .upload(try value.string(longest: 256))
        case "url": return .url(try value.string())
        case "id": return .image(ImageID(rawValue: Int64(try value.integer(1...Int.max))))
        case "place": return .place(try place(value))
        default: return .vector(try value.vector(1...maximumDimension))
        }
    }

    /// A window, or a point when it says nothing of its size.
    private static func place(_ reader: JSONReader) throws -> RasterPlace {
        let members = try reader.object(["raster", "x", "y", "width", "height"])
        func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int {
            guard let value = members[name] else { throw reader.wrong("\(name) is missing") }
            return try value.integer(range)
        }
        let raster = Int64(try number("raster", 1...Int.max))
        let (x, y) = (try number("x", 0...longestSide), try number("y", 0...longestSide))
        if members["width"] == nil, members["height"] == nil { return .point(x: x, y: y, raster: raster) }
        let sides = RasterPlace.minimumSide...RasterPlace.maximumSide
        let window = PixelWindow(x: x, y: y, width: try number("width", sides), height: try number("height", sides))
        return .window(window, raster: raster)
    }

    /// Pixels; no raster is larger.
    static let longestSide = Int(Int32.max)

    static func region(_ reader: JSONReader) throws -> PixelRegion {
        let members = try reader.object(["x", "y", "width", "height"])
        func side(_ name: String, _ minimum: Int) throws -> Int {
            guard let value = members[name] else { throw reader.wrong("\(name) is missing") }
            return try value.integer(minimum...1_000_000)
        }
        return PixelRegion(
            x: try side("x", 0), y: try side("y", 0), width: try side("width", 1), height: try side("height", 1))
    }
}
