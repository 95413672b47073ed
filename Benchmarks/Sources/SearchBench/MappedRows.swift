import FileSystem
import SosiaCore

/// Row-major Float32 rows in a mapped file.
struct MappedRows: Sendable {
    let file: MappedFile
    let description: VectorFile

    init(_ description: VectorFile, access: MappedFile.Access = .normal) throws {
        guard description.offset >= 0, description.rows >= 0, description.dimension > 0 else {
            throw CommandError.outOfRange("a vector file's shape")
        }
        self.description = description
        file = try MappedFile(description.path, access: access)
        let (values, overflow) = description.rows.multipliedReportingOverflow(by: description.dimension)
        guard !overflow, values <= (file.count - description.offset) / MemoryLayout<Float>.size else {
            throw CommandError.tooShort(path: description.path)
        }
    }

    var rows: Int { description.rows }
    var dimension: Int { description.dimension }

    func withRows<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
        let end = description.offset + rows * dimension * MemoryLayout<Float>.size
        return try file.withBytes { try body($0.extracting(description.offset..<end)) }
    }

    func withFloats<Result>(_ body: (Span<Float>) throws -> Result) throws -> Result {
        try file.withSpan(of: Float.self, offset: description.offset, count: rows * dimension, body)
    }
}
