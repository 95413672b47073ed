#ifndef SOSIA_CLONES_H
#define SOSIA_CLONES_H

#include <stdint.h> // for __GLIBC__

// Plain loops, compiled once for AVX2 and once for the baseline and chosen at load time, where the platform can.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define SOSIA_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define SOSIA_CLONES
#endif

#endif
