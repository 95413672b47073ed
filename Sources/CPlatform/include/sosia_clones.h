#ifndef SOSIA_CLONES_H
#define SOSIA_CLONES_H

#include <stdint.h> // for __GLIBC__

// Plain loops, compiled once for AVX2 and once for the baseline and chosen at load time, where the platform can.
// The choice is made before Thread Sanitizer has started, which it does not survive.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SOSIA_ONE_CLONE
#endif
#endif
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && !defined(SOSIA_ONE_CLONE)
#define SOSIA_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define SOSIA_CLONES
#endif

#endif
