// AVX2. A pair is a sum of squared differences; four queries with two rows are |q|^2 + |r|^2 - 2 qr, with half the
// instructions a pair. Sums may wrap around 2^32 on the way, the results fit, so that they are exact all the same.
//
// Most pairs are left out by a bound on the sums over squares of 4 x 4 pixels, for four queries at once; what is left is
// measured query by query, so that the query stays in the first-level cache.
//
// A query is widened to 16 bits and has, in each group of 32 numbers, those with even places first: a row is widened
// the same way with a mask and a shift. What is left behind the last whole group keeps its order.
#include "bytes_internal.h"

#if SOSIA_X86

#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum {
    GROUP = 32,
    QUERIES = 4,
    ROWS = 2,
    // Rows that all queries pass over before the next ones come; they stay in the second-level cache meanwhile. One bit
    // each must fit 32 of them.
    BLOCK = 32,
    // So much of four queries, and of two rows, stays in the first-level cache.
    CHUNK = 1024,
    // Bytes that become one vector of sums.
    SUMMED = 16 * SOSIA_BYTES_SUMMED,
    // So far ahead of what is read first: the processor's own prefetching stops at the end of a page.
    AHEAD = 4096,
    // Blocks that are not looked at for bounds after one in which they excluded little.
    PAUSE = 15,
};

typedef struct wide {
    __m256i even, odd;
} wide;

INLINE wide widened(const uint8_t *bytes) {
    const __m256i both = _mm256_loadu_si256((const __m256i *)bytes);
    return (wide){_mm256_and_si256(both, _mm256_set1_epi16(0xff)), _mm256_srli_epi16(both, 8)};
}

INLINE wide loaded(const int16_t *values) {
    return (wide){_mm256_loadu_si256((const __m256i *)values), _mm256_loadu_si256((const __m256i *)(values + 16))};
}

INLINE __m256i accumulate(__m256i sum, __m256i a, __m256i b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

INLINE uint32_t reduce(__m256i sum) {
    const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    const __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return (uint32_t)_mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xb1)));
}

// Eight sums over 128 bytes, each of four neighbours in four groups: 4 x 4 pixels where a group is a column of them.
INLINE __m256i square_sums(const uint8_t *bytes) {
    const __m256i ones = _mm256_set1_epi8(1);
    __m256i pairs = _mm256_setzero_si256();
    for (int i = 0; i < 4; i++) {
        const __m256i group = _mm256_loadu_si256((const __m256i *)(bytes + i * GROUP));
        pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(group, ones));
    }
    return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

INLINE void write_sums(const uint8_t *bytes, size_t dimension, int16_t *sums) {
    for (size_t i = 0; i + SUMMED <= dimension; i += SUMMED) {
        for (int line = 0; line < 4; line++) _mm_prefetch((const char *)(bytes + i + line * 64 + AHEAD), _MM_HINT_T0);
        const __m256i both = _mm256_packs_epi32(square_sums(bytes + i), square_sums(bytes + i + SUMMED / 2));
        _mm256_storeu_si256((__m256i *)(sums + i / SOSIA_BYTES_SUMMED), both);
    }
}

TARGET static void prepare(const uint8_t *query, size_t dimension, int16_t *values, int16_t *sums) {
    const size_t grouped = dimension - dimension % GROUP;
    for (size_t i = 0; i < grouped; i += GROUP) {
        for (size_t j = 0; j < GROUP; j++) values[i + j / 2 + j % 2 * (GROUP / 2)] = query[i + j];
    }
    for (size_t i = grouped; i < dimension; i++) values[i] = query[i];
    write_sums(query, dimension, sums);
}

// The sum of the squared differences of `count` sums over n bytes: at most n times the squared distance of the bytes
// (Cauchy-Schwarz).
INLINE uint64_t bound(const int16_t *query, const int16_t *row, size_t count) {
    __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        const __m256i first = _mm256_sub_epi16(_mm256_loadu_si256((const __m256i *)(query + i)),
                                               _mm256_loadu_si256((const __m256i *)(row + i)));
        const __m256i second = _mm256_sub_epi16(_mm256_loadu_si256((const __m256i *)(query + i + 16)),
                                                _mm256_loadu_si256((const __m256i *)(row + i + 16)));
        even = accumulate(even, first, first);
        odd = accumulate(odd, second, second);
    }
    if (i + 16 <= count) {
        const __m256i last = _mm256_sub_epi16(_mm256_loadu_si256((const __m256i *)(query + i)),
                                              _mm256_loadu_si256((const __m256i *)(row + i)));
        even = accumulate(even, last, last);
    }
    // All of them may need 33 bits, a lane does not.
    const __m256i sum = _mm256_add_epi32(even, odd), low = _mm256_set1_epi64x(0xffffffff);
    const __m256i wide = _mm256_add_epi64(_mm256_and_si256(sum, low), _mm256_srli_epi64(sum, 32));
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
    return (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
}

