import NIOCore
import SosiaCore

/// Tells a client that there is no room for its connection, before it has asked for anything, and closes.
final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let retryAfter = 1
    /// How long the client may take to read the answer. What it has sent is read meanwhile: closing with unread data would
    /// take the answer away from it (RFC 9112, section 9.6).
    private static let lingering = TimeAmount.seconds(2)

    private static let answer = {
        let problem = Problem(
            .overloaded, "all connections are in use; try again in \(retryAfter) s",
            facts: [("retry_after", .integer(Int64(retryAfter)))])
        var json = JSONWriter()
        problem.write(to: &json)
        var answer = ByteBuffer(
            string: [
                "HTTP/1.1 503 Service Unavailable", "Retry-After: \(retryAfter)", "Connection: close",
                "Content-Type: \(Problem.mediaType)", "Content-Length: \(json.bytes.count)", "\r\n",
            ].joined(separator: "\r\n"))
        answer.writeBytes(json.bytes)
        return answer
    }()

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(Self.answer), promise: nil)
        // Once the answer is written.
        context.close(mode: .output, promise: nil)
        context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
