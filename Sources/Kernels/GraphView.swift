/// Rows and links of a graph, wherever they lie; valid within the call that hands it out.
public struct GraphView: Sendable {
    public let layout: GraphLayout
    public let count: Int
    /// Of the caller, who reads only while the view is out.
    nonisolated(unsafe) let rows: UnsafePointer<UInt8>?
    nonisolated(unsafe) let linkNumbers: UnsafePointer<UInt32>?

    /// - Parameters:
    ///   - rows: at least `count * layout.rowBytes` bytes.
    ///   - links: at least `count * layout.degree` numbers of 32 bits, aligned for them.
    ///   - body: must not let the view out.
    public static func with<Result, Failure: Error>(
        layout: GraphLayout, count: Int, rows: RawSpan, links: RawSpan,
        _ body: (GraphView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(count >= 0 && count <= Int(Int32.max), "row numbers of 31 bits")
        precondition(rows.byteCount >= count * layout.rowBytes, "rows of the graph")
        precondition(links.byteCount >= count * layout.degree * MemoryLayout<UInt32>.size, "links of the graph")
        return try rows.withUnsafeBytes { rows throws(Failure) in
            try links.withUnsafeBytes { links throws(Failure) in
                let linkNumbers = links.baseAddress?.assumingMemoryBound(to: UInt32.self)
                let bytes = rows.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return try body(GraphView(layout: layout, count: count, rows: bytes, linkNumbers: linkNumbers))
            }
        }
    }

    private init(
        layout: GraphLayout, count: Int, rows: UnsafePointer<UInt8>?, linkNumbers: UnsafePointer<UInt32>?
    ) {
        self.layout = layout
        self.count = count
        self.rows = rows
        self.linkNumbers = linkNumbers
    }

    func links(of row: Int) -> [UInt32] {
        Array(UnsafeBufferPointer(start: linkNumbers.map { $0 + row * layout.degree }, count: layout.degree))
    }
}
