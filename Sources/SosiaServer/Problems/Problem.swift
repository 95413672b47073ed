import HTTPTypes
import Hummingbird
import SosiaCore

/// An error as an answer: problem details (RFC 9457), with facts as members of their own.
struct Problem: Error, Sendable {
    static let mediaType = "application/problem+json"

    let kind: ProblemKind
    /// For people; programs use the type and the facts.
    let detail: String
    let facts: [(name: String, value: JSONValue)]
    let headers: HTTPFields
    /// The underlying error, for the log only: it may name files of the server.
    let cause: String?

    init(
        _ kind: ProblemKind, _ detail: String, facts: [(name: String, value: JSONValue)] = [],
        headers: HTTPFields = [:], cause: String? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.facts = facts
        self.headers = headers
        self.cause = cause
    }

    /// A problem with a parameter of the address.
    static func parameter(_ name: String, _ detail: String) -> Problem {
        Problem(.invalidParameter, "\(name) \(detail)", facts: [("parameter", .string(name))])
    }

    /// A problem with a body.
    /// - Parameter pointer: to the member that is wrong (RFC 6901).
    static func body(at pointer: String, _ detail: String) -> Problem {
        Problem(.invalidBody, detail, facts: [("pointer", .string(pointer))])
    }

    func response() -> Response {
        var headers = headers
        headers[.contentType] = Self.mediaType
        return .json(status: kind.status, headers: headers) { write(to: &$0) }
    }
}

extension Problem: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("type", kind.type)
            json.member("title", kind.title)
            json.member("status", kind.status.code)
            json.member("detail", detail)
            for fact in facts { json.member(fact.name, fact.value) }
        }
    }
}

/// The text in the log.
extension Problem: CustomStringConvertible {
    var description: String { "\(kind.rawValue): \(detail)" }
}

/// The kinds of problem: a stable word for the `type`, a status and a title.
enum ProblemKind: String, CaseIterable, Sendable {
    case invalidBody = "invalid-body"
    case invalidCursor = "invalid-cursor"
    case invalidFilter = "invalid-filter"
    case invalidHost = "invalid-host"
    case invalidMultipart = "invalid-multipart"
    case invalidParameter = "invalid-parameter"
    case unauthenticated
    case insufficientScope = "insufficient-scope"
    case untrustedOrigin = "untrusted-origin"
    case pathNotAllowed = "path-not-allowed"
    case urlNotAllowed = "url-not-allowed"
    case creationDisabled = "creation-disabled"
    case readOnly = "read-only"
    case unknownRoute = "unknown-route"
    case unknownCollection = "unknown-collection"
    case unknownPicture = "unknown-picture"
    case unknownJob = "unknown-job"
    case unknownRaster = "unknown-raster"
    case mapLibraryMissing = "map-library-missing"
    case originalMissing = "original-missing"
    case sourceChanged = "source-changed"
    case sourceDamaged = "source-damaged"
    case methodNotAllowed = "method-not-allowed"
    case bodyTooSlow = "body-too-slow"
    case collectionGone = "collection-gone"
    case collectionExists = "collection-exists"
    case collectionBusy = "collection-busy"
    case modelMismatch = "model-mismatch"
    case bodyTooLarge = "body-too-large"
    case pictureTooLarge = "picture-too-large"
    case tooManyFiles = "too-many-files"
    case unsupportedMediaType = "unsupported-media-type"
    case expectationFailed = "expectation-failed"
    case notAPicture = "not-a-picture"
    case dimensionMismatch = "dimension-mismatch"
    case unfetchable
    case unknownModel = "unknown-model"
    case unsupported
    case rangeNotSatisfiable = "range-not-satisfiable"
    case tooManyRequests = "too-many-requests"
    case internalError = "internal-error"
    case notReady = "not-ready"
    case overloaded
    case storageFailed = "storage-failed"
    case storageFull = "storage-full"

    /// A URN is absolute, and nobody is tempted to open it (RFC 9457, section 3.1.1).
    var type: String { "urn:sosia:problem:" + rawValue }

