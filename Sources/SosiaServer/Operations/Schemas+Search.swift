import Sosia

extension Schemas {
    /// The members of a picture, alone and as a part of a hit.
    static let picture: [(name: String, schema: Schema)] = [
        ("id", id), ("name", .string("The name of its file.")), ("format", .string()), ("width", .count),
        ("height", .count), ("captured", .string()), ("camera", .string()),
        ("position", .object([("latitude", .number), ("longitude", .number)])), ("tile", tile),
        ("attributes", .map(.anything)), ("file_url", .string()), ("thumb_url", .string()),
    ]
    static let pictureOptional: Set<String> = ["captured", "camera", "position", "tile"]

    private static let tile = Schema.object(
        [
            ("raster", id.described("The number of the larger picture's file.")),
            (
                "position",
                Schema.count.described("Of a record of a file of tiny images: its number in the file, from 0.")
            ),
            ("window", .object([("x", .count), ("y", .count), ("width", .count), ("height", .count)])),
            (
                "outline",
                .array(.array(.number, 2...2))
                    .described("Longitude and latitude of the corners, from the upper left one clockwise.")
            ),
        ], optional: ["raster", "position", "outline"]
    ).described("Where the picture was cut from a larger one, whose file name comes first in its name.")

    static let pictures = Schema.object([
        ("results", .array(.component("Picture"))), ("next_cursor", id.orNull()),
    ])

    static let region = Schema.object([
        ("x", .integer(0...1_000_000)), ("y", .integer(0...1_000_000)), ("width", .integer(1...1_000_000)),
        ("height", .integer(1...1_000_000)),
    ]).described("Pixels of the upright picture, from its upper left corner.")

    static let place = Schema.object(
        [
            ("raster", id), ("x", .integer(0...SearchBody.longestSide)), ("y", .integer(0...SearchBody.longestSide)),
            ("width", .integer(RasterPlace.minimumSide...RasterPlace.maximumSide)),
            ("height", .integer(RasterPlace.minimumSide...RasterPlace.maximumSide)),
        ], optional: ["width", "height"]
    ).described(
        "Pixels of a raster from its upper left corner; without width and height x and y are the middle of a tile.")

    static let example = Schema(json: [
        "description": "A picture that is asked with: exactly one of upload, url, id, place and vector.",
        "oneOf": .array([
            member("upload", .string("The name of a file of the form.", longest: 256), regional: true),
            member("url", .string(longest: 4096), regional: true), member("id", id, regional: true),
            member("place", .component("Place"), regional: true),
            member("vector", vector, regional: false),
        ]),
    ])

    private static let vector = Schema(json: [
        "anyOf": [
            Schema.array(.number, 1...SearchBody.maximumDimension).json,
            [
                "type": "string", "contentEncoding": "base64",
                "description": "The numbers as float32, little-endian, one behind the other.",
            ],
        ]
    ])

    private static func member(_ name: String, _ schema: Schema, regional: Bool) -> JSONValue {
        let weight = Schema(json: ["type": "number", "exclusiveMinimum": 0, "maximum": 1000, "default": 1])
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
                            .component("Region").described("Of the positive examples that name none.").orNull()
                        ),
                    ], optional: ["negative", "region"])
            )
        ] + options.map { ($0.name, $0.schema.orNull()) }, optional: Set(options.map(\.name)))

    static let searchBatch = Schema.object([
        ("searches", .array(.component("Search"), 1...SearchBody.maximumBatch))
    ])

    private static let filter = (
        name: "filter", schema: Schema.string(longest: Filter.maximumBytes),
        description: "Which pictures may be in the answer: price < 50 AND category IN ('shoes', 'boots')."
    )

    static let filterParameter = Operation.Parameter.query(
        filter.name, .string(longest: SearchOptions.longestFilterInAddress), filter.description)

    /// Everything about a search but what is looked for.
    private static let options: [(name: String, schema: Schema, description: String)] = [
        (
            "k", .integer(SearchOptions.k.minimum...SearchOptions.k.maximum, standard: SearchOptions.k.standard),
            "Hits of one page."
        ),
        filter,
        ("max_distance", .number, "Pictures farther away are not in the answer."),
        ("cursor", cursor, "next_cursor of the page before."),
        ("exact", .boolean, "true for a proven answer, false for a quick one; the server chooses when it is missing."),
        (
            "recall", .number(SearchRequest.minimumRecall...SearchRequest.maximumRecall),
            "The share of the true neighbours that a quick answer has on average."
        ),
        (
            "index", .string(longest: SearchOptions.longestIndex),
            "The kind of index to search, flat for the plain scan; one that is not there is refused."
        ),
        (
            "overlaps", .string(values: Overlaps.allCases.map(\.rawValue)),
            "Of tiles that show the same place the nearest only (merge, also when it is missing), or all (keep)."
        ),
    ]

    static let searchParameters = options.map { option in
        option.name == filter.name
            ? filterParameter : Operation.Parameter.query(option.name, option.schema, option.description)
    }

    static let searchForm = Schema(json: [
        "type": "object",
        "description": """
        Either a field request with a Search as JSON, whose uploads are the other parts; or pictures and the \
        fields of a Search.
        """,
        "properties": .object(
            options.reduce(into: [
                "request": Schema.component("Search").json, "region": Schema.component("Region").json,
                "picture": ["type": "string", "format": "binary"],
            ]) { $0[$1.name] = $1.schema.orEmpty().json }),
    ])

    static let hit = Schema.object(
        [("rank", .integer(1...Int.max)), ("distance", .number)] + picture, optional: pictureOptional)

    static let plan = Schema.object(
        [
            ("index", .string("The index that was searched; flat is the plain scan.")),
            ("exact", .boolean.described("Whether the answer is proven equal to the plain scan's.")),
            ("scanned", .count.described("Vectors that were looked at.")),
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
        ("truncated", .count.described("Pictures with too many neighbours to look at all of them.")),
        ("next_cursor", id.orNull()),
    ])

    static let duplicate = Schema.object([("distance", .number)] + picture, optional: pictureOptional)
}
