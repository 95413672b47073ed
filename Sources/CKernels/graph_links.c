#include "graph_internal.h"

#include <math.h>
#include <stdlib.h>

// A row as a query: its codes are 2 u - 15, half the step.
static void as_query(const sosia_graph *graph, uint32_t row, int8_t *values, sosia_graph_query *query) {
    const uint8_t *codes = sosia_graph_row(graph->rows, graph->row_bytes, row);
    const size_t code_bytes = graph->row_bytes - SOSIA_GRAPH_PARAMETERS;
    float parameters[4];
    memcpy(parameters, codes + code_bytes, sizeof parameters);
    memset(values, 0, 2 * graph->row_bytes);
    int32_t sum = 0;
    const size_t half = (graph->rank + 1) / 2;
    for (size_t j = 0; j < half; j++) {
        values[j] = (int8_t)(2 * (codes[j] & 15) - 15);
        sum += values[j];
    }
    for (size_t j = 0; j < graph->rank - half; j++) {
        values[graph->row_bytes + j] = (int8_t)(2 * (codes[j] >> 4) - 15);
        sum += values[graph->row_bytes + j];
    }
    query->values = values;
    query->scale = parameters[2];
    query->offset = 7.5f * (float)sum;
    query->constant = parameters[0];
    query->norm_weight = 1;
    query->lift = 2 * parameters[3];
}

size_t sosia_graph_select(const sosia_graph_kernels *kernels, const sosia_graph *graph,
                          const sosia_graph_candidate *candidates, size_t count, size_t degree, uint32_t *out) {
    enum { OPEN, CHOSEN, SHADOWED };
    int8_t values[2 * SOSIA_GRAPH_MAXIMUM_ROW_BYTES];
    uint8_t state[SOSIA_GRAPH_MAXIMUM_CANDIDATES] = {OPEN};
    uint32_t open[SOSIA_GRAPH_MAXIMUM_CANDIDATES];
    uint32_t positions[SOSIA_GRAPH_MAXIMUM_CANDIDATES];
    float distances[SOSIA_GRAPH_MAXIMUM_CANDIDATES];
    if (count > SOSIA_GRAPH_MAXIMUM_CANDIDATES) count = SOSIA_GRAPH_MAXIMUM_CANDIDATES;
    size_t chosen = 0;
    for (size_t i = 0; i < count && chosen < degree; i++) {
        if (state[i] != OPEN) continue;
        state[i] = CHOSEN;
        out[chosen++] = candidates[i].row;
        size_t left = 0;
        for (size_t j = i + 1; j < count; j++) {
            if (state[j] != OPEN) continue;
            positions[left] = (uint32_t)j;
            open[left++] = candidates[j].row;
        }
        if (!left || chosen == degree) continue;
        sosia_graph_query query;
        as_query(graph, candidates[i].row, values, &query);
        kernels->distances(&query, graph->rows, graph->row_bytes, open, left, distances);
        for (size_t j = 0; j < left; j++)
            if (distances[j] <= candidates[positions[j]].distance) state[positions[j]] = SHADOWED;
    }
    for (size_t i = 0; i < count && chosen < degree; i++)
        if (state[i] == SHADOWED) out[chosen++] = candidates[i].row;
    for (size_t i = chosen; i < degree; i++) out[i] = SOSIA_GRAPH_NONE;
    return chosen;
}

static int nearer(const void *left, const void *right) {
    const sosia_graph_candidate *a = left, *b = right;
    if (a->distance < b->distance) return -1;
    if (a->distance > b->distance) return 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static int contains(const uint32_t *rows, size_t count, uint32_t row) {
    for (size_t i = 0; i < count; i++)
        if (rows[i] == row) return 1;
    return 0;
}

// Selects among rows by their distance from `centre`.
static void choose(const sosia_graph_kernels *kernels, const sosia_graph *graph, uint32_t centre,
                   const uint32_t *rows, size_t count, uint32_t *out) {
    int8_t values[2 * SOSIA_GRAPH_MAXIMUM_ROW_BYTES];
    float distances[SOSIA_GRAPH_MAXIMUM_CANDIDATES];
    sosia_graph_candidate candidates[SOSIA_GRAPH_MAXIMUM_CANDIDATES];
    sosia_graph_query query;
    as_query(graph, centre, values, &query);
    kernels->distances(&query, graph->rows, graph->row_bytes, rows, count, distances);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (distances[i] != distances[i]) continue;
        candidates[kept].distance = distances[i];
        candidates[kept++].row = rows[i];
    }
    qsort(candidates, kept, sizeof *candidates, nearer);
    sosia_graph_select(kernels, graph, candidates, kept, graph->degree, out);
}

