import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on 127.0.0.1 that answers each request with the bytes that a script has for it, however wrong they are.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case send(String)
        case pause(TimeAmount)
        /// Sends this again and again until the client has had enough.
        case forever(String)
        case close
    }

    /// The heads of the requests so far.
    final class Journal: Sendable {
        private let heads = Mutex<[String]>([])

        var all: [String] { heads.withLock { $0 } }

        func note(_ head: String) { heads.withLock { $0.append(head) } }
    }

    private let channel: any Channel
    private let journal = Journal()

    let port: Int
    var heads: [String] { journal.all }
    var paths: [String] { heads.map(Self.path) }

    init(tls: NIOSSLContext? = nil, script: @escaping @Sendable (_ path: String) -> [Step]) async throws {
        let journal = journal
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(
                        ScriptHandler { head in
                            journal.note(head)
                            return script(Self.path(head))
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws {
        guard channel.isActive else { return }
        try await channel.close()
    }

    private static func path(_ head: String) -> String {
        String(head.split(separator: " ").dropFirst().first ?? "")
    }
}

/// Collects the head of one request and plays the steps that the script has for it.
private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: (String) -> [ScriptedServer.Step]
    private var head = ""

    init(script: @escaping (String) -> [ScriptedServer.Step]) {
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(buffer: unwrapInboundIn(data))
        guard head.hasSuffix("\r\n\r\n") else { return }
        play(script(head)[...], on: NIOLoopBound(context, eventLoop: context.eventLoop))
        head = ""
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func play(_ steps: ArraySlice<ScriptedServer.Step>, on bound: NIOLoopBound<ChannelHandlerContext>) {
        let context = bound.value
        guard let step = steps.first else { return }
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let rest: @Sendable () -> Void = { handler.value.play(steps.dropFirst(), on: bound) }
        switch step {
        case .send(let text):
            write(text, context).whenSuccess(rest)
        case .pause(let time):
            context.eventLoop.scheduleTask(in: time, rest)
        case .forever(let text):
            // A failed write ends it: the client has gone.
            write(text, context).whenSuccess { handler.value.play(steps, on: bound) }
        case .close:
            context.close(promise: nil)
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)))
    }
}
