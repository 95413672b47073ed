import Foundation
import Workers

/// Threads for decoding and encoding what is large, so that it keeps no other request waiting; what is small takes less
/// time than the way there.
enum LongWork {
    /// Bytes of a document that is small.
    static let small = 64 << 10

    private static let threads = CPUExecutor(
        label: "sosia.documents", width: ProcessInfo.processInfo.activeProcessorCount)

    static func run<Value: Sendable>(
        _ isLong: Bool = true, _ work: @Sendable () throws -> Value
    ) async throws -> Value {
        isLong ? try await threads.run { try work() } : try work()
    }
}

extension AdmissionQueue {
    /// Does the work with a JSON document when its turn comes. Reading the document is part of the work.
    func run<Value>(
        reading document: [UInt8], _ work: (JSONReader) async throws -> Value
    ) async throws -> Value {
        try await run {
            try await work(try await LongWork.run(document.count > LongWork.small) { try JSONReader(document) })
        }
    }
}
