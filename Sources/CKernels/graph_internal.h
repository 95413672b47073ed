#ifndef SOSIA_GRAPH_INTERNAL_H
#define SOSIA_GRAPH_INTERNAL_H

#include "kernels_internal.h"
#include "sosia_graph.h"

#include <string.h>

enum { SOSIA_LINE = 64 };

static inline const uint8_t *sosia_graph_row(const uint8_t *rows, size_t row_bytes, uint32_t row) {
    return rows + (size_t)row * row_bytes;
}

static inline float sosia_graph_distance(const sosia_graph_query *query, const uint8_t *row, size_t row_bytes,
                                         int32_t sum) {
    float parameters[4];
    memcpy(parameters, row + row_bytes - SOSIA_GRAPH_PARAMETERS, sizeof parameters);
    return query->constant + query->norm_weight * parameters[0]
        - query->scale * parameters[1] * ((float)sum - query->offset) - query->lift * parameters[3];
}

static inline void sosia_graph_fetch(const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i += SOSIA_LINE) __builtin_prefetch((const char *)bytes + i, 0, 3);
}

extern const sosia_graph_kernels sosia_graph_scalar;
#if SOSIA_X86
extern const sosia_graph_kernels sosia_graph_avx2;
extern const sosia_graph_kernels sosia_graph_avx512;
#endif

#endif
