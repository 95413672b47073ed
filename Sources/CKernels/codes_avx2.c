#include "bounds.h"

#if SOSIA_X86

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma,f16c,bmi2")))
#define INLINE static inline __attribute__((always_inline)) TARGET

// A product of a code and a query byte is at most 15 * 127, two are added per 16-bit lane and step: after so many
// steps a lane could overflow.
enum { STEPS_BEFORE_WIDENING = 8 };

// Queries that a block of prefix codes is unpacked for.
enum { TILE = 4 };

INLINE __m256 form(const sosia_bound_form *form, __m256 norm, __m256 product) {
    const __m256 least = _mm256_fmadd_ps(norm, _mm256_set1_ps(form->norm_weight), _mm256_set1_ps(form->constant));
    return _mm256_fnmadd_ps(product, _mm256_set1_ps(form->product_weight), least);
}

INLINE __m256 halves(const uint16_t *values) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)values));
}

INLINE __m256 magnitude(__m256 value) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), value); }

// max(value, 0), and 0 for NaN.
INLINE __m256 positive(__m256 value) { return _mm256_max_ps(value, _mm256_setzero_ps()); }

// Never below the square root of max(square, 0), and above it by a share of 1e-3 at most (of a square from 1e-37 on):
// the approximation is off by at most 1.5 * 2^-12 (the processors' manuals). A fifth of the time of the true root.
INLINE __m256 root_above(__m256 square) {
    const __m256 safe = _mm256_max_ps(square, _mm256_set1_ps(1e-37f));
    return _mm256_mul_ps(_mm256_mul_ps(safe, _mm256_set1_ps(1.0f + 0x1p-11f)), _mm256_rsqrt_ps(safe));
}

// What is stored of eight rows behind the codes of their block.
typedef struct prefix_parameters {
    __m256 inverse, along, across, rest, norm;
} prefix_parameters;

INLINE prefix_parameters load_parameters(const uint16_t *stored) {
    return (prefix_parameters){
        .inverse = halves(stored),
        .along = halves(stored + SOSIA_BLOCK_ROWS),
        .across = halves(stored + 2 * SOSIA_BLOCK_ROWS),
        .rest = halves(stored + 3 * SOSIA_BLOCK_ROWS),
        .norm = halves(stored + 4 * SOSIA_BLOCK_ROWS),
    };
}

INLINE void finish_prefix(const sosia_prefix_query *query, __m256i sums, const prefix_parameters *row, float *bounds,
                          float *projections) {
    const __m256 error = _mm256_set1_ps(query->error);
    const __m256 product = _mm256_mul_ps(_mm256_sub_ps(_mm256_cvtepi32_ps(sums), _mm256_set1_ps(query->offset)),
                                         _mm256_set1_ps(query->scale));
    const __m256 projection = _mm256_mul_ps(product, row->inverse);
    const __m256 sure = positive(_mm256_sub_ps(magnitude(projection), error));
    const __m256 square = _mm256_fnmadd_ps(sure, sure, _mm256_set1_ps(query->inside_squared));
    __m256 upper = _mm256_mul_ps(_mm256_add_ps(projection, error), row->along);
    upper = _mm256_fmadd_ps(root_above(square), row->across, upper);
    upper = _mm256_fmadd_ps(_mm256_set1_ps(query->outside), row->rest, upper);
    _mm256_storeu_ps(projections, projection);
    _mm256_storeu_ps(bounds, form(&query->form, row->norm, upper));
}

