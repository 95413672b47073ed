import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// HTTP/1.1 with the limits of ``ServerLimits``, over TLS if there is a certificate.
func httpServer(_ connections: Connections, _ certificate: ServerCertificate?) -> HTTPServerBuilder {
    HTTPServerBuilder { responder in
        let configuration = HTTP1Channel.Configuration(
            idleTimeout: .seconds(ServerLimits.idleSeconds),
            httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: ServerLimits.headers.bytes, maxHeaderListSize: ServerLimits.headers.bytes,
                maxHeaderFieldCount: ServerLimits.headers.count))
        return ServerChannel(
            http: HTTP1Channel(responder: responder, configuration: configuration), connections: connections,
            certificate: certificate)
    }
}

/// What becomes of a connection: it is served, or told to come back.
struct ServerChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        /// Nil if the connection is not served.
        let http: HTTP1Channel.Value?
    }

    let http: HTTP1Channel
    let connections: Connections
    let certificate: ServerCertificate?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        switch connections.admit(channel) {
        case .served(let connection):
            secured(channel).flatMap { http.setup(channel: channel, logger: logger) }.flatMapThrowing { value in
                // Behind the decoder, since only its heads tell the version of HTTP.
                let pipeline = channel.pipeline.syncOperations
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
                try pipeline.addHandler(
                    ConnectionHandler(connection, patience: .seconds(ServerLimits.idleSeconds)),
                    position: .after(decoder))
                return Value(channel: channel, http: value)
            }
        case .refused:
            secured(channel).flatMapThrowing {
                try channel.pipeline.syncOperations.addHandler(RefusalHandler())
                return Value(channel: channel, http: nil)
            }
        case .dropped:
            channel.close().map { Value(channel: channel, http: nil) }
        }
    }

    private func secured(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let certificate else { return }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context))
        }
    }

    func handle(value: Value, logger: Logger) async {
        if let http = value.http {
            await connections.serve(value.channel) { await self.http.handle(value: http, logger: logger) }
        } else {
            try? await value.channel.closeFuture.get()
        }
    }
}
