import Foundation
import Synchronization
import Testing

@testable import SosiaServer

/// How the server ends: asked to, and not asked.
@Suite(.serialized, .enabled(if: ServedProcess.isAvailable, "the command or the inference runtime is not there"))
struct EndingTests {
    /// More than there will be: the server ends before its clients do.
    private static let uploads = 20_000
    private static let clients = 8

    private static func temporaryFolder() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/sosia-ending-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Uploads a picture a request from several connections until the server is gone.
    /// - Parameter meanwhile: called with how many answers came; no other answer counts until it returns.
    /// - Returns: the numbers of the pictures that were answered with 2xx, and the other statuses.
    private static func upload(
        to server: ServedProcess, _ meanwhile: @escaping @Sendable (Int) -> Void
    ) async -> (accepted: Set<Int>, others: [Int]) {
        let results = Results()
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<clients {
                let numbers = Array(stride(from: client, to: uploads, by: clients))
                group.addTask {
                    await Self.onThread {
                        for number in numbers {
                            let answer = try? RawConnection.request(
                                port: server.port, "POST", "/v1/collections/photos/images",
                                ["Content-Type: " + Form.contentType], body: Form.pictures([number]).whole)
                            guard let answer else { return }
                            results.add(number, answer.status, meanwhile)
                        }
                    }
                }
            }
        }
        let all = results.all
        return (
            Set(all.filter { (200..<300).contains($0.value) }.keys),
            all.values.filter { !(200..<300).contains($0) }
        )
    }

    private final class Results: Sendable {
        private let statuses = Mutex<[Int: Int]>([:])

        var all: [Int: Int] { statuses.withLock { $0 } }

        func add(_ number: Int, _ status: Int, _ meanwhile: (Int) -> Void) {
            statuses.withLock { statuses in
                statuses[number] = status
                meanwhile(statuses.count)
            }
        }
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            Thread {
                body()
                continuation.resume()
            }.start()
        }
    }

    /// The pictures that a server started anew knows: uploading them again makes no new one.
    private static func known(_ numbers: Set<Int>, folder: String) throws -> Set<Int> {
        let server = try ServedProcess(folder: folder)
        defer {
            server.signal(SIGTERM)
            _ = server.waitUntilExit()
        }
        return try numbers.filter { number in
            let answer = try RawConnection.request(
                port: server.port, "POST", "/v1/collections/photos/images", ["Content-Type: " + Form.contentType],
                body: Form.pictures([number]).whole)
            return answer?.status == 200
        }
    }

    @Test func termFinishesWhatRunsAndLosesNothing() async throws {
        let folder = try Self.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try ServedProcess(folder: folder)
        let (accepted, others) = await Self.upload(to: server) { answers in
            if answers == 60 { server.signal(SIGTERM) }
        }
        #expect(server.waitUntilExit() == 0)
        #expect(accepted.count >= 59 && accepted.count < Self.uploads)
        #expect(others.allSatisfy { $0 == 503 }, "\(others)")
        #expect(try Self.known(accepted, folder: folder) == accepted)
    }

    @Test func killLosesNothingThatWasAnswered() async throws {
        let folder = try Self.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try ServedProcess(folder: folder)
        let (accepted, _) = await Self.upload(to: server) { answers in
            if answers == 90 { server.signal(SIGKILL) }
        }
        #expect(server.waitUntilExit() == 128 + SIGKILL)
        #expect(accepted.count >= 80 && accepted.count < Self.uploads)
        #expect(try Self.known(accepted, folder: folder) == accepted)
    }

    @Test func listenersAreLetGo() async throws {
        let folder = try Self.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try ServedProcess(folder: folder)
        // An idle connection, and one in the middle of its headers.
        let idle = try RawConnection(port: server.port)
        let half = try RawConnection(port: server.port)
        half.send("GET /healthz HTTP/1.1\r\nHost: loc")
        #expect(try RawConnection.request(port: server.port, "GET", "/healthz")?.status == 200)
        server.signal(SIGTERM)
        #expect(server.waitUntilExit() == 0)
        withExtendedLifetime((idle, half)) {}
    }
}
