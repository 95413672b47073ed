import Foundation

/// A connection whose bytes are the test's own, so that it can say what no client would.
final class RawConnection: Sendable {
    struct Failure: Error {}

    private let descriptor: Int32

    /// - Parameters:
    ///   - seconds: after which reading and writing give up.
    ///   - window: bytes that the system reads ahead of the test; nil for as many as it likes.
    init(port: Int, seconds: Int = 300, window: Int32? = nil) throws {
        #if os(Linux)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure() }
        var timeout = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        if var window {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // The descriptor is closed by deinit, which runs although init throws: everything is initialised by now.
        guard status == 0 else { throw Failure() }
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: whether everything was taken.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            #if os(Linux)
                let count = bytes[sent...].withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
            #else
                let count = bytes[sent...].withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, 0) }
            #endif
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says that nothing more comes.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What has arrived; nothing when the connection has ended.
    func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    /// So many bytes or a few more; fewer when the connection has ended.
    func receive(atLeast count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, case let part = receive(), !part.isEmpty { bytes += part }
        return bytes
    }

    /// Everything until the server closes.
    func receiveAll() -> String {
        var bytes: [UInt8] = []
        while case let part = receive(), !part.isEmpty { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One answer with its length in the head.
    func answer() -> (status: Int, head: String, body: [UInt8])? {
        var bytes: [UInt8] = []
        var found: (status: Int, head: String, begin: Int, end: Int)?
        while true {
            if found == nil {
                let text = String(decoding: bytes, as: UTF8.self)
                if let end = text.range(of: "\r\n\r\n"),
                    let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
                {
                    let head = String(text[..<end.lowerBound]).lowercased()
                    let length =
                        head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                        .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                    found = (status, head, head.utf8.count + 4, head.utf8.count + 4 + length)
                }
            }
            if let found, bytes.count >= found.end {
                return (found.status, found.head, Array(bytes[found.begin..<found.end]))
            }
            let part = receive()
            if part.isEmpty { return nil }
            bytes += part
        }
    }

    /// Runs `body` beside the concurrency runtime's threads, since raw connections block.
    static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result(catching: body)) }.start()
        }
    }

    /// Sends one request and reads its answer.
    static func request(
        port: Int, _ method: String, _ path: String, _ headers: [String] = [], body: [UInt8] = []
    ) throws -> (status: Int, head: String, body: [UInt8])? {
        let connection = try RawConnection(port: port)
        let lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Content-Length: \(body.count)"] + headers
        connection.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        return connection.answer()
    }
}
