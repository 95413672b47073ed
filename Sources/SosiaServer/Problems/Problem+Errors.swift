import FileSystem
import Hummingbird
import Sosia
import SosiaCore

/// The one place where errors become problems. What a client is told names no file of the server.
extension Problem {
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as EngineError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as ExampleError: self.init(error)
        case let error as TileError: self.init(error)
        case let error as RasterPlaceError: self.init(error)
        case let reason as SkipReason: self.init(reason)
        case let error as DecodeError: self.init(error)
        case let error as VectorError: self.init(error)
        case let error as EmbeddingError: self.init(error)
        case let error as FilterError: self.init(error)
        case let error as FetchError: self.init(error)
        case let error as AccessError: self.init(error)
        case let error as ObjectStoreError: self.init(error)
        case let error as MultipartError: self.init(.invalidMultipart, error.description)
        case let overload as Overload: self.init(overload)
        case is CancellationError:
            self.init(.overloaded, "the server is being stopped", headers: [.retryAfter: "5"])
        default:
            self.init(.internalError, "the log of the server says more", cause: "\(error)")
        }
    }

    private init(_ error: EngineError) {
        switch error {
        case .unknownImage(let id):
            self.init(.unknownPicture, error.description, facts: [("id", .integer(id.rawValue))])
        case .modelMismatch: self.init(.modelMismatch, error.description)
        case .noIndex(let got, let available):
            self.init(
                .invalidParameter, error.description,
                facts: [
                    ("parameter", "index"), ("got", .string(got)), ("known", .array(available.map(JSONValue.string))),
                ]
            )
        case .inexactIndex(let got):
            self.init(.invalidParameter, error.description, facts: [("parameter", "index"), ("got", .string(got))])
        case .invalidK(let got, let minimum, let maximum):
            self.init(
                .invalidBody, error.description,
                facts: [("got", .integer(Int64(got)))] + Self.limits(minimum: minimum, maximum: maximum))
        case .invalidLimit(let got, let minimum, let maximum):
            self.init(
                .invalidParameter, error.description,
                facts: [("parameter", "limit"), ("got", .integer(Int64(got)))]
                    + Self.limits(minimum: minimum, maximum: maximum))
        case .unsupported(_, let engine, let instead):
            self.init(
                .unsupported, error.description, facts: [("engine", .string(engine)), ("instead", .string(instead))])
        case .attributesTooLarge(let picture, let bytes, let maximum):
            self.init(
                .bodyTooLarge, error.description,
                facts: [
                    ("picture", .string(picture)), ("got", .integer(Int64(bytes))),
                    ("maximum", .integer(Int64(maximum))),
                ])
        case .attributesTooDeep(let picture, let maximum), .attributeNameTooLong(let picture, let maximum):
            self.init(
                .invalidBody, error.description,
                facts: [("picture", .string(picture)), ("maximum", .integer(Int64(maximum)))])
        case .zeroCharacter(let attribute):
            self.init(.invalidBody, error.description, facts: [("attribute", .string(attribute))])
        case .incomplete:
            self.init(.internalError, "the log of the server says more", cause: error.description)
        case .examplesCancel, .invalidDistance, .invalidRecall, .invalidWeight, .noPositiveExample, .tooDeep, .tooMany:
            self.init(.invalidBody, error.description)
        }
    }

    private init(_ error: StoreError) {
        switch error {
        case .busy, .locked:
            self.init(
                .collectionBusy, "another process holds the collection", headers: [.retryAfter: "5"],
                cause: error.description)
        case .gone:
            self.init(
                .collectionGone, "its folder was moved or deleted; nothing was stored", headers: [.retryAfter: "60"],
                cause: error.description)
        case .diskFull: self.init(.storageFull, "what was stored before is safe", cause: error.description)
        case .readOnly, .noObjectStore: self.init(.readOnly, "it was opened for searching only")
        case .modelMismatch(let got, let expected):
            self.init(
                .modelMismatch, error.description, facts: [("got", .string(got)), ("expected", .string(expected))])
        case .originalGone(let id):
            self.init(.originalMissing, error.description, facts: [("id", .integer(id.rawValue))])
        case .invalidWidth(let got, let minimum, let maximum):
            self.init(
                .invalidParameter, error.description,
                facts: [("parameter", "w"), ("got", .integer(Int64(got)))]
                    + Self.limits(minimum: minimum, maximum: maximum))
        default: self.init(.storageFailed, "the log of the server says more", cause: error.description)
        }
    }

    private init(_ error: TileError) {
        switch error {
        case .missing(let path):
            let name = AbsolutePath.name(path)
            self.init(
                .originalMissing, "\(name) is gone; put it back where it was, or remove its tiles",
                facts: [("source", .string(name))], cause: error.description)
        case .changed(let path):
            let name = AbsolutePath.name(path)
            self.init(
                .sourceChanged, "\(name) has changed since its tiles were added; add it again",
                facts: [("source", .string(name))], cause: error.description)
        case .unreadable(let path, _):
            let name = AbsolutePath.name(path)
            self.init(
                .sourceDamaged, "\(name) cannot be read; put it back from a copy and add it again",
                facts: [("source", .string(name))], cause: error.description)
        case .damaged(let path, let window, _):
            let name = AbsolutePath.name(path)
            self.init(
                .sourceDamaged,
                "\(window.width) x \(window.height) pixels at \(window.x),\(window.y) of \(name) cannot be decoded; "
                    + "other places may be whole; put the file back from a copy and add it again",
                facts: [("source", .string(name)), ("window", window.json)], cause: error.description)
        case .elsewhere(let path, let machine):
            let name = AbsolutePath.name(path)
            self.init(
                .originalMissing, "\(name) is a file of \(machine), which alone can read it",
                facts: [("source", .string(name)), ("machine", .string(machine.description))],
                cause: error.description)
        case .cancelled: self.init(CancellationError())
        case .unavailable:
            self.init(.internalError, "the log of the server says more", cause: error.description)
        }
    }

    private init(_ error: RasterPlaceError) {
        switch error {
        case .unknownRaster(let id): self.init(.unknownRaster, error.description, facts: [("raster", .integer(id))])
        case .outside(_, let width, let height):
            self.init(
                .invalidParameter, error.description,
                facts: [("width", .integer(Int64(width))), ("height", .integer(Int64(height)))])
        case .tooLarge(_, let maximumSide):
            self.init(.invalidParameter, error.description, facts: [("maximum", .integer(Int64(maximumSide)))])
        case .tooManyPixels(let got, let maximum):
            self.init(
                .pictureTooLarge, error.description,
                facts: [("got", .integer(Int64(got))), ("maximum", .integer(Int64(maximum)))])
        case .noPiece(_, _, _, let lastLevel):
            self.init(.invalidParameter, error.description, facts: [("last_level", .integer(Int64(lastLevel)))])
        }
    }

    private init(_ error: ObjectStoreError) {
        switch error {
        case .full: self.init(.storageFull, "what was stored before is safe", cause: error.description)
        case .readOnly, .failed:
            self.init(.storageFailed, "the log of the server says more", cause: error.description)
        }
    }

    private init(_ error: ExampleError) {
        let reason = Problem(error.reason)
        self.init(reason.kind, error.description, facts: [("example", .integer(Int64(error.position)))])
    }

    init(_ reason: SkipReason) {
        switch reason {
        case .decoding(let error): self.init(error)
        case .tooLarge(let bytes, let maximum):
            self.init(
                .pictureTooLarge, reason.description,
                facts: [("got", .integer(bytes)), ("maximum", .integer(maximum))])
        default: self.init(.notAPicture, reason.description)
        }
    }

    private init(_ error: DecodeError) {
        switch error {
        case .tooLarge, .sideTooLong, .fileTooLarge: self.init(.pictureTooLarge, error.description)
        case .cancelled: self.init(CancellationError())
        case .libraryMissing, .outOfMemory, .outputOutOfRange:
            self.init(.internalError, error.description, cause: error.description)
        default: self.init(.notAPicture, error.description)
        }
    }

    private init(_ error: VectorError) {
        guard case .dimensionMismatch(let got, let expected) = error else {
            self.init(.invalidBody, error.description)
            return
        }
        self.init(
            .dimensionMismatch, error.description,
            facts: [("got", .integer(Int64(got))), ("expected", .integer(Int64(expected)))])
    }

    private init(_ error: EmbeddingError) {
        guard case .modelUnknown(let name, let known, _) = error else {
            self.init(.internalError, "the model cannot be used", cause: error.description)
            return
        }
        // Where it was looked for is not for clients.
        self.init(
            .unknownModel, EmbeddingError.modelUnknown(name: name, known: known).description,
            facts: [("known", .array(known.map(JSONValue.string)))], cause: error.description)
    }

    private init(_ error: FilterError) {
        let position = error.position.map { [("position", JSONValue.integer(Int64($0)))] } ?? []
        self.init(.invalidFilter, error.description, facts: position)
    }

    private init(_ error: FetchError) {
        switch error {
        case .disabled, .forbiddenAddress, .nameNotFound, .invalidURL, .downgrade:
            self.init(.urlNotAllowed, error.description, cause: error.cause)
        case .tooLarge(let maximum):
            self.init(.bodyTooLarge, error.description, facts: [("maximum", .integer(Int64(maximum)))])
        default: self.init(.unfetchable, error.description)
        }
    }

    private init(_ error: AccessError) {
        if case .missingScope(let scope) = error {
            self.init(.insufficientScope, error.description, facts: [("needed", .string(scope.rawValue))])
        } else {
            self.init(.unauthenticated, error.description, headers: [.wwwAuthenticate: "Bearer"])
        }
    }

    private init(_ overload: Overload) {
        self.init(
            .overloaded, overload.description, facts: [("retry_after", .integer(Int64(overload.retryAfter)))],
            headers: [.retryAfter: String(overload.retryAfter)])
    }

    private static func limits(minimum: Int, maximum: Int) -> [(name: String, value: JSONValue)] {
        [("minimum", .integer(Int64(minimum))), ("maximum", .integer(Int64(maximum)))]
    }
}