// A block with `count` queries (a constant after inlining), so that its codes are unpacked once for all of them.
INLINE void prefix_tile(int count, const sosia_prefix_query *queries, const uint8_t *codes, size_t groups,
                        size_t stride, float *bounds, float *projections) {
    const __m256i low_half = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    __m256i first[TILE], second[TILE];
    for (int q = 0; q < count; q++) first[q] = second[q] = _mm256_setzero_si256();
    for (size_t start = 0; start < groups; start += STEPS_BEFORE_WIDENING / 2) {
        const size_t end = start + STEPS_BEFORE_WIDENING / 2 < groups ? start + STEPS_BEFORE_WIDENING / 2 : groups;
        __m256i narrow_first[TILE], narrow_second[TILE];
        for (int q = 0; q < count; q++) narrow_first[q] = narrow_second[q] = _mm256_setzero_si256();
        for (size_t group = start; group < end; group++) {
            const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(codes + group * 64));
            const __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(codes + group * 64 + 32));
            const __m256i a_low = _mm256_and_si256(a, low_half), b_low = _mm256_and_si256(b, low_half);
            const __m256i a_high = _mm256_and_si256(_mm256_srli_epi16(a, 4), low_half);
            const __m256i b_high = _mm256_and_si256(_mm256_srli_epi16(b, 4), low_half);
            for (int q = 0; q < count; q++) {
                int32_t four[2];
                memcpy(four, queries[q].values + group * 8, sizeof four);
                const __m256i low = _mm256_set1_epi32(four[0]), high = _mm256_set1_epi32(four[1]);
                narrow_first[q] = _mm256_add_epi16(narrow_first[q], _mm256_maddubs_epi16(a_low, low));
                narrow_first[q] = _mm256_add_epi16(narrow_first[q], _mm256_maddubs_epi16(a_high, high));
                narrow_second[q] = _mm256_add_epi16(narrow_second[q], _mm256_maddubs_epi16(b_low, low));
                narrow_second[q] = _mm256_add_epi16(narrow_second[q], _mm256_maddubs_epi16(b_high, high));
            }
        }
        for (int q = 0; q < count; q++) {
            first[q] = _mm256_add_epi32(first[q], _mm256_madd_epi16(narrow_first[q], ones));
            second[q] = _mm256_add_epi32(second[q], _mm256_madd_epi16(narrow_second[q], ones));
        }
    }
    const uint16_t *stored = (const uint16_t *)(const void *)(codes + groups * 64);
    const prefix_parameters row = load_parameters(stored);
    for (int q = 0; q < count; q++) {
        finish_prefix(queries + q, first[q], &row, bounds + q * stride, projections + q * stride);
    }
    const prefix_parameters next = load_parameters(stored + 8);
    for (int q = 0; q < count; q++) {
        finish_prefix(queries + q, second[q], &next, bounds + q * stride + 8, projections + q * stride + 8);
    }
}

// The processor looks ahead within a page of memory only.
enum { BLOCKS_AHEAD = 4 };

INLINE void prefetch(const uint8_t *bytes, size_t count) {
    for (size_t byte = 0; byte < count; byte += 64) _mm_prefetch((const char *)(bytes + byte), _MM_HINT_T0);
}

TARGET void sosia_scan_prefix_avx2(const sosia_prefix_query *queries, size_t query_count, const uint8_t *blocks,
                                   size_t block_count, size_t stride, float *bounds, float *projections) {
    if (query_count == 0) return;
    const size_t groups = queries->dimension / 8;
    const size_t block_bytes = groups * 64 + SOSIA_PREFIX_PARAMETERS * SOSIA_BLOCK_ROWS * sizeof(uint16_t);
    size_t q = 0;
    for (; q + TILE <= query_count; q += TILE) {
        for (size_t block = 0; block < block_count; block++) {
            const size_t at = q * stride + block * SOSIA_BLOCK_ROWS;
            prefix_tile(TILE, queries + q, blocks + block * block_bytes, groups, stride, bounds + at, projections + at);
        }
    }
    for (; q < query_count; q++) {
        for (size_t block = 0; block < block_count; block++) {
            const size_t at = q * stride + block * SOSIA_BLOCK_ROWS;
            if (block + BLOCKS_AHEAD < block_count) {
                prefetch(blocks + (block + BLOCKS_AHEAD) * block_bytes, block_bytes);
            }
            prefix_tile(1, queries + q, blocks + block * block_bytes, groups, stride, bounds + at, projections + at);
        }
    }
}

// Rows whose bounds are formed together, and how far ahead of them rows are asked for.
enum { LANES = 8, ROWS_AHEAD_MIDDLE = 2 * LANES, ROWS_AHEAD_FULL = LANES };

