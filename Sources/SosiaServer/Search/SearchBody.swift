import Hummingbird
import Sosia
import SosiaCore

/// The body of a search: examples and options.
///
/// ```json
/// {"query": {"positive": [{"upload": "file0"}, {"id": 1, "weight": 2},
///                         {"place": {"raster": 3, "x": 512, "y": 256}}], "negative": [{"id": 7}],
///            "region": {"x": 0, "y": 0, "width": 100, "height": 100}},
///  "filter": "price < 50", "k": 20, "cursor": null, "max_distance": null, "exact": null, "recall": 0.99,
///  "index": null, "overlaps": "merge"}
/// ```
struct SearchBody: Sendable {
    /// How an example is named, before its picture is fetched.
    enum Source: Sendable {
        case upload(String)
        case url(String)
        case image(ImageID)
        case vector([Float])
        /// Member `place`: a window of a raster, or a point in it.
        case window(RasterPlace)
    }

    struct Example: Sendable {
        let source: Source
        let region: PixelRegion?
        let weight: Float
        let pointer: String
    }

    /// Examples of each sign.
    static let maximumExamples = 64
    static let maximumWeight = 1_000.0
    /// Numbers of a vector.
    static let maximumDimension = 65_536
    /// Searches of a batch.
    static let maximumBatch = 100
    /// Pixels of a region's sides.
    static let maximumRegionSide = 1_000_000
    /// Pixels; no raster is larger.
    static let maximumRasterSide = Int(Int32.max)

    /// The names of its members.
    static let members = Set(SearchOptions.all.map(\.name) + ["query"])
    /// Bytes of the name of an upload.
    static let longestName = 256

    let examples: [Example]
    let options: SearchOptions

    /// A search for pictures like one upload.
    init(picture name: String, k: Int) throws {
        var options = try SearchOptions([String: JSONReader]())
        options.k = k
        self.init(uploads: [name], region: nil, options: options)
    }

    /// A search for pictures like all uploads.
    init(uploads names: [String], region: PixelRegion?, options: SearchOptions) {
        examples = names.enumerated().map { index, name in
            Example(source: .upload(name), region: region, weight: 1, pointer: "/query/positive/\(index)")
        }
        self.options = options
    }

    init(_ document: JSONReader) throws {
        let members = try document.object(Self.members)
        guard let query = members["query"] else { throw document.wrong("a query is missing") }
        examples = try Self.examples(query)
        options = try SearchOptions(members)
    }

    /// A search for pictures like one of the collection.
    init(like id: ImageID, _ options: SearchOptions) {
        examples = [Example(source: .image(id), region: nil, weight: 1, pointer: "")]
        self.options = options
    }

    /// Hits on the pages before.
    var returned: Int { options.cursor?.returned ?? 0 }

    private static func examples(_ query: JSONReader) throws -> [Example] {
        let members = try query.object(["positive", "negative", "region"])
        let region = try members["region"].map(Self.region)
        let wanted = try members["positive"]?.array(0...maximumExamples) ?? []
        let unwanted = try members["negative"]?.array(0...maximumExamples) ?? []
        return try wanted.map { try example($0, sign: 1, region: region) }
            + unwanted.map { try example($0, sign: -1, region: nil) }
    }