// Asks for what is `ahead` bytes behind.
INLINE uint32_t pair(const int16_t *query, const uint8_t *row, size_t dimension, size_t ahead) {
    __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + GROUP <= dimension; i += GROUP) {
        const wide bytes = widened(row + i), values = loaded(query + i);
        if (i % 64 == 0) _mm_prefetch((const char *)(row + i + ahead), _MM_HINT_T0);
        const __m256i first = _mm256_sub_epi16(bytes.even, values.even);
        const __m256i second = _mm256_sub_epi16(bytes.odd, values.odd);
        even = accumulate(even, first, first);
        odd = accumulate(odd, second, second);
    }
    uint32_t sum = reduce(_mm256_add_epi32(even, odd));
    for (; i < dimension; i++) {
        const int32_t difference = query[i] - (int32_t)row[i];
        sum += (uint32_t)(difference * difference);
    }
    return sum;
}

INLINE uint32_t query_square(const int16_t *query, size_t count) {
    __m256i sum = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + GROUP <= count; i += GROUP) {
        const wide values = loaded(query + i);
        sum = accumulate(accumulate(sum, values.even, values.even), values.odd, values.odd);
    }
    uint32_t total = reduce(sum);
    for (; i < count; i++) total += (uint32_t)(query[i] * query[i]);
    return total;
}

INLINE uint32_t row_square(const uint8_t *row, size_t count) {
    __m256i even = _mm256_setzero_si256(), odd = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + GROUP <= count; i += GROUP) {
        const wide bytes = widened(row + i);
        even = accumulate(even, bytes.even, bytes.even);
        odd = accumulate(odd, bytes.odd, bytes.odd);
    }
    uint32_t sum = reduce(_mm256_add_epi32(even, odd));
    for (; i < count; i++) sum += (uint32_t)row[i] * row[i];
    return sum;
}

// Adds the products of `count` numbers from `at` on, of four queries and two rows, to what is in `out`, times -2.
INLINE void tile(const sosia_byte_query *queries, const uint8_t *rows, size_t dimension, size_t at, size_t count,
                 size_t row_count, uint32_t *out) {
    const uint8_t *row[ROWS] = {rows + at, rows + dimension + at};
    __m256i sums[QUERIES][ROWS];
    for (int q = 0; q < QUERIES; q++) {
        for (int r = 0; r < ROWS; r++) sums[q][r] = _mm256_setzero_si256();
    }
    size_t i = 0;
    for (; i + GROUP <= count; i += GROUP) {
        const wide first = widened(row[0] + i), second = widened(row[1] + i);
        for (int q = 0; q < QUERIES; q++) {
            const wide query = loaded(queries[q].values + at + i);
            sums[q][0] = accumulate(accumulate(sums[q][0], query.even, first.even), query.odd, first.odd);
            sums[q][1] = accumulate(accumulate(sums[q][1], query.even, second.even), query.odd, second.odd);
        }
    }
    for (size_t q = 0; q < QUERIES; q++) {
        for (size_t r = 0; r < ROWS; r++) {
            uint32_t product = reduce(sums[q][r]);
            for (size_t j = i; j < count; j++) {
                product += (uint32_t)(queries[q].values[at + j] * (int32_t)row[r][j]);
            }
            out[q * row_count + r] -= 2 * product;
        }
    }
}

