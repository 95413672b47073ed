internal import CKernels

/// The shape of a graph's rows and links; see `sosia_graph.h`.
public struct GraphLayout: Sendable, Hashable {
    /// Coded values a row.
    public let rank: Int
    /// Links a row.
    public let degree: Int

    public static let maximumRank = 1024
    public static let maximumDegree = Int(SOSIA_GRAPH_MAXIMUM_DEGREE)
    /// Stands for no row.
    public static let none = UInt32.max

    public init(rank: Int, degree: Int) {
        precondition(rank >= 1 && rank <= Self.maximumRank && degree >= 1 && degree <= Self.maximumDegree)
        self.rank = rank
        self.degree = degree
    }

    /// Bytes of one row: half a byte a value and the parameters, in whole lines of the cache.
    public var rowBytes: Int { ((rank + 1) / 2 + Int(SOSIA_GRAPH_PARAMETERS) + 63) / 64 * 64 }
}

/// A query in the form that the kernels take.
public struct GraphQueryCode: Sendable {
    public let values: [Int8]
    public let scale, offset, constant, normWeight, lift: Float

    /// - Parameters:
    ///   - coordinates: `rank` finite values.
    ///   - constant, normWeight, lift: the further terms of the distance.
    public init(
        _ coordinates: [Float], layout: GraphLayout, constant: Float, normWeight: Float, lift: Float
    ) {
        precondition(coordinates.count == layout.rank)
        let largest = coordinates.reduce(Float(0)) { max($0, abs($1)) }
        var sum: Int32 = 0
        values = [Int8](unsafeUninitializedCapacity: 2 * layout.rowBytes) { buffer, count in
            count = 2 * layout.rowBytes
            sum = sosia_graph_spread(coordinates, layout.rank, largest, layout.rowBytes, buffer.baseAddress)
        }
        scale = 2 * largest / 127
        offset = 7.5 * Float(sum)
        self.constant = constant
        self.normWeight = normWeight
        self.lift = lift
    }
}

/// One row of a graph and its distance from a query, by the codes.
public struct GraphCandidate: Sendable, Hashable {
    public let row: Int
    public let distance: Float
}

/// The arrays of one walk.
public struct GraphScratch: Sendable {
    private static let listCapacity = 1 << 14
    fileprivate var pool: [sosia_graph_candidate] = []
    fileprivate var visited: [UInt64] = []
    fileprivate var list = [UInt32](repeating: 0, count: Self.listCapacity)

    public init() {}

    fileprivate mutating func reserve(effort: Int, rows: Int) {
        if pool.count <= effort {
            pool = [sosia_graph_candidate](repeating: sosia_graph_candidate(), count: effort + 1)
        }
        let words = (rows + 63) / 64
        if visited.count < words { visited = [UInt64](repeating: 0, count: words + words / 8) }
    }
}

/// Distances and walks on a graph of neighbours over four-bit codes. Every row number that comes out of links is
/// checked, so that damaged ones make wrong answers at worst.
public struct GraphKernels: Sendable {
    public static let current = GraphKernels(table: sosia_graph_kernels_current())
    public static let maximumSources = Int(SOSIA_GRAPH_MAXIMUM_SOURCES)
    /// Constant; it lives as long as the process.
    private nonisolated(unsafe) let table: UnsafePointer<sosia_graph_kernels>

    private init(table: UnsafePointer<sosia_graph_kernels>) {
        self.table = table
    }

    /// - Returns: nil when the processor lacks the level.
    public init?(level: SIMDLevel) {
        guard let table = sosia_graph_kernels_at(level.rawValue) else { return nil }
        self.init(table: table)
    }

    /// Products of a query's signed bytes with rows of bytes of at most 127.
    /// - Parameter values: their number is a multiple of 64; `rows` is some times as long.
    public func project(_ values: Span<Int8>, rows: RawSpan) -> [Int32] {
        precondition(values.count.isMultiple(of: 64) && !values.isEmpty, "whole lines")
        let count = rows.byteCount / values.count
        return [Int32](unsafeUninitializedCapacity: count) { buffer, initialized in
            values.withUnsafeBufferPointer { values in
                rows.withUnsafeBytes { rows in
                    let bytes = rows.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    table.pointee.project(values.baseAddress, bytes, count, values.count, buffer.baseAddress)
                }
            }
            initialized = count
        }
    }

    /// The code of one row.
    public static func encode(_ coordinates: [Float], norm: Float, lift: Float, layout: GraphLayout) -> [UInt8] {
        precondition(coordinates.count == layout.rank)
        return [UInt8](unsafeUninitializedCapacity: layout.rowBytes) { buffer, count in
            sosia_graph_encode(coordinates, layout.rank, norm, lift, layout.rowBytes, buffer.baseAddress)
            count = layout.rowBytes
        }
    }

    /// Best-first search from `seeds`.
    /// - Returns: at most `effort` rows, nearest first, and how many distances were formed.
    public func walk(
        _ query: GraphQueryCode, graph: GraphView, seeds: Span<UInt32>, effort: Int, scratch: inout GraphScratch
    ) -> (candidates: [GraphCandidate], measured: Int) {
        scratch.reserve(effort: effort, rows: graph.count)
        var measured = 0
        let found = with(query, graph) { table, query, graph in
            with(&scratch) { scratch in
                seeds.withUnsafeBufferPointer { seeds in
                    sosia_graph_walk(
                        table, graph, query, seeds.baseAddress, seeds.count, effort, scratch, &measured)
                }
            }
        }
        return (scratch.pool[..<found].map(GraphCandidate.init), measured)
    }

