// Distance kernels, one table of functions for each level of SIMD that the processor has.
//
// The order in which a pair of vectors is summed depends on the level and the dimension only, never on how many
// queries or rows are handled at once: all functions of one table give bit-equal results for the same pair.
#ifndef SOSIA_KERNELS_H
#define SOSIA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum {
    SOSIA_SIMD_SCALAR = 0,
    SOSIA_SIMD_AVX2 = 1,
    SOSIA_SIMD_AVX512 = 2,
    SOSIA_SIMD_LEVELS = 3,
};

typedef struct sosia_kernels {
    int level;

    // Sums of squared differences (l2) or of products (dot) of `query_count` queries with `row_count` rows, all
    // contiguous and `dimension` long; out[q * row_count + r]. Summed in float; a sum that leaves the range in which
    // float is accurate (overflow, underflow) is formed again in double, so no result is NaN or infinite for finite
    // input, and a squared distance is within (dimension / 16 + 8) * 2^-24 of the true one, relatively.
    void (*l2)(const float *queries, size_t query_count, const float *rows, size_t row_count, size_t dimension,
               double *out);
    void (*dot)(const float *queries, size_t query_count, const float *rows, size_t row_count, size_t dimension,
                double *out);
} sosia_kernels;

// The table of a level, NULL when the processor or the platform lacks it.
const sosia_kernels *sosia_kernels_at(int level);

// The best table of this processor, or the one that the environment variable SOSIA_SIMD names
// (scalar, avx2, avx512) when the processor has it. Read once.
const sosia_kernels *sosia_kernels_current(void);

#endif
