import NIOCore
import NIOEmbedded
import Testing

@testable import SosiaServer

/// Who gives way to whom.
struct ConnectionsTests {
    private static func isOpen(_ channel: EmbeddedChannel) -> Bool {
        channel.embeddedEventLoop.run()
        return channel.isActive
    }

    /// An open channel that was admitted, and its connection.
    private static func served(
        by connections: Connections
    ) throws -> (channel: EmbeddedChannel, connection: Connections.Connection) {
        let channel = try opened()
        guard case .served(let connection) = connections.admit(channel) else { throw CancellationError() }
        return (channel, connection)
    }

    private static func close(_ channel: EmbeddedChannel) {
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
    }

    private static func opened() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    @Test func theIdlestGivesWay() throws {
        let connections = Connections(maximum: 3, maximumLeaving: 4)
        let first = try Self.served(by: connections)
        let second = try Self.served(by: connections)
        let third = try Self.served(by: connections)
        // The first has had a request since: the second has been idle longest, although it has never asked.
        #expect(first.connection.begin())
        first.connection.rest()
        _ = try Self.served(by: connections)
        #expect(!Self.isOpen(second.channel))
        #expect(Self.isOpen(first.channel) && Self.isOpen(third.channel))
        // A request that comes too late is not answered.
        #expect(!second.connection.begin())
        _ = try Self.served(by: connections)
        #expect(!Self.isOpen(third.channel))
        _ = try Self.served(by: connections)
        #expect(!Self.isOpen(first.channel))
    }

    @Test func whoWorksNeverGivesWay() throws {
        let connections = Connections(maximum: 2, maximumLeaving: 3)
        let worker = try Self.served(by: connections)
        #expect(worker.connection.begin())
        var idle = try Self.served(by: connections)
        for _ in 0..<100 {
            let next = try Self.served(by: connections)
            #expect(!Self.isOpen(idle.channel))
            idle = next
        }
        #expect(Self.isOpen(worker.channel))
        #expect(idle.connection.begin())

        // All work: a few are told so, the others are hung up on.
        var refused: [EmbeddedChannel] = []
        for _ in 0..<3 {
            let channel = try Self.opened()
            guard case .refused = connections.admit(channel) else {
                Issue.record("there was room")
                return
            }
            refused.append(channel)
        }
        guard case .dropped = connections.admit(try Self.opened()) else {
            Issue.record("there was room")
            return
        }
        // When one of them has gone, the next is told; when a worker has gone, the next is served.
        Self.close(refused[0])
        guard case .refused = connections.admit(try Self.opened()) else {
            Issue.record("there was room")
            return
        }
        Self.close(refused[1])
        Self.close(worker.channel)
        _ = try Self.served(by: connections)
        #expect(Self.isOpen(idle.channel))
    }

    /// A connection that works and rests again and again does not fill the queue with its past.
    @Test func manyRequestsOfFewConnections() throws {
        let connections = Connections(maximum: 2, maximumLeaving: 2)
        let (one, other) = (try Self.served(by: connections), try Self.served(by: connections))
        for _ in 0..<10_000 {
            for connection in [one.connection, other.connection] {
                #expect(connection.begin())
                connection.rest()
            }
        }
        _ = try Self.served(by: connections)
        #expect(!Self.isOpen(one.channel) && Self.isOpen(other.channel))
    }

    @Test(arguments: [
        (wanted: 8192, limit: 20_000, open: 40, maximum: 8192), (8192, 9216, 40, 8152), (8192, 1024, 40, 728),
        (8192, 256, 40, 152), (8192, 64, 60, 1), (100, 1024, 40, 100),
    ])
    func descriptorsAreLeft(_ wanted: Int, _ limit: Int, _ open: Int, _ maximum: Int) {
        #expect(Connections(upTo: wanted, limit: limit, open: open).maximum == maximum)
    }
}
