// Distances between bytes: plain loops, and the choice between them and AVX2.
#include "bytes_internal.h"

static void prepare(const uint8_t *query, size_t dimension, int16_t *values, int16_t *sums) {
    for (size_t i = 0; i < dimension; i++) values[i] = query[i];
    for (size_t s = 0; s < sosia_byte_sums(dimension); s++) sums[s] = 0;
}

static void l2(const sosia_byte_query *queries, size_t query_count, const uint8_t *rows, size_t row_count,
               size_t dimension, uint32_t *out) {
    for (size_t r = 0; r < row_count; r++) {
        const uint8_t *row = rows + r * dimension;
        for (size_t q = 0; q < query_count; q++) {
            const int16_t *query = queries[q].values;
            uint32_t sum = 0;
            for (size_t i = 0; i < dimension; i++) {
                const int32_t difference = query[i] - (int32_t)row[i];
                sum += (uint32_t)(difference * difference);
            }
            out[q * row_count + r] = sum;
        }
    }
}

static const sosia_byte_kernels scalar = {.prepare = prepare, .l2 = l2, .l2_within = l2};

const sosia_byte_kernels *sosia_byte_kernels_at(int level) {
    if (!sosia_kernels_at(level)) return NULL;
#if SOSIA_X86
    // The file is read no faster with wider registers: one table serves both levels.
    if (level != SOSIA_SIMD_SCALAR) return &sosia_byte_kernels_avx2;
#endif
    return &scalar;
}

const sosia_byte_kernels *sosia_byte_kernels_current(void) {
    return sosia_byte_kernels_at(sosia_kernels_current()->level);
}
