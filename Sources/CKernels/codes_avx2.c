#include "bounds.h"

#if SOSIA_X86

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline)) TARGET

// A product of a code and a query byte is at most 15 * 127, two are added per 16-bit lane and step: after so many
// steps a lane could overflow.
enum { STEPS_BEFORE_WIDENING = 8 };

INLINE __m256 form(const sosia_bound_form *form, __m256 norm, __m256 product) {
    const __m256 least = _mm256_fmadd_ps(norm, _mm256_set1_ps(form->norm_weight), _mm256_set1_ps(form->constant));
    return _mm256_fnmadd_ps(product, _mm256_set1_ps(form->product_weight), least);
}

INLINE void finish_prefix(const sosia_prefix_query *query, __m256i sums, const float *parameters, float *bounds,
                          float *projections) {
    const __m256 zero = _mm256_setzero_ps(), sign = _mm256_set1_ps(-0.0f), error = _mm256_set1_ps(query->error);
    const __m256 product = _mm256_mul_ps(_mm256_sub_ps(_mm256_cvtepi32_ps(sums), _mm256_set1_ps(query->offset)),
                                         _mm256_set1_ps(query->scale));
    const __m256 along = _mm256_loadu_ps(parameters + SOSIA_BLOCK_ROWS);
    const __m256 across = _mm256_loadu_ps(parameters + 2 * SOSIA_BLOCK_ROWS);
    const __m256 rest = _mm256_loadu_ps(parameters + 3 * SOSIA_BLOCK_ROWS);
    const __m256 norm = _mm256_loadu_ps(parameters + 4 * SOSIA_BLOCK_ROWS);
    const __m256 projection = _mm256_mul_ps(product, _mm256_loadu_ps(parameters));
    const __m256 sure = _mm256_max_ps(_mm256_sub_ps(_mm256_andnot_ps(sign, projection), error), zero);
    const __m256 square = _mm256_fnmadd_ps(sure, sure, _mm256_set1_ps(query->inside_squared));
    const __m256 free = _mm256_sqrt_ps(_mm256_max_ps(square, zero));
    __m256 upper = _mm256_mul_ps(_mm256_add_ps(projection, error), along);
    upper = _mm256_fmadd_ps(free, across, upper);
    upper = _mm256_fmadd_ps(_mm256_set1_ps(query->outside), rest, upper);
    _mm256_storeu_ps(projections, projection);
    _mm256_storeu_ps(bounds, form(&query->form, norm, upper));
}

TARGET void sosia_scan_prefix_avx2(const sosia_prefix_query *query, const uint8_t *blocks, size_t block_count,
                                   float *bounds, float *projections) {
    const size_t groups = query->dimension / 8, code_bytes = groups * 64;
    const size_t block_bytes = code_bytes + SOSIA_PREFIX_PARAMETERS * SOSIA_BLOCK_ROWS * sizeof(float);
    const __m256i low_half = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    for (size_t block = 0; block < block_count; block++) {
        const uint8_t *codes = blocks + block * block_bytes;
        __m256i first = _mm256_setzero_si256(), second = first;
        for (size_t start = 0; start < groups; start += STEPS_BEFORE_WIDENING / 2) {
            const size_t end = start + STEPS_BEFORE_WIDENING / 2 < groups ? start + STEPS_BEFORE_WIDENING / 2 : groups;
            __m256i narrow_first = _mm256_setzero_si256(), narrow_second = narrow_first;
            for (size_t group = start; group < end; group++) {
                int32_t four[2];
                memcpy(four, query->values + group * 8, sizeof four);
                const __m256i query_low = _mm256_set1_epi32(four[0]), query_high = _mm256_set1_epi32(four[1]);
                const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(codes + group * 64));
                const __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(codes + group * 64 + 32));
                const __m256i a_high = _mm256_and_si256(_mm256_srli_epi16(a, 4), low_half);
                const __m256i b_high = _mm256_and_si256(_mm256_srli_epi16(b, 4), low_half);
                narrow_first = _mm256_add_epi16(
                    narrow_first, _mm256_add_epi16(_mm256_maddubs_epi16(_mm256_and_si256(a, low_half), query_low),
                                                   _mm256_maddubs_epi16(a_high, query_high)));
                narrow_second = _mm256_add_epi16(
                    narrow_second, _mm256_add_epi16(_mm256_maddubs_epi16(_mm256_and_si256(b, low_half), query_low),
                                                    _mm256_maddubs_epi16(b_high, query_high)));
            }
            first = _mm256_add_epi32(first, _mm256_madd_epi16(narrow_first, ones));
            second = _mm256_add_epi32(second, _mm256_madd_epi16(narrow_second, ones));
        }
        const float *parameters = (const float *)(const void *)(codes + code_bytes);
        float *block_bounds = bounds + block * SOSIA_BLOCK_ROWS;
        float *block_projections = projections + block * SOSIA_BLOCK_ROWS;
        finish_prefix(query, first, parameters, block_bounds, block_projections);
        finish_prefix(query, second, parameters + 8, block_bounds + 8, block_projections + 8);
    }
}

