#ifndef SOSIA_KERNELS_INTERNAL_H
#define SOSIA_KERNELS_INTERNAL_H

#include "sosia_kernels.h"

#if defined(__x86_64__)
#define SOSIA_X86 1
#else
#define SOSIA_X86 0
#endif

// A float sum outside of these limits may have lost its accuracy to underflow or overflow.
#define SOSIA_SMALLEST_SAFE_SUM 1e-30f
#define SOSIA_LARGEST_SAFE_SUM 1e38f

double sosia_l2_double(const float *a, const float *b, size_t dimension);

// Comparisons are false for NaN, so that it takes the slow way too.
static inline double sosia_l2_checked(float sum, const float *a, const float *b, size_t dimension) {
    if (sum >= SOSIA_SMALLEST_SAFE_SUM && sum <= SOSIA_LARGEST_SAFE_SUM) return (double)sum;
    return sosia_l2_double(a, b, dimension);
}

static inline double sosia_dot_checked(float sum, const float *a, const float *b, size_t dimension) {
    const float magnitude = sum < 0 ? -sum : sum;
    if (magnitude >= SOSIA_SMALLEST_SAFE_SUM && magnitude <= SOSIA_LARGEST_SAFE_SUM) return (double)sum;
    return sosia_dot_double(a, b, dimension);
}

void sosia_scan_prefix_scalar(const sosia_prefix_query *queries, size_t query_count, const uint8_t *blocks,
                              size_t block_count, size_t stride, float *bounds, float *projections);
void sosia_bound_middle_scalar(const sosia_middle_query *query, const uint8_t *rows, const uint32_t *candidates,
                               size_t count, const float *prefix, float *bounds, float *projections);
void sosia_bound_coarse_scalar(const sosia_full_query *query, const uint8_t *coarse, const uint32_t *candidates,
                               size_t count, const float *prefix, const float *middle, float *bounds);
void sosia_bound_fine_scalar(const sosia_full_query *query, const uint8_t *coarse, const uint8_t *fine,
                             const uint32_t *candidates, size_t count, const float *prefix, const float *middle,
                             float *bounds);
size_t sosia_keep_scalar(const float *bounds, size_t count, float limit, uint32_t *candidates, float *first,
                         float *second);
size_t sosia_select_scalar(const float *values, const float *companions, size_t count, float limit, uint32_t base,
                          uint32_t *out, float *out_companions);
#if SOSIA_X86
void sosia_scan_prefix_avx2(const sosia_prefix_query *queries, size_t query_count, const uint8_t *blocks,
                              size_t block_count, size_t stride, float *bounds, float *projections);
void sosia_bound_middle_avx2(const sosia_middle_query *query, const uint8_t *rows, const uint32_t *candidates,
                               size_t count, const float *prefix, float *bounds, float *projections);
void sosia_bound_coarse_avx2(const sosia_full_query *query, const uint8_t *coarse, const uint32_t *candidates,
                               size_t count, const float *prefix, const float *middle, float *bounds);
void sosia_bound_fine_avx2(const sosia_full_query *query, const uint8_t *coarse, const uint8_t *fine,
                             const uint32_t *candidates, size_t count, const float *prefix, const float *middle,
                             float *bounds);
size_t sosia_keep_avx2(const float *bounds, size_t count, float limit, uint32_t *candidates, float *first,
                         float *second);
size_t sosia_select_avx2(const float *values, const float *companions, size_t count, float limit, uint32_t base,
                          uint32_t *out, float *out_companions);
#endif

extern const sosia_kernels sosia_kernels_scalar;
#if SOSIA_X86
extern const sosia_kernels sosia_kernels_avx2;
extern const sosia_kernels sosia_kernels_avx512;
#endif

#endif
