#include "graph_internal.h"

#if SOSIA_X86

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

TARGET static void distances(const sosia_graph_query *query, const uint8_t *rows, size_t row_bytes,
                             const uint32_t *candidates, size_t count, float *out) {
    const __m512i low_half = _mm512_set1_epi8(15);
    const int8_t *low = query->values, *high = query->values + row_bytes;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = sosia_graph_row(rows, row_bytes, candidates[i]);
        __m512i first = _mm512_setzero_si512(), second = first;
        for (size_t j = 0; j < row_bytes; j += 64) {
            const __m512i bytes = _mm512_loadu_si512(row + j);
            first = _mm512_dpbusd_epi32(first, _mm512_and_si512(bytes, low_half), _mm512_loadu_si512(low + j));
            second = _mm512_dpbusd_epi32(second, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low_half),
                                         _mm512_loadu_si512(high + j));
        }
        out[i] = sosia_graph_distance(query, row, row_bytes, _mm512_reduce_add_epi32(_mm512_add_epi32(first, second)));
    }
}

TARGET static void project(const int8_t *values, const uint8_t *rows, size_t row_count, size_t dimension,
                           int32_t *out) {
    for (size_t i = 0; i < row_count; i++) {
        const uint8_t *row = rows + i * dimension;
        __m512i sums = _mm512_setzero_si512();
        for (size_t j = 0; j < dimension; j += 64)
            sums = _mm512_dpbusd_epi32(sums, _mm512_loadu_si512(row + j), _mm512_loadu_si512(values + j));
        out[i] = _mm512_reduce_add_epi32(sums);
    }
}

const sosia_graph_kernels sosia_graph_avx512 = {distances, project};

#endif
