internal import FileSystem
internal import Kernels
public import SosiaCore

/// Exact nearest neighbours from compact codes: every answer equals brute force, distances bit for bit.
///
/// ## What is stored
/// A row x counts as x' = x - m, m being the mean of a sample (for the cosine, x is normalised first). W holds a few
/// nearly orthonormal directions in which a sample varied most: first W1 (the prefix), then W2 (the middle), which may
/// have no rows. Three codes of four bits a value are kept:
/// - the *prefix code* c1 of y1 = W1 x', with y1 = a1 c1 + e1 and e1 orthogonal to c1;
/// - the *middle code* c2 of y2 = W2 x', with y2 = a2 c2 + e2 in the same way;
/// - the *full code* b of H (x' - W^T a c), where a c is (a1 c1, a2 c2) and H an orthonormal mix; the reconstruction
///   is r = f (W^T a c + s H^T b), the factor f chosen so that what is left, x' - r, is orthogonal to r. The upper two
///   bits of b, the *coarse code*, are kept apart from the lower two, and have an r, f and s of their own.
///
/// ## Why the bounds are proofs
/// For L2 let v = q - m, so that |q - x|^2 = |v|^2 + |x'|^2 - 2 <v, x'>: an upper bound of <v, x'> is a lower bound of
/// the distance. (For the inner product and the cosine v = q, and <q, x> = <q, m> + <v, x'>.)
/// 1. *Prefix.* Split v and x' into the parts inside and outside of the rows of W1:
///    <v, x'> = <W1 v, a1 c1> + <W1 v, e1> + <v_out, x'_out>. With p1 = <W1 v, c1> / |c1|, e1 being orthogonal to c1,
///    <W1 v, e1> <= sqrt(|W1 v|^2 - p1^2) |e1| and <v_out, x'_out> <= |v_out| |x'_out| (Cauchy and Schwarz). W1 v
///    itself is rounded to bytes u; |W1 v - u| = g moves p1 by at most g.
/// 2. *Middle.* The same with the rows of W1 and W2: the two products add up, and
///    <W v, (e1, e2)> <= sqrt(|W v|^2 - p1^2 - p2^2) sqrt(|e1|^2 + |e2|^2).
/// 3. *Coarse, then full.* <v, x'> = <v, r> + <v, x' - r>, where <v, r> = f (<Wv, a c> + s <Hv, b>) for any W and an H whose inverse
///    is its transpose, and <v, x' - r> <= sqrt(|v|^2 - <v, r>^2 / |r|^2) |x' - r|. The bytes of the query are
///    accounted for in the same way.
/// 4. *Arithmetic.* W is not exactly orthonormal: with E = W W^T - 1, the splits in 1. and 2. are off by at most
///    4 |E| |v| |x'|; |E| is measured when the index is trained. Products with W, reconstructions and the mix are
///    computed in float and off by at most a share (`ExactModel.roundingShare`) of |v| |x'|; rows whose reconstruction
///    would magnify that (`ExactModel.maximumFactor`) get no bound. Lengths along codes are rounded to half precision
///    (`Half.relativeError`), lengths that a bound grows with are rounded up, squared norms down. All of these shares
///    are added, and |v| |x'| <= (|v|^2 + |x'|^2) / 2 makes them part of the norm's weight and of the constant
///    (`ExactQuery`). The distance that brute force would compute is itself off by a share that the limit takes into
///    account.
///
/// A search bounds all rows by 1. and measures the best of those with the lowest bounds. Then, chunk by chunk, it
/// bounds the rows that the k-th distance so far leaves by 2., what that leaves by 3. with the coarse and then with the
/// full codes, and measures the rest in the order of their bounds until a bound passes the k-th distance. Rows whose length float squares cannot hold have a
/// bound of NaN, which no comparison excludes.
///
/// ## Sources
/// Four-bit codes with stored lengths: Gao & Long, *RaBitQ* (SIGMOD 2024); prefix first: Kuffo et al., *PDX*
/// (SIGMOD 2025), Gao & Long, *ADSampling* (SIGMOD 2023); scalar codes with one step a vector: Aguerrebere et al.,
/// *LVQ* (VLDB 2023). The combination, the two-level code and the orthogonality terms are this project's own.
public struct ExactIndex: VectorIndex {
    public static let kind = "exact"
    public static let isExact = true