    var status: HTTPResponse.Status {
        switch self {
        case .invalidBody, .invalidCursor, .invalidFilter, .invalidHost, .invalidMultipart, .invalidParameter:
            .badRequest
        case .unauthenticated: .unauthorized
        case .insufficientScope, .untrustedOrigin, .pathNotAllowed, .urlNotAllowed, .creationDisabled, .readOnly:
            .forbidden
        case .unknownRoute, .unknownCollection, .unknownPicture, .unknownJob, .unknownRaster, .mapLibraryMissing,
            .originalMissing:
            .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .bodyTooSlow: .requestTimeout
        case .collectionExists, .collectionBusy, .modelMismatch, .sourceChanged: .conflict
        case .bodyTooLarge, .pictureTooLarge, .tooManyFiles: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .expectationFailed: .expectationFailed
        case .notAPicture, .dimensionMismatch, .unfetchable, .unknownModel, .unsupported,
            .sourceDamaged:
            .unprocessableContent
        case .rangeNotSatisfiable: .rangeNotSatisfiable
        case .tooManyRequests: .tooManyRequests
        case .internalError, .storageFailed: .internalServerError
        case .overloaded, .notReady, .collectionGone: .serviceUnavailable
        case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    var title: String {
        switch self {
        case .invalidBody: "The body is not what this operation takes."
        case .invalidCursor: "The cursor is not one that this search gave."
        case .invalidFilter: "The filter cannot be understood."
        case .invalidHost: "The Host header does not name one host."
        case .invalidMultipart: "The body is not well-formed multipart/form-data."
        case .invalidParameter: "A parameter is missing or out of its range."
        case .unauthenticated: "An API key is needed."
        case .insufficientScope: "The API key does not allow this."
        case .untrustedOrigin: "The request comes from a page of another site."
        case .pathNotAllowed: "The path is not below a folder that the server may read."
        case .urlNotAllowed: "The server does not fetch this address."
        case .creationDisabled: "This server makes and deletes no collections."
        case .readOnly: "The server changes nothing in this collection."
        case .unknownRoute: "There is nothing at this address."
        case .unknownCollection: "There is no such collection."
        case .unknownPicture: "There is no such picture."
        case .unknownJob: "There is no such job."
        case .unknownRaster: "There is no such raster."
        case .mapLibraryMissing: "The library that draws the map is not installed."
        case .originalMissing: "The picture's file is no longer there."
        case .sourceChanged: "The file that the picture was cut from has changed."
        case .sourceDamaged: "The file that the picture was cut from cannot be read there."
        case .methodNotAllowed: "This address does not take this method."
        case .bodyTooSlow: "The body arrived too slowly."
        case .collectionGone: "The collection is not there any more."
        case .collectionExists: "There is a collection of this name already."
        case .collectionBusy: "Somebody else is writing to the collection."
        case .modelMismatch: "The collection holds vectors of another model."
        case .bodyTooLarge: "The body is larger than the server takes."
        case .pictureTooLarge: "The picture has more pixels or bytes than the server takes."
        case .tooManyFiles: "The request has more files than the server takes at once."
        case .expectationFailed: "The server does not do what the request expects."
        case .unsupportedMediaType: "The body is of a type that this operation does not take."
        case .notAPicture: "The bytes are not a picture that can be read."
        case .dimensionMismatch: "The vector does not have the collection's dimension."
        case .unfetchable: "The address gave no picture."
        case .unknownModel: "The model is not installed."
        case .unsupported: "The collection's engine cannot do this."
        case .rangeNotSatisfiable: "The range lies behind the end of the file."
        case .tooManyRequests: "This key has asked for too much lately."
        case .internalError: "The server failed."
        case .notReady: "A collection cannot be searched yet."
        case .overloaded: "The server is busy."
        case .storageFailed: "The collection cannot be read or written."
        case .storageFull: "There is no space left on the disk."
        }
    }
}