    /// The nearest of some rows by their codes.
    /// - Parameter rows: row numbers below the graph's count.
    public func nearest(
        _ query: GraphQueryCode, graph: GraphView, among rows: [UInt32], effort: Int, scratch: inout GraphScratch
    ) -> [GraphCandidate] {
        precondition(rows.allSatisfy { Int($0) < graph.count }, "rows of the graph")
        scratch.reserve(effort: effort, rows: graph.count)
        let found = with(query, graph) { table, query, graph in
            with(&scratch) { scratch in
                sosia_graph_scan(table, graph, query, rows, rows.count, scratch.pointee.pool, 0, effort)
            }
        }
        return scratch.pool[..<found].map(GraphCandidate.init)
    }

    /// Distances of some rows by their codes.
    public func distances(_ query: GraphQueryCode, graph: GraphView, rows: [UInt32]) -> [Float] {
        precondition(rows.allSatisfy { Int($0) < graph.count }, "rows of the graph")
        return [Float](unsafeUninitializedCapacity: rows.count) { buffer, count in
            with(query, graph) { table, query, graph in
                let (bytes, rowBytes) = (graph.pointee.rows, graph.pointee.row_bytes)
                table.pointee.distances(query, bytes, rowBytes, rows, rows.count, buffer.baseAddress)
            }
            count = rows.count
        }
    }

    /// Links for a new row: walks to it, then selects among what the walk found.
    public func links(
        for row: Int, query: GraphQueryCode, graph: GraphView, seeds: Span<UInt32>, effort: Int,
        scratch: inout GraphScratch
    ) -> [UInt32] {
        scratch.reserve(effort: effort, rows: graph.count)
        var measured = 0
        return [UInt32](unsafeUninitializedCapacity: graph.layout.degree) { buffer, count in
            with(query, graph) { table, query, graph in
                with(&scratch) { scratch in
                    let found = seeds.withUnsafeBufferPointer { seeds in
                        sosia_graph_walk(
                            table, graph, query, seeds.baseAddress, seeds.count, effort, scratch, &measured)
                    }
                    let degree = graph.pointee.degree
                    _ = sosia_graph_select(table, graph, scratch.pointee.pool, found, degree, buffer.baseAddress)
                }
            }
            count = graph.layout.degree
        }
    }

    /// The links of a row with `sources` added.
    public func links(of row: Int, adding sources: ArraySlice<UInt32>, graph: GraphView) -> [UInt32] {
        precondition(row < graph.count && sources.count <= Self.maximumSources)
        return withGraph(graph) { table, pointer in
            var links = graph.links(of: row)
            sources.withUnsafeBufferPointer {
                sosia_graph_link(table, pointer, UInt32(row), $0.baseAddress, $0.count, &links)
            }
            return links
        }
    }

    /// The links of a row with the dead ones replaced by links of theirs.
    /// - Parameter dead: a bit a row.
    /// - Returns: nil when none is dead.
    public func repairedLinks(of row: Int, dead: [UInt64], graph: GraphView) -> [UInt32]? {
        precondition(row < graph.count && dead.count * 64 >= graph.count)
        return withGraph(graph) { table, pointer in
            var links = [UInt32](repeating: GraphLayout.none, count: graph.layout.degree)
            return sosia_graph_repair(table, pointer, UInt32(row), dead, &links) != 0 ? links : nil
        }
    }

    /// Asks the processor for bytes that are going to be read.
    public static func prefetch(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { sosia_graph_prefetch($0.baseAddress, $0.count) }
    }

    private typealias Table = UnsafePointer<sosia_graph_kernels>

    private func withGraph<Result>(
        _ graph: GraphView, _ body: (Table, UnsafePointer<sosia_graph>) -> Result
    ) -> Result {
        var value = sosia_graph(
            rows: graph.rows, links: graph.linkNumbers, row_bytes: graph.layout.rowBytes, rank: graph.layout.rank,
            degree: graph.layout.degree, count: graph.count)
        return body(table, &value)
    }

    private func with<Result>(
        _ query: GraphQueryCode, _ graph: GraphView,
        _ body: (Table, UnsafePointer<sosia_graph_query>, UnsafePointer<sosia_graph>) -> Result
    ) -> Result {
        precondition(query.values.count == 2 * graph.layout.rowBytes, "a query for this layout")
        return query.values.withUnsafeBufferPointer { values in
            var value = sosia_graph_query(
                values: values.baseAddress, scale: query.scale, offset: query.offset, constant: query.constant,
                norm_weight: query.normWeight, lift: query.lift)
            return withGraph(graph) { table, graph in
                return body(table, &value, graph)
            }
        }
    }

    private func with<Result>(
        _ scratch: inout GraphScratch, _ body: (UnsafeMutablePointer<sosia_graph_scratch>) -> Result
    ) -> Result {
        scratch.pool.withUnsafeMutableBufferPointer { pool in
            scratch.visited.withUnsafeMutableBufferPointer { visited in
                scratch.list.withUnsafeMutableBufferPointer { list in
                    var value = sosia_graph_scratch(
                        pool: pool.baseAddress, visited: visited.baseAddress, list: list.baseAddress,
                        list_capacity: list.count)
                    return body(&value)
                }
            }
        }
    }
}

extension GraphCandidate {
    fileprivate init(_ candidate: sosia_graph_candidate) {
        self.init(row: Int(candidate.row), distance: candidate.distance)
    }
}

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