// Eight partial sums of the products of a row's codes with a query.
INLINE __m256i row_sums(const int8_t *values, const uint8_t *codes, size_t half) {
    const __m256i low_half = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    __m256i sum = _mm256_setzero_si256();
    const size_t whole = half / 32 * 32;
    for (size_t start = 0; start < whole; start += 32 * STEPS_BEFORE_WIDENING / 2) {
        const size_t limit = start + 32 * STEPS_BEFORE_WIDENING / 2, end = limit < whole ? limit : whole;
        __m256i narrow = _mm256_setzero_si256();
        for (size_t i = start; i < end; i += 32) {
            const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(codes + i));
            const __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(values + i));
            const __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(values + half + i));
            const __m256i a_high = _mm256_and_si256(_mm256_srli_epi16(a, 4), low_half);
            narrow = _mm256_add_epi16(narrow, _mm256_maddubs_epi16(_mm256_and_si256(a, low_half), low));
            narrow = _mm256_add_epi16(narrow, _mm256_maddubs_epi16(a_high, high));
        }
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(narrow, ones));
    }
    if (whole + 16 <= half) {
        const __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(codes + whole));
        const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(values + whole));
        const __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(values + half + whole));
        const __m128i low_bits = _mm256_castsi256_si128(low_half);
        const __m128i a_high = _mm_and_si128(_mm_srli_epi16(a, 4), low_bits);
        const __m128i narrow = _mm_add_epi16(_mm_maddubs_epi16(_mm_and_si128(a, low_bits), low),
                                             _mm_maddubs_epi16(a_high, high));
        sum = _mm256_add_epi32(sum, _mm256_zextsi128_si256(_mm_madd_epi16(narrow, _mm256_castsi256_si128(ones))));
    }
    int32_t rest = 0;
    for (size_t i = half / 16 * 16; i < half; i++) {
        rest += (codes[i] & 15) * values[i] + (codes[i] >> 4) * values[half + i];
    }
    return _mm256_add_epi32(sum, _mm256_zextsi128_si256(_mm_cvtsi32_si128(rest)));
}

// Eight sums, of a vector each.
INLINE __m256i sums_of_eight(const __m256i *sums) {
    const __m256i first = _mm256_hadd_epi32(_mm256_hadd_epi32(sums[0], sums[1]), _mm256_hadd_epi32(sums[2], sums[3]));
    const __m256i second = _mm256_hadd_epi32(_mm256_hadd_epi32(sums[4], sums[5]), _mm256_hadd_epi32(sums[6], sums[7]));
    return _mm256_add_epi32(_mm256_permute2x128_si256(first, second, 0x20),
                            _mm256_permute2x128_si256(first, second, 0x31));
}

INLINE __m256 product_of(__m256i sums, float offset, float scale) {
    return _mm256_mul_ps(_mm256_sub_ps(_mm256_cvtepi32_ps(sums), _mm256_set1_ps(offset)), _mm256_set1_ps(scale));
}

// The products of eight rows' codes with a query.
INLINE __m256 row_products(const int8_t *values, const uint8_t *const *codes, size_t half, float offset,
                           float scale) {
    __m256i sums[LANES];
    for (int lane = 0; lane < LANES; lane++) sums[lane] = row_sums(values, codes[lane], half);
    return product_of(sums_of_eight(sums), offset, scale);
}

