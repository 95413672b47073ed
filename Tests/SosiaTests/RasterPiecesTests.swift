import Foundation
import Rasters
@testable import Sosia
import SosiaCore
import Synchronization
import TestSupport
import Testing
import Workers

/// How often a raster is read for a map.
struct RasterPiecesTests {
    let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        try folder.write([1], to: "a.counted")
    }

    private var path: String { folder.path + "/a.counted" }

    private func pieces(of source: CountedRaster) -> RasterPieces {
        RasterPieces(files: OpenContainers(machine: .host, open: { _ throws(TileError) in source }))
    }

    @Test func manyWhoAskForOnePieceCauseOneReading() async throws {
        let second = DispatchSemaphore(value: 0)
        // The first reading goes on when there is a second one, or will not be.
        let source = CountedRaster(path: path, width: 20_000, height: 20_000) { number throws(TileError) in
            if number > 1 { second.signal() } else { _ = second.wait(timeout: .now() + .milliseconds(300)) }
        }
        let (pieces, container) = (pieces(of: source), try source.container())
        let level = try #require(RasterPyramid(width: 20_000, height: 20_000)).lastLevel
        for level in [level, 0] {
            let before = source.reads
            let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<10 { group.addTask { try await pieces.piece(of: container, level: level, x: 0, y: 0) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers).count == 1 && answers.count == 10)
            #expect(source.reads - before == 1)
        }
    }

    @Test func theUpperLevelsCostOneReading() async throws {
        let (width, height) = (9_000, 5_000)
        let source = CountedRaster(path: path, width: width, height: height)
        let (pieces, container) = (pieces(of: source), try source.container())
        let pyramid = try #require(RasterPyramid(width: width, height: height))
        for level in 0...RasterPieces.overviewLevel {
            let (columns, rows) = try #require(pyramid.pieces(at: level))
            for y in 0..<rows {
                for x in 0..<columns { _ = try await pieces.piece(of: container, level: level, x: x, y: y) }
            }
        }
        #expect(source.windows.withLock { $0 } == [PixelWindow(x: 0, y: 0, width: width, height: height)])
        // The others read what they show.
        let piece = try #require(pyramid.piece(level: RasterPieces.overviewLevel + 1, x: 1, y: 1))
        _ = try await pieces.piece(of: container, level: RasterPieces.overviewLevel + 1, x: 1, y: 1)
        #expect(source.windows.withLock { $0.last } == piece.window)
    }

    @Test func aDamagedBlockCostsOnlyThePiecesThatShowIt() async throws {
        let source = CountedRaster(path: path, width: 4_000, height: 4_000, damaged: (3_999, 3_999))
        let (pieces, container) = (pieces(of: source), try source.container())
        for (x, y) in [(0, 0), (0, 1), (1, 0)] { _ = try await pieces.piece(of: container, level: 1, x: x, y: y) }
        await #expect(throws: TileError.self) { try await pieces.piece(of: container, level: 1, x: 1, y: 1) }
        // The whole of it is tried once.
        #expect(source.reads == 5)
    }

    @Test func nobodyReadsForThoseWhoHaveGone() async throws {
        let began = DispatchSemaphore(value: 0)
        let ended = Atomic<Bool>(false)
        let source = CountedRaster(path: path, width: 1_000, height: 1_000) { _ throws(TileError) in
            began.signal()
            for _ in 0..<60_000 where !Task.isCancelled { usleep(1_000) }
            if Task.isCancelled { throw .cancelled }
            ended.store(true, ordering: .relaxed)
        }
        let (pieces, container) = (pieces(of: source), try source.container())
        let asking = Task { try await pieces.piece(of: container, level: 2, x: 0, y: 0) }
        await Self.wait(for: began)
        asking.cancel()
        await #expect(throws: TileError.cancelled) { try await asking.value }
        let hasEnded = ended.load(ordering: .relaxed)
        #expect(!hasEnded)
    }

    @Test func oneWhoStaysIsAnsweredAlthoughAnotherGoes() async throws {
        let (began, leave) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let source = CountedRaster(path: path, width: 1_000, height: 1_000) { _ throws(TileError) in
            began.signal()
            _ = leave.wait(timeout: .now() + .seconds(300))
            if Task.isCancelled { throw .cancelled }
        }
        let work = SharedWork<Int, Int>()
        let executor = CPUExecutor(label: "test", width: 2)
        @Sendable func ask() -> Task<Int, any Error> {
            Task {
                try await work.value(for: 1, on: executor) {
                    _ = try source.scaled(PixelWindow(x: 0, y: 0, width: 1, height: 1), width: 1, height: 1)
                    return source.reads
                }
            }
        }
        let first = ask()
        await Self.wait(for: began)
        let second = ask()
        while work.waiting(for: 1) < 2 { await Task.yield() }
        first.cancel()
        while work.waiting(for: 1) > 1 { await Task.yield() }
        leave.signal()
        #expect(try await second.value == 1)
        #expect(work.waiting(for: 1) == 0)
    }

    @Test func eachLevelIsTheMeanOfTheNext() throws {
        // Three columns and three rows: the last of each stand alone.
        let gray: [UInt8] = [10, 20, 30, 30, 40, 50, 70, 90, 200]
        let base = try #require(PixelImage(width: 3, height: 3, bytes: gray.flatMap { [$0, $0, $0] }))
        let overview = RasterOverview(base, level: 2)
        func values(level: Int, side: Int) throws -> [UInt8] {
            let pixels = try #require(overview.pixels(level: level, x: 0, y: 0, width: side, height: side))
            return stride(from: 0, to: pixels.bytes.count, by: 3).map { pixels.bytes[$0] }
        }
        #expect(try values(level: 2, side: 3) == gray)
        #expect(try values(level: 1, side: 2) == [25, 40, 80, 200])
        #expect(try values(level: 0, side: 1) == [86])
        #expect(overview.pixels(level: 2, x: 2, y: 1, width: 1, height: 1)?.bytes == [50, 50, 50])
        #expect(overview.pixels(level: 2, x: 2, y: 1, width: 2, height: 1) == nil)
        #expect(overview.pixels(level: 3, x: 0, y: 0, width: 1, height: 1) == nil)
    }

    /// Lets a task wait without keeping a thread from others.
    private static func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                _ = semaphore.wait(timeout: .now() + .seconds(300))
                continuation.resume()
            }
        }
    }
}