// The rows start ..< end, at most BLOCK.
INLINE void block(const sosia_byte_query *queries, size_t query_count, const uint8_t *rows, size_t start, size_t end,
                  size_t row_count, size_t dimension, uint32_t *out) {
    const size_t tiled = query_count - query_count % QUERIES;
    const size_t paired = end - (end - start) % ROWS;
    uint32_t squares[BLOCK];
    for (size_t r = start; tiled > 0 && r < paired; r++) {
        squares[r - start] = row_square(rows + r * dimension, dimension);
    }
    for (size_t q = 0; q < tiled; q++) {
        const uint32_t own = query_square(queries[q].values, dimension);
        for (size_t r = start; r < paired; r++) out[q * row_count + r] = own + squares[r - start];
    }
    for (size_t at = 0; at < dimension; at += CHUNK) {
        const size_t count = at + CHUNK < dimension ? CHUNK : dimension - at;
        for (size_t q = 0; q < tiled; q += QUERIES) {
            for (size_t r = start; r < paired; r += ROWS) {
                tile(queries + q, rows + r * dimension, dimension, at, count, row_count, out + q * row_count + r);
            }
        }
    }
    for (size_t q = 0; q < query_count; q++) {
        // What the tiles left over.
        for (size_t r = q < tiled ? paired : start; r < end; r++) {
            out[q * row_count + r] = pair(queries[q].values, rows + r * dimension, dimension, AHEAD);
        }
    }
}

static inline size_t block_end(size_t start, size_t row_count) {
    return start + BLOCK < row_count ? start + BLOCK : row_count;
}

TARGET static void l2(const sosia_byte_query *queries, size_t query_count, const uint8_t *rows, size_t row_count,
                      size_t dimension, uint32_t *out) {
    for (size_t start = 0; start < row_count; start += BLOCK) {
        block(queries, query_count, rows, start, block_end(start, row_count), row_count, dimension, out);
    }
}

// The sums of each row of a block, and their squares.
typedef struct sketches {
    int16_t sums[BLOCK * (SOSIA_BYTES_MAXIMUM_DIMENSION / SOSIA_BYTES_SUMMED)];
    int64_t squares[BLOCK];
} sketches;

// The sums of the unsigned 32-bit numbers of each of four vectors.
INLINE __m256i reduced(const __m256i *sums) {
    __m256i wide[QUERIES];
    for (int i = 0; i < QUERIES; i++) {
        wide[i] = _mm256_add_epi64(_mm256_and_si256(sums[i], _mm256_set1_epi64x(0xffffffff)),
                                   _mm256_srli_epi64(sums[i], 32));
    }
    const __m256i front = _mm256_add_epi64(_mm256_unpacklo_epi64(wide[0], wide[1]),
                                           _mm256_unpackhi_epi64(wide[0], wide[1]));
    const __m256i back = _mm256_add_epi64(_mm256_unpacklo_epi64(wide[2], wide[3]),
                                          _mm256_unpackhi_epi64(wide[2], wide[3]));
    return _mm256_add_epi64(_mm256_permute2x128_si256(front, back, 0x20),
                            _mm256_permute2x128_si256(front, back, 0x31));
}

// The products of a row's sums with those of `query_count` queries, then zeros.
INLINE __m256i products(const int16_t *const *queries, int query_count, const int16_t *row, size_t count) {
    __m256i sums[QUERIES];
    for (int q = 0; q < QUERIES; q++) sums[q] = _mm256_setzero_si256();
    for (size_t i = 0; i < count; i += 16) {
        const __m256i values = _mm256_loadu_si256((const __m256i *)(row + i));
        for (int q = 0; q < query_count; q++) {
            sums[q] = accumulate(sums[q], values, _mm256_loadu_si256((const __m256i *)(queries[q] + i)));
        }
    }
    return reduced(sums);
}

// |q|^2 + |r|^2 - 2 qr of the sums: sets a bit for each row whose bound is not above the query's limit.
INLINE void choose(const sosia_byte_query *queries, int query_count, const sketches *rows, size_t row_count,
                   size_t dimension, uint32_t *chosen) {
    const size_t count = sosia_byte_sums(dimension);
    const int16_t *sums[QUERIES];
    int64_t own[QUERIES] = {0}, limits[QUERIES] = {0};
    for (int q = 0; q < query_count; q++) {
        sums[q] = queries[q].sums;
        own[q] = _mm256_extract_epi64(products(&sums[q], 1, sums[q], count), 0);
        limits[q] = (int64_t)queries[q].limit * SOSIA_BYTES_SUMMED - own[q];
        chosen[q] = 0;
    }
    const __m256i most = _mm256_loadu_si256((const __m256i *)limits);
    for (size_t r = 0; r < row_count; r++) {
        const __m256i product = products(sums, query_count, rows->sums + r * count, count);
        const __m256i rest = _mm256_sub_epi64(_mm256_set1_epi64x(rows->squares[r]), _mm256_slli_epi64(product, 1));
        const int above = _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(rest, most)));
        for (int q = 0; q < query_count; q++) chosen[q] |= (uint32_t)(~above >> q & 1) << r;
    }
}

