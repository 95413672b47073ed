import Sosia
import SosiaCore

/// The schemas of bodies and answers by name.
enum Schemas {
    static let all: [String: Schema] = [
        "Problem": problem, "Health": .object([("ok", .boolean)]), "Status": status,
        "Collections": .object([("collections", .array(.component("Collection")))]), "Collection": collection,
        "Abilities": abilities,
        "NewCollection": .object(
            [("model", .string("The name of an installed model.").orNull())], optional: ["model"]),
        "Attributes": .object([("attributes", .array(.component("Attribute")))]), "Attribute": attribute,
        "Picture": .object(picture, optional: pictureOptional), "Pictures": pictures,
        "PicturePatch": .object([("attributes", .map(.anything))]),
        "PictureIDs": .object([("ids", .array(id, 1...PictureController.maximumIDs))]),
        "Deleted": .object([("deleted", .count)]), "Vector": vector,
        "NewPicture": newPicture, "Uploads": uploads, "Upload": upload,
        "Job": job, "Jobs": .object([("jobs", .array(.component("Job")))]), "NewJob": newJob,
        "Search": search, "SearchBatch": searchBatch, "Example": example, "Region": region,
        "Place": window, "Rasters": .object([("rasters", .array(.component("Raster"))), ("next_cursor", id.orNull())]),
        "Raster": raster,
        "SearchAnswer": searchAnswer, "SearchAnswers": .object([("answers", .array(.component("SearchAnswer")))]),
        "PreviewAddress": .object([("url", url)]), "Preview": preview,
        "Hit": hit, "Plan": plan, "Duplicates": duplicates, "Duplicate": duplicate,
        "SeedKey": .object([("key", seedKey)], optional: ["key"]), "SeedPicture": seedPicture,
        "SeedStatus": seedStatus, "SeedAnswer": seedAnswer, "SeedOutcome": .object([("ok", .boolean)]),
    ]

    static let id = Schema.integer(1...Int.max)
    static let cursor = Schema.string("next_cursor of the previous page.", longest: SearchOptions.maximumCursor)

    private static let problem = Schema(json: [
        "type": "object", "required": ["type", "title", "status", "detail"],
        "properties": [
            "type": ["type": "string", "enum": .array(ProblemKind.allCases.map { .string($0.type) })],
            "title": ["type": "string"], "status": ["type": "integer"], "detail": ["type": "string"],
        ],
        "description": "Problem details (RFC 9457), with facts as further members.",
    ])

    private static let status = Schema.object([
        ("version", .string()), ("collections", .array(.component("Collection"))), ("running_jobs", .count),
        ("needs_key", .boolean), ("fetches_urls", .boolean), ("reads_paths", .boolean),
        ("makes_collections", .boolean),
        (
            "limits",
            .object([
                ("file_bytes", .count), ("upload_bytes", .count), ("files", .count), ("pixels", .count), ("k", .count),
                ("addresses", .count.described("Addresses of pictures among the examples of a request.")),
                ("addresses_per_minute", .count.described("Addresses of pictures that a key may name in a minute.")),
            ])
        ),
    ])

    private static let collection = Schema.object([
        ("name", .string()), ("pictures", .count),
        ("vacant", .count.described("Rows that compaction would reclaim.")),
        ("bytes", .object([("catalog", .count), ("vectors", .count)])),
        (
            "model",
            .object([
                ("name", .string()), ("weights_sha256", .string()), ("precision", .string()), ("pooling", .string()),
                ("dimension", .count), ("metric", .string(values: Metric.allCases.map(\.rawValue))),
            ])
        ),
        ("abilities", .component("Abilities")),
        ("indexes", .array(.object([("kind", .string()), ("rows", .count), ("bytes", .count)]))),
    ])

    private static let abilities = Schema.object([
        ("engine", .string()),
        ("exact_proven", .boolean.described("Whether an exact answer is proven equal to that of a plain scan.")),
        ("recall_calibrated", .boolean.described("Whether a wanted recall is held against exact answers.")),
        ("keeps_vector_bits", .boolean.described("Whether vectors come back as they were added, bit by bit.")),
        ("writers", .string("Who may write at the same time.", values: ["one", "many"])),
        ("visibility", .string("When changes are seen by searches.", values: ["at-once", "eventually"])),
        ("max_k", .count), ("max_dimension", .count),
        ("max_attribute_bytes", .count.described("Of all attributes of a picture, as JSON.")),
        ("metrics", .array(.string(values: Metric.allCases.map(\.rawValue)))),
        ("upkeep", .array(.string(values: EngineAbilities.Upkeep.allCases.map(\.rawValue)))),
    ]).described("What the collection's engine can do.")