INLINE int32_t sum_lanes(__m256i lanes) {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
    four = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
    return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 1)));
}

enum { ROWS_AHEAD = 6 };

INLINE void prefetch(const uint8_t *row, size_t stride) {
    for (size_t byte = 0; byte < stride; byte += 64) _mm_prefetch((const char *)(row + byte), _MM_HINT_T0);
}

INLINE float row_product(const int8_t *values, const uint8_t *codes, size_t half, float offset, float scale) {
    const __m256i low_half = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    __m256i sum = _mm256_setzero_si256();
    for (size_t start = 0; start < half; start += 32 * STEPS_BEFORE_WIDENING / 2) {
        const size_t limit = start + 32 * STEPS_BEFORE_WIDENING / 2, end = limit < half ? limit : half;
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
    return ((float)sum_lanes(sum) - offset) * scale;
}

TARGET void sosia_bound_middle_avx2(const sosia_middle_query *query, const uint8_t *rows, const uint32_t *candidates,
                                    size_t count, const float *prefix, float *bounds, float *projections) {
    const size_t half = query->dimension / 2, stride = half + SOSIA_ROW_PARAMETERS * sizeof(float);
    for (size_t c = 0; c < count; c++) {
        if (c + 2 * ROWS_AHEAD < count) prefetch(rows + candidates[c + 2 * ROWS_AHEAD] * stride, stride);
        const uint8_t *codes = rows + candidates[c] * stride;
        const float *parameters = (const float *)(const void *)(codes + half);
        projections[c] = row_product(query->values, codes, half, query->offset, query->scale) * parameters[2];
        bounds[c] = sosia_middle_bound(query, projections[c], prefix[candidates[c]], parameters);
    }
}

TARGET void sosia_bound_full_avx2(const sosia_full_query *query, const uint8_t *rows, const uint32_t *candidates,
                                  size_t count, const float *prefix, const float *middle, float *bounds) {
    const size_t half = query->dimension / 2, stride = half + SOSIA_ROW_PARAMETERS * sizeof(float);
    for (size_t c = 0; c < count; c++) {
        if (c + ROWS_AHEAD < count) prefetch(rows + candidates[c + ROWS_AHEAD] * stride, stride);
        const uint8_t *codes = rows + candidates[c] * stride;
        const float *parameters = (const float *)(const void *)(codes + half);
        const float product = row_product(query->values, codes, half, query->offset, query->scale);
        bounds[c] = sosia_full_bound(query, product, prefix[candidates[c]], middle[c], parameters);
    }
}

TARGET size_t sosia_select_avx2(const float *values, size_t count, float limit, uint32_t base, uint32_t *out) {
    const __m256 limits = _mm256_set1_ps(limit);
    size_t found = 0, i = 0;
    for (; i + 8 <= count; i += 8) {
        unsigned mask = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(values + i), limits, _CMP_NGT_UQ));
        while (mask) {
            out[found++] = base + (uint32_t)i + (uint32_t)__builtin_ctz(mask);
            mask &= mask - 1;
        }
    }
    for (; i < count; i++) {
        if (!(values[i] > limit)) out[found++] = base + (uint32_t)i;
    }
    return found;
}

#endif
