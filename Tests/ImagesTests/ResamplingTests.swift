@testable import Images
import SosiaCore
import Testing

/// The C resampler against the same filter written down plainly in floating point.
struct ResamplingTests {
    private static func weights(_ axis: SourceAxis, output: Int) -> [(index: Int, weight: Double)] {
        let support = max(axis.step, 1)
        let center = min(max(axis.start + (Double(output) + 0.5) * axis.step, 0), Double(axis.source))
        let reached = (0..<axis.source).map { index in
            (index: index, weight: max(0, 1 - abs(Double(index) + 0.5 - center) / support))
        }
        let sum = reached.reduce(0) { $0 + $1.weight }
        return reached.filter { $0.weight > 0 }.map { ($0.index, $0.weight / sum) }
    }

    private static func expected(_ samples: Samples, _ region: SourceRegion) -> [Double] {
        let columns = (0..<region.x.count).map { weights(region.x, output: $0) }
        return (0..<region.y.count).flatMap { row -> [Double] in
            let rows = weights(region.y, output: row)
            return columns.flatMap { column in
                (0..<samples.channels).map { channel in
                    rows.reduce(0.0) { sum, y in
                        sum + y.weight
                            * column.reduce(0.0) { line, x in
                                let at = (y.index * samples.width + x.index) * samples.channels + channel
                                return line + x.weight * Double(samples.bytes[at])
                            }
                    }
                }
            }
        }
    }

    @Test func agreesWithFloatingPoint() throws {
        var random = SplitMix(seed: 11)
        for _ in 0..<150 {
            let width = Int.random(in: 1...70, using: &random)
            let height = Int.random(in: 1...70, using: &random)
            let channels = [1, 3, 4].randomElement(using: &random) ?? 1
            let bytes = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &random) }
            let samples = try #require(Samples(width: width, height: height, channels: channels, bytes: bytes))
            func axis(_ source: Int) -> SourceAxis {
                let step = Double.random(in: 0.2...6, using: &random)
                let count = min(max(Int(Double(source) / step), 1), 40)
                let start = Double.random(in: 0...max(Double(source) - step * Double(count), 0.01), using: &random)
                return SourceAxis(start: start, step: step, source: source, count: count)
            }
            let region = SourceRegion(x: axis(width), y: axis(height))
            let resampled = try samples.resampled(region)
            let worst = zip(resampled.bytes, Self.expected(samples, region)).map { abs(Double($0) - $1) }.max() ?? 0
            #expect(worst < 0.75, "\(width) x \(height) x \(channels), \(region)")
        }
    }

    @Test(arguments: [UInt8(0), 1, 127, 254, 255], [0.3, 1, 2.5, 40])
    func flatStaysFlat(level: UInt8, step: Double) throws {
        let samples = try #require(
            Samples(width: 400, height: 300, channels: 1, bytes: [UInt8](repeating: level, count: 120_000)))
        let region = SourceRegion(
            x: SourceAxis(start: 0, step: step, source: 400, count: max(Int(300 / step), 1)),
            y: SourceAxis(start: 3, step: step, source: 300, count: 7))
        #expect(try samples.resampled(region).bytes.allSatisfy { $0 == level })
    }

    @Test func theSameSizeIsTheSamePicture() throws {
        let scene = Pictures.scene(width: 37, height: 21)
        let samples = try #require(Samples(width: 37, height: 21, channels: 3, bytes: scene.bytes))
        let region = SourceRegion(
            x: SourceAxis(start: 0, step: 1, source: 37, count: 37),
            y: SourceAxis(start: 0, step: 1, source: 21, count: 21))
        #expect(try samples.resampled(region) == samples)
    }

    @Test func refusesNumbersThatMakeNoSense() throws {
        let samples = try #require(Samples(width: 2, height: 2, channels: 1, bytes: [1, 2, 3, 4]))
        let sane = SourceAxis(start: 0, step: 1, source: 2, count: 2)
        for step in [0, -1, Double.nan, .infinity] {
            let broken = SourceAxis(start: 0, step: step, source: 2, count: 2)
            #expect(throws: DecodeError.self) { try samples.resampled(SourceRegion(x: broken, y: sane)) }
        }
    }
}
