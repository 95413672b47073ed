#include "graph_internal.h"

static void distances(const sosia_graph_query *query, const uint8_t *rows, size_t row_bytes,
                      const uint32_t *candidates, size_t count, float *out) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *row = sosia_graph_row(rows, row_bytes, candidates[i]);
        const int8_t *low = query->values, *high = query->values + row_bytes;
        int32_t sum = 0;
        for (size_t j = 0; j < row_bytes; j++) sum += (row[j] & 15) * low[j] + (row[j] >> 4) * high[j];
        out[i] = sosia_graph_distance(query, row, row_bytes, sum);
    }
}

static void project(const int8_t *values, const uint8_t *rows, size_t row_count, size_t dimension, int32_t *out) {
    for (size_t i = 0; i < row_count; i++) {
        const uint8_t *row = rows + i * dimension;
        int32_t sum = 0;
        for (size_t j = 0; j < dimension; j++) sum += row[j] * values[j];
        out[i] = sum;
    }
}

const sosia_graph_kernels sosia_graph_scalar = {distances, project};

const sosia_graph_kernels *sosia_graph_kernels_at(int level) {
    if (!sosia_kernels_at(level)) return NULL;
#if SOSIA_X86
    if (level == SOSIA_SIMD_AVX2) return &sosia_graph_avx2;
    if (level == SOSIA_SIMD_AVX512) return &sosia_graph_avx512;
#endif
    return &sosia_graph_scalar;
}

const sosia_graph_kernels *sosia_graph_kernels_current(void) {
    return sosia_graph_kernels_at(sosia_kernels_current()->level);
}
