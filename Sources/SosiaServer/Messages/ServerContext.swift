import Hummingbird
import Logging
import NIOCore
import Sosia
import Synchronization

/// The context of a request.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    let trace = RequestTrace()
    /// What the request keeps in memory; nothing may be kept before ``ObservationMiddleware`` gives it a share.
    var held = HeldBytes(maximum: 0).share()
    /// Whose request it is, as far as that is known.
    var caller: Caller
    /// Whether answers may have the paths of files.
    var seesPaths = false

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        caller = .address(source.channel.remoteAddress?.ipAddress ?? "")
    }

    /// The request's id in the log; Hummingbird sets it on the logger, unless the logger keeps no metadata.
    var requestID: String { logger[metadataKey: Self.requestIDKey]?.description ?? "none" }

    static let requestIDKey = "hb.request.id"
}

extension ServerContext {
    /// The collection that the address names.
    func collection(in collections: ServedCollections) throws(Problem) -> ServedCollection {
        try collections.collection(parameters.get("collection") ?? "")
    }

    /// The picture that the address names.
    func picture() throws(Problem) -> ImageID {
        guard let number = parameters.get("id").flatMap({ Int64($0) }), number > 0 else {
            throw .parameter("id", "is not the number of a picture")
        }
        return ImageID(rawValue: number)
    }
}

/// Those whose requests are counted together.
enum Caller: Hashable, Sendable {
    /// The name of a key.
    case key(String)
    /// Where the connection comes from, when no key was asked for.
    case address(String)
}

/// Notes about a request for its log line and the histograms.
final class RequestTrace: Sendable {
    /// The stages of a request.
    enum Stage: String, CaseIterable, Sendable {
        /// Receiving the body.
        case receive
        /// Waiting for a processor.
        case queue
        case decode
        case embed
        case search
        /// Adding pictures, until they are on disk.
        case commit
    }

    struct Notes: Sendable {
        var milliseconds: [(stage: Stage, value: Double)] = []
        var problem: Problem?
        var isBodyRead = false
    }

    private let notes = Mutex(Notes())

    func add(_ stage: Stage, _ milliseconds: Double) {
        notes.withLock { notes in
            if let index = notes.milliseconds.firstIndex(where: { $0.stage == stage }) {
                notes.milliseconds[index].value += milliseconds
            } else {
                notes.milliseconds.append((stage, milliseconds))
            }
        }
    }

    func note(_ problem: Problem) {
        notes.withLock { $0.problem = problem }
    }

    /// Notes that the body was read, and how long it took.
    func received(_ milliseconds: Double) {
        notes.withLock { $0.isBodyRead = true }
        add(.receive, milliseconds)
    }

    var isBodyRead: Bool { notes.withLock { $0.isBodyRead } }

    var all: Notes { notes.withLock { $0 } }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
