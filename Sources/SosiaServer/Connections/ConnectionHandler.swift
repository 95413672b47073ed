import DequeModule
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Follows the requests and answers of a connection: tells whether it is idle, says `100 Continue` when a body is about
/// to be read, closes after a client that does not want to go on, and hangs up on one that has stopped reading.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Says that the body of the request that is being answered is about to be read.
    struct BodyIsWanted: Sendable {}

    /// A request whose answer is not finished.
    private struct Exchange {
        /// HTTP/1.0 has no chunks and no `100 Continue`, and ends with the connection.
        let isOld: Bool
        /// Whether the client waits to be told to send the body.
        var isWaiting: Bool
    }

    private let connection: Connections.Connection
    /// How long a client may read nothing while data is waiting.
    private let patience: TimeAmount
    /// Requests are answered in their order.
    private var exchanges: Deque<Exchange> = []
    private var hasGivenWay = false
    private var stalled: Scheduled<Void>?

    init(_ connection: Connections.Connection, patience: TimeAmount) {
        self.connection = connection
        self.patience = patience
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        if case .head(var head) = part {
            // The connection is being closed; a client knows that this can happen to a request on an idle one.
            if exchanges.isEmpty, !connection.begin() { hasGivenWay = true }
            let isOld = (head.version.major, head.version.minor) < (1, 1)
            let expects = head.headers.first(name: "expect")?.lowercased() == ExpectationMiddleware.known
            exchanges.append(Exchange(isOld: isOld, isWaiting: expects && !isOld))
            if isOld || !head.isKeepAlive {
                head.headers.replaceOrAdd(name: "connection", value: "close")
                part = .head(head)
            }
        } else if let last = exchanges.indices.last {
            // Who sends its body does not wait.
            exchanges[last].isWaiting = false
        }
        if !hasGivenWay { context.fireChannelRead(wrapInboundOut(part)) }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyIsWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        // All earlier answers are finished, or this request would not be read.
        if exchanges.first?.isWaiting == true {
            exchanges[0].isWaiting = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
        } else {
            promise?.succeed()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // After an answer it is too late.
            if !exchanges.isEmpty { exchanges[0].isWaiting = false }
            guard exchanges.first?.isOld == true else { return context.write(data, promise: promise) }
            head.version = .http1_0
            head.headers.replaceOrAdd(name: "connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            _ = exchanges.popFirst()
            if exchanges.isEmpty { connection.rest() }
            context.write(data, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Hummingbird lets clients half-close; behind this handler the event waits for the answer.
        if event as? ChannelEvent == .inputClosed { connection.hangUp(context.channel) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled?.cancel()
        stalled = nil
        if !context.channel.isWritable {
            let channel = context.channel
            stalled = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stalled?.cancel()
        stalled = nil
    }
}

/// Refuses what the server is expected to do and does not know.
struct ExpectationMiddleware: RouterMiddleware {
    /// The only expectation there is (RFC 9110, section 10.1.1).
    static let known = "100-continue"

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        if let expected = request.headers[.expect], expected.lowercased() != Self.known {
            throw Problem(.expectationFailed, "the only expectation that is met is \(Self.known)")
        }
        return try await next(request, context)
    }
}
