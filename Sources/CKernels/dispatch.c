#include "kernels_internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

const sosia_kernels *sosia_kernels_at(int level) {
    if (level == SOSIA_SIMD_SCALAR) return &sosia_kernels_scalar;
#if SOSIA_X86
    __builtin_cpu_init();
    const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
        && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("bmi2");
    if (level == SOSIA_SIMD_AVX2 && has_avx2) return &sosia_kernels_avx2;
    if (level == SOSIA_SIMD_AVX512 && has_avx2 && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni"))
        return &sosia_kernels_avx512;
#endif
    return NULL;
}

static const sosia_kernels *choose(void) {
    static const char *const names[SOSIA_SIMD_LEVELS] = {"scalar", "avx2", "avx512"};
    const char *wanted = getenv("SOSIA_SIMD");
    if (wanted) {
        for (int level = 0; level < SOSIA_SIMD_LEVELS; level++) {
            if (strcmp(wanted, names[level]) == 0 && sosia_kernels_at(level)) return sosia_kernels_at(level);
        }
    }
    for (int level = SOSIA_SIMD_LEVELS - 1; level > 0; level--) {
        if (sosia_kernels_at(level)) return sosia_kernels_at(level);
    }
    return &sosia_kernels_scalar;
}

const sosia_kernels *sosia_kernels_current(void) {
    static _Atomic(const sosia_kernels *) current;
    const sosia_kernels *table = atomic_load_explicit(&current, memory_order_acquire);
    if (!table) {
        table = choose();
        atomic_store_explicit(&current, table, memory_order_release);
    }
    return table;
}