// Eight partial sums of the products of a row's two-bit codes with a query. A product is at most 3 * 127, and eight are
// added to a 16-bit lane before it is widened.
INLINE __m256i two_bit_sums(const int8_t *values, const uint8_t *codes, size_t quarter) {
    const __m256i low_bits = _mm256_set1_epi8(3), ones = _mm256_set1_epi16(1);
    __m256i sum = _mm256_setzero_si256();
    const size_t whole = quarter / 32 * 32;
    for (size_t i = 0; i < whole; i += 32) {
        const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(codes + i));
        const __m256i b = _mm256_srli_epi16(a, 2), c = _mm256_srli_epi16(a, 4), d = _mm256_srli_epi16(a, 6);
        const int8_t *v = values + i;
        const __m256i first = _mm256_add_epi16(
            _mm256_maddubs_epi16(_mm256_and_si256(a, low_bits), _mm256_loadu_si256((const __m256i *)(const void *)v)),
            _mm256_maddubs_epi16(_mm256_and_si256(b, low_bits),
                                 _mm256_loadu_si256((const __m256i *)(const void *)(v + quarter))));
        const __m256i second = _mm256_add_epi16(
            _mm256_maddubs_epi16(_mm256_and_si256(c, low_bits),
                                 _mm256_loadu_si256((const __m256i *)(const void *)(v + 2 * quarter))),
            _mm256_maddubs_epi16(_mm256_and_si256(d, low_bits),
                                 _mm256_loadu_si256((const __m256i *)(const void *)(v + 3 * quarter))));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_add_epi16(first, second), ones));
    }
    int32_t rest = 0;
    for (size_t i = whole; i < quarter; i++) {
        for (size_t k = 0; k < 4; k++) rest += (codes[i] >> 2 * k & 3) * values[k * quarter + i];
    }
    return _mm256_add_epi32(sum, _mm256_zextsi128_si256(_mm_cvtsi32_si128(rest)));
}

