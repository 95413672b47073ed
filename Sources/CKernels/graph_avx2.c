#include "graph_internal.h"

#if SOSIA_X86

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma,f16c,bmi2")))
#define INLINE static inline __attribute__((always_inline)) TARGET

INLINE __m256i load(const void *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }

INLINE int32_t total(__m256i sums) {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1)));
}

// Products of 32 bytes of codes; a lane is at most 4 * 15 * 127.
INLINE __m256i products(const uint8_t *codes, const int8_t *low, const int8_t *high) {
    const __m256i bytes = load(codes), low_half = _mm256_set1_epi8(15);
    return _mm256_add_epi16(
        _mm256_maddubs_epi16(_mm256_and_si256(bytes, low_half), load(low)),
        _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_half), load(high)));
}

TARGET static void distances(const sosia_graph_query *query, const uint8_t *rows, size_t row_bytes,
                             const uint32_t *candidates, size_t count, float *out) {
    const __m256i ones = _mm256_set1_epi16(1);
    const int8_t *low = query->values, *high = query->values + row_bytes;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = sosia_graph_row(rows, row_bytes, candidates[i]);
        __m256i sums = _mm256_setzero_si256();
        for (size_t j = 0; j < row_bytes; j += 64) {
            const __m256i pair = _mm256_add_epi16(products(row + j, low + j, high + j),
                                                  products(row + j + 32, low + j + 32, high + j + 32));
            sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pair, ones));
        }
        out[i] = sosia_graph_distance(query, row, row_bytes, total(sums));
    }
}

TARGET static void project(const int8_t *values, const uint8_t *rows, size_t row_count, size_t dimension,
                           int32_t *out) {
    const __m256i ones = _mm256_set1_epi16(1);
    for (size_t i = 0; i < row_count; i++) {
        const uint8_t *row = rows + i * dimension;
        __m256i first = _mm256_setzero_si256(), second = first;
        for (size_t j = 0; j < dimension; j += 64) {
            // Two products are at most 2 * 127 * 127.
            const __m256i a = _mm256_maddubs_epi16(load(row + j), load(values + j));
            const __m256i b = _mm256_maddubs_epi16(load(row + j + 32), load(values + j + 32));
            first = _mm256_add_epi32(first, _mm256_madd_epi16(a, ones));
            second = _mm256_add_epi32(second, _mm256_madd_epi16(b, ones));
        }
        out[i] = total(_mm256_add_epi32(first, second));
    }
}

const sosia_graph_kernels sosia_graph_avx2 = {distances, project};

#endif
