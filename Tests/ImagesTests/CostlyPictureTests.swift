import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Images

/// Files of a few bytes that would cost seconds and gigabytes.
struct CostlyPictureTests {
    private let decoder = ImageDecoder()

    /// A JPEG that says it is progressive, with more scans than it came with.
    private func scanned(_ more: Int) throws -> [UInt8] {
        var jpeg = try Pictures.jpeg(width: 64, height: 48)
        let frame = try #require(jpeg.indices.first { jpeg[$0...].starts(with: [0xff, 0xc0, 0, 17]) })
        jpeg[frame + 1] = 0xc2
        let scan: [UInt8] = [0xff, 0xda, 0, 8, 1, 1, 0, 1, 5, 0, 0x55, 0xff, 0, 0x55]
        return Array(jpeg.dropLast(2)) + (0..<more).flatMap { _ in scan } + [0xff, 0xd9]
    }

    @Test func aJPEGOfTooManyScans() throws {
        #expect(throws: DecodeError.tooManyScans(maximum: 100)) { try decoder.decode(scanned(100), maxSide: 10) }
        // The wrong scans of this one are refused for what they are.
        #expect { try decoder.decode(scanned(99), maxSide: 10) } throws: {
            $0 as? DecodeError != .tooManyScans(maximum: 100)
        }
    }

    @Test func scansOfColoursOneByOneCount() throws {
        var jpeg = try scanned(100)
        let frame = try #require(jpeg.indices.first { jpeg[$0...].starts(with: [0xff, 0xc2, 0, 17]) })
        jpeg[frame + 1] = 0xc0
        let scan = try #require(jpeg.indices.first { jpeg[$0...].starts(with: [0xff, 0xda, 0, 12, 3]) })
        jpeg.replaceSubrange(scan..<scan + 14, with: [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0])
        #expect(throws: DecodeError.tooManyScans(maximum: 100)) { try decoder.decode(jpeg, maxSide: 10) }
    }

    @Test(.enabled(if: OddFiles.folder != nil)) func theScansThatEncodersWriteAreRead() throws {
        let folder = try #require(OddFiles.folder)
        let jpeg = try [UInt8](Data(contentsOf: folder.appending(path: "progressive-420.jpg")))
        let header = try JPEGHeader(jpeg)
        #expect(header.hasScans)
        #expect(JPEGHeader.body(of: jpeg, from: header.bodyStart) == (10, true))
        #expect(throws: Never.self) { try decoder.decode(jpeg, maxSide: 64) }
    }

    @Test func moreScansForSmallerPictures() {
        #expect(DecodeLimits.scans(width: 4_000, height: 3_000) == 100)
        #expect(DecodeLimits.scans(width: 16_384, height: 16_384) == 8)
        #expect(DecodeLimits.scans(width: 65_535, height: 65_535) == 1)
    }

    @Test(.enabled(if: Pictures.hasVips)) func aWebPOf34BytesThatWouldTakeGigabytes() {
        // A lossless one: signature, 14 bits each of width - 1 and height - 1.
        let sides: [UInt8] = [0xfe, 0xbf, 0xff, 0x0f]
        let body = [0x2f] + sides + [UInt8](repeating: 0, count: 9)
        let file = Array("RIFF".utf8) + [26, 0, 0, 0] + Array("WEBPVP8L".utf8) + [14, 0, 0, 0] + body
        #expect(file.count == 34)
        #expect(throws: DecodeError.tooLarge(width: 16_383, height: 16_383, maximumPixels: 120_000_000)) {
            try decoder.decode(file, maxSide: 10)
        }
    }

    /// Formats whose decoders hold the whole picture.
    @Test(arguments: [PictureFormat.heif, .avif, .webp]) func whatIsHeldAsAWholeIsAGigabyteAtMost(format: PictureFormat)
        throws
    {
        let limits = DecodeLimits.standard
        try limits.check(width: 12_000, height: 10_000, of: format)
        #expect(throws: DecodeError.tooLarge(width: 16_320, height: 12_240, maximumPixels: 120_000_000)) {
            try limits.check(width: 16_320, height: 12_240, of: format)
        }
        #expect(throws: DecodeError.tooLarge(width: 12_000, height: 10_000, maximumPixels: 60_000_000)) {
            try limits.check(width: 12_000, height: 10_000, of: format, isDeep: true)
        }
        try limits.check(width: 16_320, height: 12_240, of: .png)
    }

    @Test func aCancelledTaskDecodesNothing() async throws {
        let jpeg = try Pictures.jpeg()
        await cancelled { #expect(throws: DecodeError.cancelled) { try decoder.decode(jpeg, maxSide: 10) } }
    }

    @Test(.enabled(if: Pictures.hasVips)) func libvipsStopsBetweenStrips() async throws {
        let png = Pictures.png(Pictures.scene(width: 64, height: 2_000))
        let rows: @Sendable () throws -> Samples = {
            try VipsPicture.withPicture(png, format: .png, alone: false) { (picture) throws(DecodeError) in
                try picture.samples(x: 0..<64, y: 0..<2_000, shrinkX: 1, shrinkY: 1)
            }
        }
        #expect(try rows().height == 2_000)
        await cancelled { #expect(throws: DecodeError.cancelled) { try rows().height } }
    }

    /// Runs `body` in a task that is cancelled already.
    private func cancelled(_ body: @escaping @Sendable () -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { body() }
        }
    }
}