// A lane for each row and a vector for each parameter, from a vector for each row.
INLINE void transpose(__m256 *v) {
    __m256 pairs[LANES], fours[LANES];
    for (int i = 0; i < LANES; i += 2) {
        pairs[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
    }
    for (int i = 0; i < LANES; i += 4) {
        for (int j = 0; j < 2; j++) {
            fours[i + 2 * j] = _mm256_shuffle_ps(pairs[i + j], pairs[i + 2 + j], 0x44);
            fours[i + 2 * j + 1] = _mm256_shuffle_ps(pairs[i + j], pairs[i + 2 + j], 0xEE);
        }
    }
    for (int i = 0; i < LANES / 2; i++) {
        v[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
        v[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
    }
}

INLINE __m256 middle_of_eight(const sosia_middle_query *query, const uint8_t *const *codes, __m256 prefix,
                              __m256 *projections) {
    const size_t half = query->dimension / 2;
    __m256 p[LANES];
    for (int lane = 0; lane < LANES; lane++) p[lane] = halves((const uint16_t *)(const void *)(codes[lane] + half));
    const __m256 product = row_products(query->values, codes, half, query->offset, query->scale);
    transpose(p);
    const __m256 projection = _mm256_mul_ps(product, p[2]);
    const __m256 prefix_error = _mm256_set1_ps(query->prefix_error), error = _mm256_set1_ps(query->error);
    const __m256 sure_prefix = positive(_mm256_sub_ps(magnitude(prefix), prefix_error));
    const __m256 sure = positive(_mm256_sub_ps(magnitude(projection), error));
    __m256 square = _mm256_fnmadd_ps(sure_prefix, sure_prefix, _mm256_set1_ps(query->inside_squared));
    square = _mm256_fnmadd_ps(sure, sure, square);
    __m256 upper = _mm256_mul_ps(_mm256_add_ps(prefix, prefix_error), p[0]);
    upper = _mm256_fmadd_ps(_mm256_add_ps(projection, error), p[1], upper);
    upper = _mm256_fmadd_ps(root_above(square), p[3], upper);
    upper = _mm256_fmadd_ps(_mm256_set1_ps(query->outside), p[4], upper);
    *projections = projection;
    return form(&query->form, p[5], upper);
}

// `rows` are eight rows' floats.
INLINE __m256 full_of_eight(const sosia_full_query *query, const uint8_t *const *rows, __m256 product, __m256 prefix,
                            __m256 middle) {
    __m256 p[LANES];
    for (int lane = 0; lane < LANES; lane++) p[lane] = _mm256_loadu_ps((const float *)(const void *)rows[lane]);
    transpose(p);
    __m256 estimate = _mm256_mul_ps(p[0], prefix);
    estimate = _mm256_fmadd_ps(p[1], middle, estimate);
    estimate = _mm256_fmadd_ps(p[2], product, estimate);
    __m256 error = _mm256_mul_ps(_mm256_set1_ps(query->prefix_error), p[0]);
    error = _mm256_fmadd_ps(_mm256_set1_ps(query->middle_error), p[1], error);
    error = _mm256_fmadd_ps(_mm256_set1_ps(query->error), p[3], error);
    const __m256 sure = positive(_mm256_mul_ps(_mm256_sub_ps(magnitude(estimate), error), p[4]));
    const __m256 square = _mm256_fnmadd_ps(sure, sure, _mm256_set1_ps(query->norm_squared));
    const __m256 upper = _mm256_fmadd_ps(_mm256_sqrt_ps(positive(square)), p[5], _mm256_add_ps(estimate, error));
    return form(&query->form, p[6], upper);
}

// All bits of the first `count` lanes.
INLINE __m256i first_lanes(size_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

// Where the rows of up to eight candidates lie; the last stands in for those that are missing.
INLINE void find_eight(const uint8_t *rows, size_t stride, const uint32_t *candidates, size_t count,
                       const uint8_t **codes) {
    for (size_t lane = 0; lane < LANES; lane++) {
        codes[lane] = rows + candidates[lane < count ? lane : count - 1] * stride;
    }
}

// Asks for the rows of the candidates from `first` to before `end`.
INLINE void prefetch_rows(const uint8_t *rows, size_t stride, const uint32_t *candidates, size_t count, size_t first,
                          size_t end) {
    for (size_t next = first; next < end && next < count; next++) {
        prefetch(rows + candidates[next] * stride, stride);
    }
}

TARGET void sosia_bound_middle_avx2(const sosia_middle_query *query, const uint8_t *rows, const uint32_t *candidates,
                                    size_t count, const float *prefix, float *bounds, float *projections) {
    const size_t stride = query->dimension / 2 + SOSIA_MIDDLE_PARAMETERS * sizeof(uint16_t);
    prefetch_rows(rows, stride, candidates, count, 0, ROWS_AHEAD_MIDDLE);
    for (size_t c = 0; c < count; c += LANES) {
        prefetch_rows(rows, stride, candidates, count, c + ROWS_AHEAD_MIDDLE, c + ROWS_AHEAD_MIDDLE + LANES);
        const size_t lanes = count - c < LANES ? count - c : LANES;
        const uint8_t *codes[LANES];
        find_eight(rows, stride, candidates + c, lanes, codes);
        const __m256i some = first_lanes(lanes);
        __m256 along;
        const __m256 lower = middle_of_eight(query, codes, _mm256_maskload_ps(prefix + c, some), &along);
        _mm256_maskstore_ps(bounds + c, some, lower);
        _mm256_maskstore_ps(projections + c, some, along);
    }
}

// By coarse codes, or, where `fine` is not NULL (a constant after inlining), by both.
INLINE void bound_full(const sosia_full_query *query, const uint8_t *coarse, const uint8_t *fine,
                       const uint32_t *candidates, size_t count, const float *prefix, const float *middle,
                       float *bounds) {
    const size_t quarter = query->dimension / 4, stride = quarter + SOSIA_FULL_PARAMETERS * sizeof(float);
    const uint8_t *last = fine ? fine : coarse;
    const float offset = fine ? query->offset : query->coarse_offset;
    prefetch_rows(last, stride, candidates, count, 0, ROWS_AHEAD_FULL);
    for (size_t c = 0; c < count; c += LANES) {
        prefetch_rows(last, stride, candidates, count, c + ROWS_AHEAD_FULL, c + ROWS_AHEAD_FULL + LANES);
        const size_t lanes = count - c < LANES ? count - c : LANES;
        const uint8_t *codes[LANES];
        __m256i sums[LANES];
        find_eight(coarse, stride, candidates + c, lanes, codes);
        for (int lane = 0; lane < LANES; lane++) sums[lane] = two_bit_sums(query->values, codes[lane], quarter);
        if (fine) {
            find_eight(fine, stride, candidates + c, lanes, codes);
            for (int lane = 0; lane < LANES; lane++) {
                sums[lane] = _mm256_add_epi32(_mm256_slli_epi32(sums[lane], 2),
                                              two_bit_sums(query->values, codes[lane], quarter));
            }
        }
        for (int lane = 0; lane < LANES; lane++) codes[lane] += quarter;
        const __m256i some = first_lanes(lanes);
        const __m256 lower = full_of_eight(query, codes, product_of(sums_of_eight(sums), offset, query->scale),
                                           _mm256_maskload_ps(prefix + c, some), _mm256_maskload_ps(middle + c, some));
        _mm256_maskstore_ps(bounds + c, some, lower);
    }
}

TARGET void sosia_bound_coarse_avx2(const sosia_full_query *query, const uint8_t *coarse, const uint32_t *candidates,
                                    size_t count, const float *prefix, const float *middle, float *bounds) {
    bound_full(query, coarse, NULL, candidates, count, prefix, middle, bounds);
}

TARGET void sosia_bound_fine_avx2(const sosia_full_query *query, const uint8_t *coarse, const uint8_t *fine,
                                  const uint32_t *candidates, size_t count, const float *prefix, const float *middle,
                                  float *bounds) {
    bound_full(query, coarse, fine, candidates, count, prefix, middle, bounds);
}

// The numbers of the lanes whose bits are set, from the left.
INLINE __m256i lanes_of(uint64_t mask) {
    const uint64_t bytes = _pdep_u64(mask, 0x0101010101010101u) * 255;
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((int64_t)_pext_u64(0x0706050403020100u, bytes)));
}

// Packed as below; what is overwritten has been read.
TARGET size_t sosia_keep_avx2(const float *bounds, size_t count, float limit, uint32_t *candidates, float *first,
                              float *second) {
    const __m256 limits = _mm256_set1_ps(limit);
    size_t kept = 0, i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256 wanted = _mm256_cmp_ps(_mm256_loadu_ps(bounds + i), limits, _CMP_NGT_UQ);
        const uint64_t mask = (uint64_t)(unsigned)_mm256_movemask_ps(wanted);
        if (!mask) continue;
        const __m256i lanes = lanes_of(mask);
        const __m256i rows = _mm256_loadu_si256((const __m256i *)(const void *)(candidates + i));
        const __m256 one = _mm256_loadu_ps(first + i), two = _mm256_loadu_ps(second + i);
        _mm256_storeu_si256((__m256i *)(void *)(candidates + kept), _mm256_permutevar8x32_epi32(rows, lanes));
        _mm256_storeu_ps(first + kept, _mm256_permutevar8x32_ps(one, lanes));
        _mm256_storeu_ps(second + kept, _mm256_permutevar8x32_ps(two, lanes));
        kept += (size_t)__builtin_popcountll(mask);
    }
    for (; i < count; i++) {
        if (bounds[i] > limit) continue;
        candidates[kept] = candidates[i];
        first[kept] = first[i];
        second[kept++] = second[i];
    }
    return kept;
}

// Packs the wanted lanes to the left without a branch; up to seven values behind the last are overwritten, always
// within the first `count`.
TARGET size_t sosia_select_avx2(const float *values, const float *companions, size_t count, float limit, uint32_t base,
                                uint32_t *out, float *out_companions) {
    const __m256 limits = _mm256_set1_ps(limit);
    size_t found = 0, i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256 wanted = _mm256_cmp_ps(_mm256_loadu_ps(values + i), limits, _CMP_NGT_UQ);
        const uint64_t mask = (uint64_t)(unsigned)_mm256_movemask_ps(wanted);
        if (!mask) continue;
        const __m256i lanes = lanes_of(mask);
        const __m256i positions = _mm256_add_epi32(lanes, _mm256_set1_epi32((int32_t)(base + (uint32_t)i)));
        _mm256_storeu_si256((__m256i *)(void *)(out + found), positions);
        _mm256_storeu_ps(out_companions + found,
                         _mm256_permutevar8x32_ps(_mm256_loadu_ps(companions + i), lanes));
        found += (size_t)__builtin_popcountll(mask);
    }
    for (; i < count; i++) {
        if (values[i] > limit) continue;
        out[found] = base + (uint32_t)i;
        out_companions[found++] = companions[i];
    }
    return found;
}

#endif
