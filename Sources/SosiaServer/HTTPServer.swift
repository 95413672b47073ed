import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOHTTPTypes
import NIOSSL

/// HTTP/1.1 with the limits of ``ServerLimits``, over TLS if there is a certificate.
func httpServer(_ options: ServerOptions) throws -> HTTPServerBuilder {
    let idle = TimeAmount.seconds(ServerLimits.idleSeconds)
    let plain = HTTPServerBuilder.http1(
        configuration: HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionHandler(patience: idle)], idleTimeout: idle,
            httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: ServerLimits.headers.bytes, maxHeaderListSize: ServerLimits.headers.bytes,
                maxHeaderFieldCount: ServerLimits.headers.count)))
    guard let files = options.tls else { return plain }
    do {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
        return try .tls(plain, tlsConfiguration: configuration)
    } catch {
        throw ServerError.certificateUnusable(path: files.certificate, reason: "\(error)")
    }
}

/// Answers `Expect: 100-continue` (RFC 9110, section 10.1.1), and closes connections whose client has stopped reading.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a client may read nothing while data is waiting.
    private let patience: TimeAmount
    private var stalled: Scheduled<Void>?

    init(patience: TimeAmount) {
        self.patience = patience
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data), head.headerFields[.expect]?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        context.fireChannelRead(data)
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
