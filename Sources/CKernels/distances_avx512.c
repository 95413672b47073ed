// AVX-512. Two accumulators of sixteen lanes a pair: even and odd groups of sixteen, the rest masked into the second.
#include "kernels_internal.h"

#if SOSIA_X86

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum { L2 = 0, DOT = 1, TILE = 4 };

INLINE __m512 accumulate(int kind, __m512 a, __m512 b, __m512 sum) {
    if (kind == DOT) return _mm512_fmadd_ps(a, b, sum);
    const __m512 difference = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(difference, difference, sum);
}

// One row with `count` queries (a constant after inlining), so that the row is loaded once for all of them.
INLINE void tile(int kind, int count, const float *queries, const float *row, size_t dimension, float *sums) {
    __m512 even[TILE], odd[TILE];
    for (int q = 0; q < count; q++) even[q] = odd[q] = _mm512_setzero_ps();
    size_t i = 0;
    for (; i + 32 <= dimension; i += 32) {
        const __m512 first = _mm512_loadu_ps(row + i), second = _mm512_loadu_ps(row + i + 16);
        for (int q = 0; q < count; q++) {
            const float *query = queries + (size_t)q * dimension + i;
            even[q] = accumulate(kind, _mm512_loadu_ps(query), first, even[q]);
            odd[q] = accumulate(kind, _mm512_loadu_ps(query + 16), second, odd[q]);
        }
    }
    if (i + 16 <= dimension) {
        const __m512 first = _mm512_loadu_ps(row + i);
        for (int q = 0; q < count; q++) {
            even[q] = accumulate(kind, _mm512_loadu_ps(queries + (size_t)q * dimension + i), first, even[q]);
        }
        i += 16;
    }
    if (i < dimension) {
        const __mmask16 mask = (__mmask16)((1u << (dimension - i)) - 1);
        const __m512 rest = _mm512_maskz_loadu_ps(mask, row + i);
        for (int q = 0; q < count; q++) {
            const __m512 part = _mm512_maskz_loadu_ps(mask, queries + (size_t)q * dimension + i);
            odd[q] = accumulate(kind, part, rest, odd[q]);
        }
    }
    for (int q = 0; q < count; q++) sums[q] = _mm512_reduce_add_ps(_mm512_add_ps(even[q], odd[q]));
}

#include "distances_scan.h"

const sosia_kernels sosia_kernels_avx512 = {
    .level = SOSIA_SIMD_AVX512,
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
