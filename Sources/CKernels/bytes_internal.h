#ifndef SOSIA_BYTES_INTERNAL_H
#define SOSIA_BYTES_INTERNAL_H

#include "kernels_internal.h"
#include "sosia_bytes.h"

#if SOSIA_X86
extern const sosia_byte_kernels sosia_byte_kernels_avx2;
#endif

#endif
