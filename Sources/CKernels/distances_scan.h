// The scan over rows, written once for each level: included behind that level's TARGET, INLINE, TILE and tile().

INLINE double checked(int kind, float sum, const float *query, const float *row, size_t dimension) {
    return kind == DOT ? sosia_dot_checked(sum, query, row, dimension) : sosia_l2_checked(sum, query, row, dimension);
}

// Tiles of one row with four queries, then of one query with four rows: a pair's sum is the same either way round.
INLINE void scan(int kind, const float *queries, size_t query_count, const float *rows, size_t row_count,
                 size_t dimension, double *out) {
    float sums[TILE];
    size_t q = 0;
    for (; q + TILE <= query_count; q += TILE) {
        const float *four = queries + q * dimension;
        for (size_t r = 0; r < row_count; r++) {
            const float *row = rows + r * dimension;
            tile(kind, TILE, four, row, dimension, sums);
            for (size_t t = 0; t < TILE; t++) {
                out[(q + t) * row_count + r] = checked(kind, sums[t], four + t * dimension, row, dimension);
            }
        }
    }
    for (; q < query_count; q++) {
        const float *query = queries + q * dimension;
        size_t r = 0;
        for (; r + TILE <= row_count; r += TILE) {
            const float *four = rows + r * dimension;
            tile(kind, TILE, four, query, dimension, sums);
            for (size_t t = 0; t < TILE; t++) {
                out[q * row_count + r + t] = checked(kind, sums[t], query, four + t * dimension, dimension);
            }
        }
        for (; r < row_count; r++) {
            const float *row = rows + r * dimension;
            tile(kind, 1, query, row, dimension, sums);
            out[q * row_count + r] = checked(kind, sums[0], query, row, dimension);
        }
    }
}

TARGET static void l2(const float *queries, size_t query_count, const float *rows, size_t row_count, size_t dimension,
                      double *out) {
    scan(L2, queries, query_count, rows, row_count, dimension, out);
}

TARGET static void dot(const float *queries, size_t query_count, const float *rows, size_t row_count,
                       size_t dimension, double *out) {
    scan(DOT, queries, query_count, rows, row_count, dimension, out);
}