// The squared distance, or UINT32_MAX as soon as what was measured and the bounds of the rest are above the limit.
INLINE uint32_t pair_within(const sosia_byte_query *query, const uint8_t *row, const int16_t *sums, size_t dimension,
                            size_t *measured) {
    const uint64_t limit = (uint64_t)query->limit * SOSIA_BYTES_SUMMED;
    uint64_t bounds[SOSIA_BYTES_MAXIMUM_DIMENSION / CHUNK], least = 0;
    for (size_t at = 0; at < dimension; at += CHUNK) {
        const size_t count = at + CHUNK < dimension ? CHUNK : dimension - at, first = at / SOSIA_BYTES_SUMMED;
        bounds[at / CHUNK] = bound(query->sums + first, sums + first, count / SUMMED * 16);
        least += bounds[at / CHUNK];
    }
    if (least > limit) return UINT32_MAX;
    uint32_t sum = 0;
    *measured += 1;
    for (size_t at = 0; at < dimension; at += CHUNK) {
        const size_t count = at + CHUNK < dimension ? CHUNK : dimension - at;
        // This block is at hand; its bounds are slow enough for the next one to be fetched meanwhile.
        const uint32_t part = pair(query->values + at, row + at, count, BLOCK * dimension);
        sum += part;
        least += (uint64_t)part * SOSIA_BYTES_SUMMED - bounds[at / CHUNK];
        if (least > limit) return UINT32_MAX;
    }
    return sum;
}

// The distances of the rows that were chosen, UINT32_MAX for the others.
INLINE size_t measure(const sosia_byte_query *query, uint32_t chosen, const sketches *sketches, const uint8_t *rows,
                      size_t row_count, size_t dimension, uint32_t *out) {
    size_t measured = 0;
    for (size_t r = 0; r < row_count; r++) out[r] = UINT32_MAX;
    for (; chosen != 0; chosen &= chosen - 1) {
        const size_t r = (size_t)__builtin_ctz(chosen);
        const int16_t *sums = sketches->sums + r * sosia_byte_sums(dimension);
        out[r] = pair_within(query, rows + r * dimension, sums, dimension, &measured);
    }
    return measured;
}

TARGET static void l2_within(const sosia_byte_query *queries, size_t query_count, const uint8_t *rows,
                             size_t row_count, size_t dimension, uint32_t *out) {
    sketches sketches;
    const size_t summed = sosia_byte_sums(dimension);
    size_t pause = 0;
    for (size_t start = 0; start < row_count; start += BLOCK) {
        const size_t end = block_end(start, row_count), count = end - start;
        if (pause > 0) {
            pause--;
            block(queries, query_count, rows, start, end, row_count, dimension, out);
            continue;
        }
        for (size_t r = 0; r < count; r++) {
            int16_t *sums = sketches.sums + r * summed;
            write_sums(rows + (start + r) * dimension, dimension, sums);
            const int16_t *same = sums;
            sketches.squares[r] = _mm256_extract_epi64(products(&same, 1, sums, summed), 0);
        }
        size_t measured = 0;
        for (size_t q = 0; q < query_count; q += QUERIES) {
            uint32_t chosen[QUERIES];
            const size_t some = q + QUERIES < query_count ? QUERIES : query_count - q;
            // Loops over so many that the compiler knows.
            switch (some) {
            case QUERIES: choose(queries + q, QUERIES, &sketches, count, dimension, chosen); break;
            case 3: choose(queries + q, 3, &sketches, count, dimension, chosen); break;
            case 2: choose(queries + q, 2, &sketches, count, dimension, chosen); break;
            default: choose(queries + q, 1, &sketches, count, dimension, chosen);
            }
            for (size_t i = q; i < q + some; i++) {
                measured += measure(queries + i, chosen[i - q], &sketches, rows + start * dimension, count, dimension,
                                    out + i * row_count + start);
            }
        }
        if (measured > count * query_count / 2) pause = PAUSE;
    }
}

const sosia_byte_kernels sosia_byte_kernels_avx2 = {.prepare = prepare, .l2 = l2, .l2_within = l2_within};

#endif