void sosia_graph_link(const sosia_graph_kernels *kernels, const sosia_graph *graph, uint32_t target,
                      const uint32_t *sources, size_t source_count, uint32_t *out) {
    uint32_t rows[SOSIA_GRAPH_MAXIMUM_DEGREE + SOSIA_GRAPH_MAXIMUM_SOURCES];
    size_t count = 0;
    while (count < graph->degree && out[count] < graph->count) {
        rows[count] = out[count];
        count++;
    }
    for (size_t i = 0; i < source_count && i < SOSIA_GRAPH_MAXIMUM_SOURCES; i++)
        if (sources[i] < graph->count && sources[i] != target && !contains(rows, count, sources[i]))
            rows[count++] = sources[i];
    if (count > graph->degree) {
        choose(kernels, graph, target, rows, count, out);
    } else {
        for (size_t i = 0; i < graph->degree; i++) out[i] = i < count ? rows[i] : SOSIA_GRAPH_NONE;
    }
}

static inline int is_set(const uint64_t *bits, uint32_t row) { return bits[row / 64] >> (row % 64) & 1; }

int sosia_graph_repair(const sosia_graph_kernels *kernels, const sosia_graph *graph, uint32_t row,
                       const uint64_t *dead, uint32_t *out) {
    uint32_t rows[SOSIA_GRAPH_MAXIMUM_CANDIDATES];
    const uint32_t *links = graph->links + (size_t)row * graph->degree;
    size_t count = 0, lost = 0;
    for (size_t i = 0; i < graph->degree && links[i] < graph->count; i++) {
        if (is_set(dead, links[i]))
            lost++;
        else
            rows[count++] = links[i];
    }
    if (!lost) return 0;
    // Links of links, as far as dead rows lead: a whole neighbourhood may have died.
    uint32_t queue[SOSIA_GRAPH_MAXIMUM_CANDIDATES];
    size_t head = 0, tail = 0;
    for (size_t i = 0; i < graph->degree && links[i] < graph->count; i++)
        if (is_set(dead, links[i])) queue[tail++] = links[i];
    while (head < tail) {
        const uint32_t *further = graph->links + (size_t)queue[head++] * graph->degree;
        for (size_t i = 0; i < graph->degree && further[i] < graph->count; i++) {
            const uint32_t other = further[i];
            if (other == row) continue;
            if (is_set(dead, other)) {
                const int is_worth = count < graph->degree && tail < SOSIA_GRAPH_MAXIMUM_CANDIDATES;
                if (is_worth && !contains(queue, tail, other)) queue[tail++] = other;
            } else if (count < SOSIA_GRAPH_MAXIMUM_CANDIDATES && !contains(rows, count, other)) {
                rows[count++] = other;
            }
        }
    }
    choose(kernels, graph, row, rows, count, out);
    return 1;
}

void sosia_graph_encode(const float *values, size_t rank, float norm, float lift, size_t row_bytes, uint8_t *row) {
    // The step, in standard deviations, that leaves the least error of normally distributed values in four bits (Max,
    // 1960).
    const double best_step = 0.335;
    double square = 0, product = 0, length = 0;
    for (size_t i = 0; i < rank; i++) square += (double)values[i] * (double)values[i];
    const double deviation = sqrt(square / (double)(rank ? rank : 1));
    const float inverse = deviation > 0 ? (float)(1 / (deviation * best_step)) : 0.0f;
    const size_t half = (rank + 1) / 2;
    memset(row, 0, row_bytes);
    for (size_t i = 0; i < rank; i++) {
        float shifted = values[i] * inverse + 8.0f;
        shifted = shifted > 0.0f ? shifted : 0.0f;
        const uint8_t code = (uint8_t)(shifted < 15.0f ? shifted : 15.0f);
        const double centred = (double)code - 7.5;
        product += centred * (double)values[i];
        length += centred * centred;
        row[i < half ? i : i - half] |= (uint8_t)(i < half ? code : code << 4);
    }
    const float parameters[4] = {norm, product > 0 ? (float)(square / product) : 0.0f,
                                 length > 0 ? (float)(product / length) : 0.0f, lift};
    memcpy(row + row_bytes - SOSIA_GRAPH_PARAMETERS, parameters, sizeof parameters);
}

int32_t sosia_graph_spread(const float *values, size_t rank, float largest, size_t row_bytes, int8_t *out) {
    const size_t half = (rank + 1) / 2;
    int32_t sum = 0;
    memset(out, 0, 2 * row_bytes);
    for (size_t i = 0; i < rank; i++) {
        const float scaled = largest > 0 ? values[i] / largest * 127.0f : 0.0f;
        const int32_t rounded = (int32_t)(scaled + (scaled < 0 ? -0.5f : 0.5f));
        out[i < half ? i : row_bytes + i - half] = (int8_t)rounded;
        sum += rounded;
    }
    return sum;
}
