// AVX2 with FMA. Two accumulators of eight lanes a pair: even and odd groups of eight, the rest masked into the second.
#include "kernels_internal.h"

#if SOSIA_X86

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum { L2 = 0, DOT = 1, TILE = 4 };

static const int32_t tail_masks[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

INLINE __m256 accumulate(int kind, __m256 a, __m256 b, __m256 sum) {
    if (kind == DOT) return _mm256_fmadd_ps(a, b, sum);
    const __m256 difference = _mm256_sub_ps(a, b);
    return _mm256_fmadd_ps(difference, difference, sum);
}

INLINE float reduce(__m256 even, __m256 odd) {
    const __m256 both = _mm256_add_ps(even, odd);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(both), _mm256_extractf128_ps(both, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// One row with `count` queries (a constant after inlining), so that the row is loaded once for all of them.
INLINE void tile(int kind, int count, const float *queries, const float *row, size_t dimension, float *sums) {
    __m256 even[TILE], odd[TILE];
    for (int q = 0; q < count; q++) even[q] = odd[q] = _mm256_setzero_ps();
    size_t i = 0;
    for (; i + 16 <= dimension; i += 16) {
        const __m256 first = _mm256_loadu_ps(row + i), second = _mm256_loadu_ps(row + i + 8);
        for (int q = 0; q < count; q++) {
            const float *query = queries + (size_t)q * dimension + i;
            even[q] = accumulate(kind, _mm256_loadu_ps(query), first, even[q]);
            odd[q] = accumulate(kind, _mm256_loadu_ps(query + 8), second, odd[q]);
        }
    }
    if (i + 8 <= dimension) {
        const __m256 first = _mm256_loadu_ps(row + i);
        for (int q = 0; q < count; q++) {
            even[q] = accumulate(kind, _mm256_loadu_ps(queries + (size_t)q * dimension + i), first, even[q]);
        }
        i += 8;
    }
    if (i < dimension) {
        const __m256i mask = _mm256_loadu_si256((const __m256i *)(tail_masks + 8 - (dimension - i)));
        const __m256 rest = _mm256_maskload_ps(row + i, mask);
        for (int q = 0; q < count; q++) {
            const __m256 part = _mm256_maskload_ps(queries + (size_t)q * dimension + i, mask);
            odd[q] = accumulate(kind, part, rest, odd[q]);
        }
    }
    for (int q = 0; q < count; q++) sums[q] = reduce(even[q], odd[q]);
}

#include "distances_scan.h"

const sosia_kernels sosia_kernels_avx2 = {
    .level = SOSIA_SIMD_AVX2,
    .l2 = l2,
    .dot = dot,
    .scan_prefix = sosia_scan_prefix_avx2,
    .bound_middle = sosia_bound_middle_avx2,
    .bound_coarse = sosia_bound_coarse_avx2,
    .bound_fine = sosia_bound_fine_avx2,
    .select = sosia_select_avx2,
    .keep = sosia_keep_avx2,
};

#endif