    private static let attribute = Schema.object([
        ("name", .string()),
        ("kinds", .array(.string(values: AttributeSummary.Kind.allCases.map(\.rawValue)))), ("pictures", .count),
        ("values", .array(.anything).orNull()),
    ])

    private static let raster = Schema.object(
        [
            ("id", id), ("name", .string("The name of its file.")), ("format", .string()), ("width", .count),
            ("height", .count), ("tile", .count.described("Width and height of a tile, pixels.")),
            ("stride", .count.described("Pixels from one tile to the next.")),
            ("tiles", .count.described("Pictures of the collection cut from this raster.")),
            ("last_level", .count.described("The pyramid level at full resolution.")),
            ("georeferenced", .boolean), ("projection", .string()),
            (
                "outline",
                .array(.array(.number, 2...2))
                    .described(
                        "Longitude and latitude of points of its edge, clockwise from the upper left corner.")
            ),
            ("state", .string("The state of the file since its tiles were added.", values: RasterAnswer.states)),
            ("notes", .array(.string())), ("url", .string()),
        ], optional: ["projection", "outline"])

    private static let vector = Schema.object([("model", .string()), ("vector", .array(.number))])

    /// Of a picture that the server fetches.
    static let url = Schema.string(
        "http or https, at a public address, or at a host or network that --allow-url-hosts names.", longest: 4096)

    private static let newPicture = Schema.oneOf([
        .object([("url", url), ("attributes", .map(.anything).orNull())], optional: ["attributes"]),
        .object(
            [("path", .string(longest: 4096)), ("attributes", .map(.anything).orNull())], optional: ["attributes"]),
    ])

    private static let uploads = Schema.object([
        ("results", .array(.component("Upload"))), ("added", .count), ("known", .count), ("skipped", .count),
    ])

    private static let upload = Schema.object(
        [
            ("name", .string()), ("state", .string(values: ["added", "known", "skipped"])), ("id", id),
            ("url", .string()), ("problem", .component("Problem")),
        ], optional: ["id", "url", "problem"])

    private static let result = Schema.map(.anything).described(
        "Counts and facts, by the kind of job. passed_over: links that lead out of the folders that may be read.")

    private static let job = Schema.object([
        ("id", .string()), ("kind", .string(values: Job.Kind.allCases.map(\.rawValue))), ("collection", .string()),
        ("state", .string(values: Job.State.allCases.map(\.rawValue))), ("started", .string()),
        ("ended", .string().orNull()), ("done", .count), ("total", .count), ("result", result),
        ("problem", .component("Problem").orNull()),
    ])

    private static let newJob = Schema.oneOf([
        .object(
            [
                ("kind", .string(values: ["index"])),
                (
                    "index",
                    .string("Of this kind besides, whatever the size.", longest: SearchOptions.maximumIndex).orNull()
                ),
                ("graph", .boolean.described("The index of approximate searches besides.").orNull()),
            ], optional: ["index", "graph"]),
        .object([("kind", .string(values: ["compact"]))]),
    ])

    private static let seedKey = Schema.string().orNull().described(
        "Where keys are asked for, in a header or here, within the first \(SeedBody.keyBytes) bytes of the body.")

    private static let seedPicture = Schema.object(
        [
            ("key", seedKey), ("location", .string(longest: 4096).orNull()),
            ("image", .string("The picture in base64, optionally as a data URL (data:image/...;base64,...).")),
        ], optional: ["key", "location"])

    private static let seedStatus = Schema.object(
        [("ok", .boolean), ("entities_num", .string()), ("cpu", .string()), ("memory", .string()), ("gpu", .string())],
        optional: ["entities_num", "cpu", "memory", "gpu"])

    private static let seedAnswer = Schema.object(
        [("ok", .boolean)] + (1...5).map { ("image\($0)", .string()) }
            + [("embedding_time", .count), ("search_time", .count)],
        optional: Set((1...5).map { "image\($0)" }))

    static let uploadForm = Schema(json: [
        "type": "object",
        "properties": [
            "attributes": Schema.map(.anything).described("Of all files that follow.").json,
            "file": ["type": "array", "items": ["type": "string", "format": "binary"]],
        ],
    ])
}
