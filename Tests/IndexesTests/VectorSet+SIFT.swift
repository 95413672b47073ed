import Foundation

/// Local features of photographs, where they are at hand: `.bvecs` is, for each row, its dimension (UInt32,
/// little-endian) and so many bytes.
extension VectorSet {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../../shared/data/sift").standardized

    static var hasSIFT: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "base100k.bvecs").path)
    }

    static func sift(rows: Int, queries: Int) throws -> VectorSet {
        VectorSet(
            name: "SIFT", dimension: 128, rows: try vectors("base100k.bvecs", count: rows),
            queries: try vectors("query1k.bvecs", count: queries), trained: rows * 3 / 4)
    }

    private static func vectors(_ name: String, count: Int) throws -> [Float] {
        let handle = try FileHandle(forReadingFrom: folder.appending(path: name))
        defer { try? handle.close() }
        let bytes = [UInt8](try handle.read(upToCount: count * 132) ?? Data())
        return bytes.indices.filter { $0 % 132 >= 4 }.map { Float(bytes[$0]) }
    }
}