    /// - Parameter region: for examples with pixels that name none.
    private static func example(_ reader: JSONReader, sign: Float, region: PixelRegion?) throws -> Example {
        let members = try reader.object(["upload", "url", "id", "place", "vector", "weight", "region"])
        let sources = ["upload", "url", "id", "place", "vector"].compactMap { members[$0] }
        guard let value = sources.first, sources.count == 1 else {
            throw reader.wrong("one of upload, url, id, place and vector is expected")
        }
        let weight = try members["weight"]?.number() ?? 1
        guard weight > 0, weight <= maximumWeight else {
            throw reader.wrong("the weight is \(weight), expected 0 to \(Int(maximumWeight))")
        }
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
        case "upload": return .upload(try value.string(longest: longestName))
        case "url": return .url(try value.string())
        case "id": return .image(ImageID(rawValue: Int64(try value.integer(1...Int.max))))
        case "place": return .window(try window(value))
        default: return .vector(try value.vector(1...maximumDimension))
        }
    }

    /// A window, or a point if no size is given.
    private static func window(_ reader: JSONReader) throws -> RasterPlace {
        let members = try reader.object(["raster", "x", "y", "width", "height"])
        func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int {
            guard let value = members[name] else { throw reader.wrong("\(name) is missing") }
            return try value.integer(range)
        }
        let raster = Int64(try number("raster", 1...Int.max))
        let (x, y) = (try number("x", 0...maximumRasterSide), try number("y", 0...maximumRasterSide))
        if members["width"] == nil, members["height"] == nil { return .point(x: x, y: y, raster: raster) }
        let sides = RasterPlace.minimumSide...RasterPlace.maximumSide
        let window = PixelWindow(x: x, y: y, width: try number("width", sides), height: try number("height", sides))
        return .window(window, raster: raster)
    }

    static func region(_ reader: JSONReader) throws -> PixelRegion {
        let members = try reader.object(["x", "y", "width", "height"])
        func side(_ name: String, _ minimum: Int) throws -> Int {
            guard let value = members[name] else { throw reader.wrong("\(name) is missing") }
            return try value.integer(minimum...maximumRegionSide)
        }
        return PixelRegion(
            x: try side("x", 0), y: try side("y", 0), width: try side("width", 1), height: try side("height", 1))
    }
}

/// A search, and the files that it names.
struct SearchQuestion: Sendable {
    let body: SearchBody
    var uploads: [String: [UInt8]] = [:]

    /// The addresses among its examples, in order.
    var addresses: [String] {
        body.examples.compactMap { if case .url(let address) = $0.source { address } else { nil } }
    }
}

/// A search as a form: either a field `request` with a search body that names the files, or files, each a positive
/// example, with the ``SearchOptions`` and `region` (JSON) as fields.
struct SearchForm: Sendable {
    private var uploads: [String: [UInt8]] = [:]
    private var names: [String] = []
    private var fields: [FormPart] = []
    /// Of all fields.
    private(set) var fieldBytes = 0

    init(_ request: Request, _ context: ServerContext, reader: FormReader) async throws {
        try await reader.read(request, context) { part in
            let name = part.headers.name
            // Longer names are not hashed.
            guard name.utf8.count <= SearchBody.longestName else {
                throw Problem.body(at: "", "the name of a part has at most \(SearchBody.longestName) bytes")
            }
            guard part.isFile else {
                fields.append(part)
                fieldBytes += part.bytes.count
                return
            }
            guard uploads.count < SearchBody.maximumExamples else {
                throw Problem(.tooManyFiles, "a search takes at most \(SearchBody.maximumExamples)")
            }
            // Files of the same name are numbered: picture, picture-2.
            let key = uploads[name] == nil ? name : "\(name)-\(uploads.count + 1)"
            uploads[key] = part.bytes
            names.append(key)
        }
    }

    /// Reads the fields.
    func question() throws -> SearchQuestion {
        var fields: [String: JSONReader] = [:]
        for field in self.fields { fields[field.headers.name] = try Self.value(of: field) }
        if let document = fields.removeValue(forKey: "request") {
            guard fields.isEmpty else { throw Problem.body(at: "", "with request the form has no other fields") }
            return SearchQuestion(body: try SearchBody(document), uploads: uploads)
        }
        let region = try fields.removeValue(forKey: "region").map(SearchBody.region)
        let body = SearchBody(uploads: names, region: region, options: try SearchOptions(fields))
        return SearchQuestion(body: body, uploads: uploads)
    }

    /// Texts as they are, other values as JSON.
    /// - Returns: nil for an empty option, which counts as missing.
    private static func value(of part: FormPart) throws -> JSONReader? {
        let name = part.headers.name
        let options = SearchBody.members.subtracting(["query"])
        guard options.contains(name) || name == "request" || name == "region" else {
            throw JSONReader.unknown(name, at: "", SearchBody.members)
        }
        if part.bytes.isEmpty, options.contains(name) { return nil }
        let isText = SearchOptions.all.contains { $0.name == name && $0.isText }
        return isText ? JSONReader(JSONTree(string: try part.text()), at: "/" + name) : try part.json()
    }
}
