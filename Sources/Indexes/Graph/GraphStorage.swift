internal import Kernels
internal import FileSystem

/// The rows and links of a graph, in memory or in a mapped file.
struct GraphStorage: Sendable {
    private typealias Line = SIMD64<UInt8>
    private static let lineBytes = 64
    /// Replaces the first link of a removed row.
    static let removed = UInt32.max - 1

    private enum Place: Sendable {
        case owned(rows: [Line], links: [UInt32])
        case mapped(MappedFile, rows: Range<Int>, links: Range<Int>)
    }

    let layout: GraphLayout
    private(set) var count: Int
    private var place: Place

    init(layout: GraphLayout) {
        self.layout = layout
        count = 0
        place = .owned(rows: [], links: [])
    }

    /// - Parameters:
    ///   - rows: their range in the file.
    ///   - links: their range in the file.
    init(layout: GraphLayout, count: Int, mapped file: MappedFile, rows: Range<Int>, links: Range<Int>) {
        self.layout = layout
        self.count = count
        place = .mapped(file, rows: rows, links: links)
    }

    var byteCount: Int { count * (layout.rowBytes + layout.degree * MemoryLayout<UInt32>.size) }

    func withBytes<Result>(_ body: (_ rows: RawSpan, _ links: RawSpan) throws -> Result) rethrows -> Result {
        switch place {
        case .owned(let rows, let links): try body(rows.span.bytes, links.span.bytes)
        case .mapped(let file, let rows, let links):
            try file.withBytes { try body($0.extracting(rows), $0.extracting(links)) }
        }
    }

    func withView<Result>(_ body: (GraphView) throws -> Result) rethrows -> Result {
        try withBytes { rows, links in
            try GraphView.with(layout: layout, count: count, rows: rows, links: links) { try body($0) }
        }
    }

    /// Copies mapped contents into memory, so that they can be changed.
    mutating func own() {
        guard case .mapped(let file, let rows, let links) = place else { return }
        place = file.withBytes { bytes in
            .owned(
                rows: bytes.extracting(rows).values(of: Line.self),
                links: bytes.extracting(links).values(of: UInt32.self))
        }
    }

    /// Calls `body` with the links of all rows, `layout.degree` each.
    mutating func changeLinks<Result>(_ body: (inout [UInt32]) -> Result) -> Result {
        own()
        guard case .owned(let rows, var links) = place else { return withNoLinks(body) }
        // The array must be uniquely referenced, or the change would copy it.
        place = .owned(rows: [], links: [])
        defer { place = .owned(rows: rows, links: links) }
        return body(&links)
    }

    private func withNoLinks<Result>(_ body: (inout [UInt32]) -> Result) -> Result {
        var none: [UInt32] = []
        return body(&none)
    }

    /// Appends coded rows without links.
    mutating func append(_ codes: [UInt8]) {
        own()
        guard case .owned(var rows, var links) = place else { return }
        place = .owned(rows: [], links: [])
        for start in stride(from: 0, to: codes.count, by: Self.lineBytes) {
            var line = Line()
            for index in 0..<Self.lineBytes { line[index] = codes[start + index] }
            rows.append(line)
        }
        let added = codes.count / layout.rowBytes
        links.append(contentsOf: repeatElement(GraphLayout.none, count: added * layout.degree))
        count += added
        place = .owned(rows: rows, links: links)
    }
}

extension RawSpan {
    fileprivate func values<Value: BitwiseCopyable>(of type: Value.Type) -> [Value] {
        let size = MemoryLayout<Value>.stride
        return (0..<byteCount / size).map { unsafeLoadUnaligned(fromByteOffset: $0 * size, as: Value.self) }
    }
}