struct DecodeBudgetTests {
    /// Blocks threads, so each one is its own.
    private func threads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }

    @Test func neverMoreIsHeldThanThereIs() {
        let budget = DecodeBudget(pixels: 100)
        let held = Mutex((now: 0, most: 0, done: 0))
        threads(8) { thread in
            for round in 0..<50 {
                let count = 1 + (thread * 37 + round * 61) % 130
                let taken = min(count, 100)
                try? budget.holding(count) { () throws(DecodeError) in
                    held.withLock {
                        $0.now += taken
                        $0.most = max($0.most, $0.now)
                    }
                    held.withLock {
                        $0.now -= taken
                        $0.done += 1
                    }
                }
            }
        }
        held.withLock {
            #expect($0.most <= 100)
            #expect($0.done == 400)
        }
        #expect(budget.load == (0, 0))
    }

    @Test func anErrorGivesBackWhatWasHeld() {
        let budget = DecodeBudget(pixels: 10)
        #expect(throws: DecodeError.truncated) {
            try budget.holding(7) { () throws(DecodeError) in throw DecodeError.truncated }
        }
        #expect(budget.load == (0, 0))
    }

    @Test func whoIsCancelledLeavesTheLine() async throws {
        let budget = DecodeBudget(pixels: 10)
        let release = DispatchSemaphore(value: 0)
        let threads = DispatchQueue(label: "holder")
        let order = Mutex<[String]>([])
        threads.async { try? budget.holding(10) { () throws(DecodeError) in release.wait() } }
        while budget.load.pixels == 0 { await Task.yield() }
        let executor = CPUThreads()
        let waiting = Task(executorPreference: executor) { @Sendable in
            _ = #expect(throws: DecodeError.cancelled) {
                try budget.holding(10) { () throws(DecodeError) in order.withLock { $0.append("cancelled") } }
            }
        }
        while budget.load.waiting < 1 { await Task.yield() }
        let behind = Task(executorPreference: executor) {
            try budget.holding(1) { () throws(DecodeError) in order.withLock { $0.append("behind") } }
        }
        while budget.load.waiting < 2 { await Task.yield() }
        waiting.cancel()
        await waiting.value
        release.signal()
        try await behind.value
        #expect(order.withLock { $0 } == ["behind"])
    }
}

/// Threads that may block.
private final class CPUThreads: TaskExecutor {
    private let queue = DispatchQueue(label: "decoders", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
