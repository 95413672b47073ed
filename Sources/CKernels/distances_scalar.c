// Plain loops: the reference on every platform, and what the compiler turns into NEON or SSE2.
#include "kernels_internal.h"

enum { LANES = 16 };

static float lanes_sum(const float *lanes) {
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += lanes[lane];
    return sum;
}

static float l2_pair(const float *a, const float *b, size_t dimension) {
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= dimension; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            const float difference = a[i + lane] - b[i + lane];
            lanes[lane] += difference * difference;
        }
    }
    for (int lane = 0; i < dimension; i++, lane++) {
        const float difference = a[i] - b[i];
        lanes[lane] += difference * difference;
    }
    return lanes_sum(lanes);
}

static float dot_pair(const float *a, const float *b, size_t dimension) {
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= dimension; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) lanes[lane] += a[i + lane] * b[i + lane];
    }
    for (int lane = 0; i < dimension; i++, lane++) lanes[lane] += a[i] * b[i];
    return lanes_sum(lanes);
}

static void l2(const float *queries, size_t query_count, const float *rows, size_t row_count, size_t dimension,
               double *out) {
    for (size_t r = 0; r < row_count; r++) {
        const float *row = rows + r * dimension;
        for (size_t q = 0; q < query_count; q++) {
            const float *query = queries + q * dimension;
            out[q * row_count + r] = sosia_l2_checked(l2_pair(query, row, dimension), query, row, dimension);
        }
    }
}

static void dot(const float *queries, size_t query_count, const float *rows, size_t row_count, size_t dimension,
                double *out) {
    for (size_t r = 0; r < row_count; r++) {
        const float *row = rows + r * dimension;
        for (size_t q = 0; q < query_count; q++) {
            const float *query = queries + q * dimension;
            out[q * row_count + r] = sosia_dot_checked(dot_pair(query, row, dimension), query, row, dimension);
        }
    }
}

const sosia_kernels sosia_kernels_scalar = {
    .level = SOSIA_SIMD_SCALAR,
    .l2 = l2,
    .dot = dot,
    .scan_prefix = sosia_scan_prefix_scalar,
    .bound_middle = sosia_bound_middle_scalar,
    .bound_coarse = sosia_bound_coarse_scalar,
    .bound_fine = sosia_bound_fine_scalar,
    .select = sosia_select_scalar,
    .keep = sosia_keep_scalar,
};
