import Sosia
import SosiaCore

extension Schemas {
    /// The members of a picture, alone and in a hit.
    static let picture: [(name: String, schema: Schema)] = [
        ("id", id), ("name", .string("The name of its file.")),
        ("path", .string("Where its file lies, for clients that may see it.")), ("format", .string()),
        ("width", .count),
        ("height", .count), ("captured", .string()), ("camera", .string()),
        ("position", .object([("latitude", .number), ("longitude", .number)])), ("tile", tile),
        ("attributes", .map(.anything)), ("file_url", .string()), ("thumb_url", .string()),
    ]
    static let pictureOptional: Set<String> = ["path", "captured", "camera", "position", "tile"]

    private static let tile = Schema.object(
        [
            ("raster", id.described("The number of the raster that the tile was cut from.")),
            (
                "position",
                Schema.count.described("The number, from 0, of a record in a file of tiny images.")
            ),
            ("window", .object([("x", .count), ("y", .count), ("width", .count), ("height", .count)])),
            (
                "outline",
                .array(.array(.number, 2...2))
                    .described(
                        "Longitude and latitude of points of its edge, clockwise from the upper left corner.")
            ),
        ], optional: ["raster", "position", "outline"]
    ).described("Where the picture was cut from a larger one, whose file name begins the picture's name.")

    static let pictures = Schema.object([
        ("results", .array(.component("Picture"))), ("next_cursor", id.orNull()),
    ])

    static let region = Schema.object([
        ("x", .integer(0...SearchBody.maximumRegionSide)), ("y", .integer(0...SearchBody.maximumRegionSide)),
        ("width", .integer(1...SearchBody.maximumRegionSide)), ("height", .integer(1...SearchBody.maximumRegionSide)),
    ]).described("Pixels of the upright picture, from its upper left corner.")

    /// `Place` in the interface.
    static let window = Schema.object(
        [
            ("raster", id), ("x", .integer(0...SearchBody.maximumRasterSide)),
            ("y", .integer(0...SearchBody.maximumRasterSide)),
            ("width", .integer(RasterPlace.minimumSide...RasterPlace.maximumSide)),
            ("height", .integer(RasterPlace.minimumSide...RasterPlace.maximumSide)),
        ], optional: ["width", "height"]
    ).described(
        "Pixels of a raster from its upper left corner. Without width and height, x and y are the centre of a tile.")

    static let example = Schema(json: [
        "description": "An example to search with: exactly one of upload, url, id, place and vector.",
        "oneOf": .array([
            member("upload", .string("The name of a file of the form.", longest: 256), regional: true),
            member("url", url, regional: true), member("id", id, regional: true),
            member("place", .component("Place"), regional: true),
            member("vector", vector, regional: false),
        ]),
    ])

    private static let vector = Schema(json: [
        "anyOf": [
            Schema.array(.number, 1...SearchBody.maximumDimension).json,
            [
                "type": "string", "contentEncoding": "base64",
                "description": "The numbers as consecutive little-endian float32.",
            ],
        ]
    ])

    private static func member(_ name: String, _ schema: Schema, regional: Bool) -> JSONValue {
        let weight = Schema(json: [
            "type": "number", "exclusiveMinimum": 0, "maximum": .integer(Int64(SearchBody.maximumWeight)), "default": 1,
        ])
        let all = [
            (name: name, schema: schema), ("weight", weight.orNull()), ("region", .component("Region").orNull()),
        ]
        return Schema.object(regional ? all : Array(all.prefix(2)), optional: ["weight", "region"]).json
    }

    static let search = Schema.object(
        [
            (
                "query",
                .object(
                    [
                        ("positive", .array(.component("Example"), 1...SearchBody.maximumExamples)),
                        ("negative", .array(.component("Example"), 0...SearchBody.maximumExamples).orNull()),
                        (
                            "region",
                            .component("Region").described("For positive examples without a region of their own.")
                                .orNull()
                        ),
                    ], optional: ["negative", "region"])
            )
        ] + SearchOptions.all.map { ($0.name, $0.schema.orNull()) },
        optional: Set(SearchOptions.all.map(\.name)))

    static let searchBatch = Schema.object([
        ("searches", .array(.component("Search"), 1...SearchBody.maximumBatch))
    ])

    static let searchForm = Schema(json: [
        "type": "object",
        "description": """
        Either a field request with a Search as JSON, whose uploads are the other parts, or pictures with the \
        options of a Search as fields.
        """,
        "properties": .object(
            SearchOptions.all.reduce(into: [
                "request": Schema.component("Search").json, "region": Schema.component("Region").json,
                "picture": ["type": "string", "format": "binary"],
            ]) { $0[$1.name] = $1.schema.orEmpty().json }),
    ])

    static let previewForm = Schema(json: [
        "type": "object", "properties": ["picture": ["type": "string", "format": "binary"]],
    ])

    static let preview = Schema.object([
        ("format", .string()), ("width", .count.described("Pixels of the whole picture, upright.")),
        ("height", .count), ("jpeg", .string("The picture as a JPEG, at most 1,024 pixels a side, in base64.")),
    ])

    static let hit = Schema.object(
        [("rank", .integer(1...Int.max)), ("distance", .number)] + picture, optional: pictureOptional)

    static let plan = Schema.object(
        [
            ("index", .string("The index that was searched; flat is a plain scan.")),
            ("exact", .boolean.described("Whether the answer is proven equal to that of a plain scan.")),
            ("scanned", .count.described("Vectors that were compared.")),
            (
                "filter",
                .object([("way", .string(values: ["rows", "bitmap", "database"])), ("allowed", .count.orNull())])
            ),
        ], optional: ["filter"])

    static let searchAnswer = Schema.object([
        ("collection", .string()), ("model", .string()), ("metric", .string()),
        (
            "timing_ms",
            .object([("decode", .number), ("embed", .number), ("search", .number), ("total", .number)])
        ),
        ("plan", .component("Plan")), ("results", .array(.component("Hit"))), ("next_cursor", cursor.orNull()),
    ])

    static let duplicates = Schema.object([
        ("groups", .array(.array(.component("Duplicate")))), ("total", .count),
        ("truncated", .count.described("Pictures with too many neighbours to examine all of them.")),
        ("next_cursor", id.orNull()),
    ])

    static let duplicate = Schema.object([("distance", .number)] + picture, optional: pictureOptional)
}
