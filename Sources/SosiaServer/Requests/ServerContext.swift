import Hummingbird
import Logging
import NIOCore

/// What goes along with one request.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    let trace = RequestTrace()

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The name of the request in the log; Hummingbird gives it to the logger, which may have kept nothing.
    var requestID: String { logger[metadataKey: Self.requestIDKey]?.description ?? "none" }

    static let requestIDKey = "hb.request.id"
}