    /// The most rows in a segment; new rows go into the last one, so that publishing a snapshot copies little.
    static let segmentRows = 1 << 16

    let model: ExactModel
    var segments: [CodeSegment]
    let scratch = ScratchPool()
    let verification: FileVerification?

    public var dimension: Int { model.dimension }
    public var metric: Metric { model.metric }
    public var rowCount: Int { segments.reduce(0) { $0 + $1.rowCount } }

    /// The number of leading directions scanned for every row.
    public var prefix: Int { model.prefixRank }

    /// The size of the codes in bytes.
    public var codeBytes: Int {
        segments.reduce(0) { sum, segment in
            sum + segment.withCodes { $0.byteCount + $1.byteCount + $2.byteCount + $3.byteCount }
        }
    }

    init(model: ExactModel, segments: [CodeSegment], verification: FileVerification? = nil) {
        self.model = model
        self.segments = segments
        self.verification = verification
    }

    /// Learns the centre and the leading directions of a sample (principal component analysis).
    public static func train(
        dimension: Int, metric: Metric, rows: RawSpan, ids: Span<Int64>, options: ExactBuildOptions, threads: Int
    ) throws -> ExactIndex {
        try SearchInput.checkRows(rows, ids: ids, dimension: dimension)
        guard metric != .hamming else { throw IndexError.unsupportedMetric(metric) }
        let model = ExactModel.train(
            dimension: dimension, metric: metric, rows: rows, ids: ids, options: options, threads: threads)
        return ExactIndex(model: model, segments: [])
    }

    /// Dead rows keep their codes; searches skip them.
    public mutating func remove(rows: [Int]) throws {
        for row in rows where row < 0 || row >= rowCount {
            throw IndexError.unknownRow(got: row, covered: rowCount)
        }
    }
}

extension ExactIndex {
    /// Rows encoded in one go, a multiple of a block's rows.
    private static let rowsAtOnce = 64

    /// Extends the index to all of `rows` with several threads; the codes do not depend on how many.
    /// - Throws: `IndexError.shapeMismatch`, `.missingRows`, `.invalidOption`.
    public mutating func add(rows: RawSpan, ids: Span<Int64>, threads: Int) throws {
        try SearchInput.checkRows(rows, ids: ids, dimension: dimension)
        let threads = try ExactSearchOptions(threads: threads).threads
        var covered = rowCount
        guard ids.count >= covered else { throw IndexError.missingRows(got: ids.count, covered: covered) }
        while covered < ids.count {
            let open = segments.last.map { !$0.isMapped && $0.rowCount < Self.segmentRows } ?? false
            if !open { segments.append(CodeSegment()) }
            let last = segments.count - 1
            let room = Self.segmentRows - segments[last].rowCount
            let count = min(room, ids.count - covered, Self.rowsAtOnce * 8 * threads)
            for encoded in encode(rows: rows, range: covered..<covered + count, threads: threads) {
                segments[last].append(encoded, model: model)
            }
            covered += count
        }
    }

    private func encode(rows: RawSpan, range: Range<Int>, threads: Int) -> [[EncodedRow]] {
        let parts = (range.count + Self.rowsAtOnce - 1) / Self.rowsAtOnce
        return concurrentMap(parts, threads: threads) { part($0, of: range, rows: rows) }
    }

    private func part(_ index: Int, of range: Range<Int>, rows: RawSpan) -> [EncodedRow] {
        let lower = range.lowerBound + index * Self.rowsAtOnce
        return EncodedRow.encode(
            rows: rows, range: lower..<min(lower + Self.rowsAtOnce, range.upperBound), model: model)
    }
}
