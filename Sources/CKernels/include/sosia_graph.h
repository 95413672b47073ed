// A graph of neighbours over four-bit codes: distances, the walk, and the choice of neighbours.
//
// A row is `row_bytes` long, a multiple of 64: four-bit codes, then four floats. Byte j holds value j in its low and
// value j + half in its high half, half being (rank + 1) / 2; a code u of 0...15 stands for u - 7.5. The floats are
//   norm        squared length of the vector, what the codes leave out and the lift included
//   multiplier  of the code, that makes products with it free of bias
//   step        of the code, that brings it nearest to the vector
//   lift        the further coordinate that turns inner products into distances, 0 otherwise
//
// Links are `degree` row numbers a row; from the first one that is no row on, there are no more. Every number is
// checked before use, so that no content of rows or links leads outside of them.
#ifndef SOSIA_GRAPH_H
#define SOSIA_GRAPH_H

#include <stddef.h>
#include <stdint.h>

enum {
    SOSIA_GRAPH_PARAMETERS = 16,        // bytes
    SOSIA_GRAPH_MAXIMUM_ROW_BYTES = 576,
    SOSIA_GRAPH_MAXIMUM_DEGREE = 256,
    // Rows that are linked to one row in one go.
    SOSIA_GRAPH_MAXIMUM_SOURCES = 256,
    SOSIA_GRAPH_MAXIMUM_CANDIDATES = 1024,
};

#define SOSIA_GRAPH_NONE UINT32_MAX

typedef struct sosia_graph {
    const uint8_t *rows;
    const uint32_t *links;
    size_t row_bytes, rank, degree, count;
} sosia_graph;

// distance = constant + norm_weight * norm - scale * multiplier * (<values, u> - offset) - lift * row's lift
typedef struct sosia_graph_query {
    const int8_t *values;   // 2 * row_bytes: those of the low halves, then those of the high ones; the rest zero
    float scale, offset, constant, norm_weight, lift;
} sosia_graph_query;

typedef struct sosia_graph_candidate {
    float distance;
    uint32_t row;           // the highest bit is used within the walk
} sosia_graph_candidate;

typedef struct sosia_graph_scratch {
    sosia_graph_candidate *pool;    // one more than the effort
    uint64_t *visited;              // a bit a row, zero between walks
    uint32_t *list;                 // of words that are not zero
    size_t list_capacity;
} sosia_graph_scratch;

typedef struct sosia_graph_kernels {
    // Distances of the rows `candidates`, which are all below the graph's count.
    void (*distances)(const sosia_graph_query *query, const uint8_t *rows, size_t row_bytes,
                      const uint32_t *candidates, size_t count, float *out);
    // Sums of products of signed bytes with `row_count` rows of unsigned bytes of at most 127, all `dimension` long, a
    // multiple of 64.
    void (*project)(const int8_t *values, const uint8_t *rows, size_t row_count, size_t dimension, int32_t *out);
} sosia_graph_kernels;

// The table of a level of `sosia_kernels.h`, NULL when the processor lacks it.
const sosia_graph_kernels *sosia_graph_kernels_at(int level);

// The table of the level that `sosia_kernels_current` chose; never NULL.
const sosia_graph_kernels *sosia_graph_kernels_current(void);

// Best-first search from `seeds`, with a sorted array as the pool; returns how many candidates are in the pool,
// nearest first, and adds how many distances were formed to `measured`. Ties are broken by row.
size_t sosia_graph_walk(const sosia_graph_kernels *kernels, const sosia_graph *graph, const sosia_graph_query *query,
                        const uint32_t *seeds, size_t seed_count, size_t effort, sosia_graph_scratch *scratch,
                        size_t *measured);

// Merges the rows `candidates` into the pool of `count` candidates; returns how many are in it then.
size_t sosia_graph_scan(const sosia_graph_kernels *kernels, const sosia_graph *graph, const sosia_graph_query *query,
                        const uint32_t *candidates, size_t candidate_count, sosia_graph_candidate *pool, size_t count,
                        size_t effort);

// Chooses at most `degree` of the candidates, which are sorted: those that no chosen one is nearer to than the centre
// is, then the nearest of the others. Writes `degree` numbers, SOSIA_GRAPH_NONE behind the last; returns how many.
size_t sosia_graph_select(const sosia_graph_kernels *kernels, const sosia_graph *graph,
                          const sosia_graph_candidate *candidates, size_t count, size_t degree, uint32_t *out);

// The links of `target` with `sources` added, at most SOSIA_GRAPH_MAXIMUM_SOURCES. `out` holds its links before and
// after.
void sosia_graph_link(const sosia_graph_kernels *kernels, const sosia_graph *graph, uint32_t target,
                      const uint32_t *sources, size_t source_count, uint32_t *out);

// The links of `row` without dead rows (a bit a row), whose own live links are candidates in their place; returns 0
// when no link of it is dead.
int sosia_graph_repair(const sosia_graph_kernels *kernels, const sosia_graph *graph, uint32_t row,
                       const uint64_t *dead, uint32_t *out);

// Writes one row.
void sosia_graph_encode(const float *values, size_t rank, float norm, float lift, size_t row_bytes, uint8_t *row);

// Writes the 2 * row_bytes values of a query, whose largest is `largest`, and returns their sum.
int32_t sosia_graph_spread(const float *values, size_t rank, float largest, size_t row_bytes, int8_t *out);

// Asks for some bytes that are going to be read.
void sosia_graph_prefetch(const void *bytes, size_t count);

#endif
