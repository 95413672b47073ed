import Foundation
import Images
import SosiaCore
import Testing

/// The whole way from bytes to a network's pixels against Pillow's: at most 2 levels of difference on average.
@Suite(.enabled(if: Pillow.python != nil), .serialized)
struct PillowComparisonTests {
    private static let limit = 2.0
    private static let geometries = [
        InputGeometry(width: 224, height: 224, rule: .stretch),
        InputGeometry(width: 224, height: 224, rule: .centerCrop(shortSide: 256)),
        InputGeometry(width: 224, height: 224, rule: .letterbox(fill: 114)),
    ]

    private static func pictures(in folder: String) -> [URL] {
        let root = Pillow.package.appending(path: "../shared/data/\(folder)")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        let found = (files?.compactMap { $0 as? URL } ?? [])
            .filter { PictureFormat.isUsual(name: $0.lastPathComponent) }
            .sorted { $0.path < $1.path }
        if found.isEmpty { print("skipped: no pictures in \(folder)") }
        return found
    }

    /// Every `1/count`th picture, the rules in turn.
    private static func check(_ files: [URL], count: Int, name: String) throws {
        var jobs: [Pillow.Job] = []
        var pixels: [PixelImage] = []
        let step = max(files.count / count, 1)
        for (index, file) in stride(from: 0, to: files.count, by: step).map({ files[$0] }).enumerated() {
            let bytes = [UInt8](try Data(contentsOf: file))
            let geometry = geometries[index % geometries.count]
            do {
                pixels.append(try ImageDecoder().decode(bytes, for: geometry).pixels)
                jobs.append(Pillow.Job(path: file.path, geometry: geometry))
            } catch {
                Issue.record("\(file.lastPathComponent): \(error)")
            }
        }
        var sum = 0.0
        var worst = (difference: 0.0, file: "")
        for (job, answer) in zip(jobs, try Pillow.compare(jobs, pixels: pixels)) {
            let file = URL(filePath: job.path).lastPathComponent
            switch answer {
            case .difference(let difference):
                #expect(difference <= limit, "\(file), \(job.rule)")
                sum += difference
                if difference > worst.difference { worst = (difference, "\(file), \(job.rule)") }
            case .unreadable(let reason):
                Issue.record("Pillow on \(file): \(reason)")
            }
        }
        print(
            "\(name): \(jobs.count) comparisons, mean \((sum / Double(max(jobs.count, 1))).formatted()),",
            "worst \(worst.difference.formatted()) (\(worst.file))")
    }

    @Test func photos() throws {
        try Self.check(Self.pictures(in: "photos"), count: 200, name: "photos")
    }

    @Test func aerialPictures() throws {
        try Self.check(Self.pictures(in: "aerial"), count: 30, name: "aerial")
    }

    @Test func oddFiles() throws {
        let folder = try #require(OddFiles.folder)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { !$0.lastPathComponent.hasSuffix(".reference.png") }
            .sorted { $0.path < $1.path }
        #expect(files.count > 100)
        try Self.check(files, count: files.count, name: "odd files")
    }
}
