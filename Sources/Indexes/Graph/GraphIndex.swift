internal import Kernels
internal import FileSystem
public import SosiaCore

/// Approximate nearest neighbours by walking a graph of near neighbours, on compact codes, with the head measured in
/// float.
///
/// ## What is stored
/// - *Codes.* A row x (normalised for the cosine) is centred and projected on the leading directions of a sample, mixed
///   so that one step fits all; each of at most 352 coordinates takes four bits. With the squared length of all of x
///   and a multiplier that frees products from bias (Gao & Long, *RaBitQ*, SIGMOD 2024), a row is three lines of the
///   cache, and the distance from a query, whose coordinates are bytes, is one integer product.
/// - *Links.* A flat directed graph with at most `degree` links a row, chosen by the rule of HNSW and Vamana
///   (Malkov & Yashunin, TPAMI 2018, algorithm 4; Jayaram Subramanya et al., *DiskANN*, NeurIPS 2019, algorithm 2, with
///   alpha = 1): a candidate is dropped when a chosen one is nearer to it than the centre is; room that is left goes to
///   the nearest dropped ones. There are no layers: walks start at 64 rows drawn at random, which does as well in many
///   dimensions (Munyampirwa et al., *Down with the Hierarchy*, 2024).
///
/// For the inner product, a further coordinate makes all rows equally long, which turns products into distances.
///
/// ## How it is built
/// In batches that double until they are 2 % of all rows, in random order; each batch searches the graph as it was
/// before, then links, grouped by target (Manohar et al., *ParlayANN*, PPoPP 2024, algorithm 3). So the graph depends
/// on the rows, the options and the calls of ``add(rows:ids:)`` only, never on the number of threads. Rows that no walk
/// could reach are linked from a neighbour afterwards.
///
/// ## Removing
/// Rows that linked to a removed one choose anew among their other links and the links of the removed (Singh et al.,
/// *FreshDiskANN*, 2021, algorithm 4).
///
/// ## Searching
/// Best-first with a sorted array as the pool (Fu et al., *NSG*, VLDB 2019, algorithm 1). Rows that are not allowed are
/// traversed but not returned. If they fill too much of the pool, the walk is repeated with a wider pool or, if that
/// would cost more, the codes of all allowed rows are scanned instead; `NeighborList.scanned` says how many codes were
/// examined.
public struct GraphIndex: VectorIndex {
    public static let kind = "graph"
    public static let isExact = false
    /// Row numbers are 31 bits in the walk.
    static let maximumRows = 1 << 31 - 2

    let model: GraphModel
    let options: GraphBuildOptions
    var storage: GraphStorage
    /// The rows at which walks start.
    var seeds: [UInt32]
    /// Rows that codes cannot represent; every search measures them.
    var uncoded: [UInt32]
    let verification: FileVerification?
    let scratch = GraphScratchPool()

    public var dimension: Int { model.dimension }
    public var metric: Metric { model.metric }
    public var rowCount: Int { storage.count }

    /// The size of codes and links in bytes.
    public var byteCount: Int { storage.byteCount }

    init(
        model: GraphModel, options: GraphBuildOptions, storage: GraphStorage, seeds: [UInt32] = [],
        uncoded: [UInt32] = [], verification: FileVerification? = nil
    ) {
        self.model = model
        self.options = options
        self.storage = storage
        self.seeds = seeds
        self.uncoded = uncoded
        self.verification = verification
    }

    /// Learns the directions of the codes; no row is added yet.
    public static func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, options: GraphBuildOptions, threads: Int
    ) throws -> GraphIndex {
        try SearchInput.checkRows(rows, ids: ids, dimension: dimension)
        guard metric != .hamming else { throw IndexError.unsupportedMetric(metric) }
        let model = try GraphModel.train(
            dimension: dimension, metric: metric, rows: rows, ids: ids, options: options, threads: threads)
        let layout = GraphLayout(rank: model.rank, degree: options.degree)
        return GraphIndex(model: model, options: options, storage: GraphStorage(layout: layout))
    }
}
