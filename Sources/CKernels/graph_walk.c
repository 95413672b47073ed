#include "graph_internal.h"

// Marks a candidate whose links have been followed.
#define FOLLOWED 0x80000000u

// Keeps the pool sorted by distance, then row; returns the position, or `effort` when it is not kept.
static size_t insert(sosia_graph_candidate *pool, size_t *count, size_t effort, float distance, uint32_t row) {
    if (distance != distance) return effort;
    if (*count == effort && !(distance < pool[*count - 1].distance)) return effort;
    size_t low = 0, high = *count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const sosia_graph_candidate *other = pool + middle;
        if (other->distance < distance || (other->distance == distance && (other->row & ~FOLLOWED) < row))
            low = middle + 1;
        else
            high = middle;
    }
    if (*count < effort) (*count)++;
    memmove(pool + low + 1, pool + low, (*count - 1 - low) * sizeof *pool);
    pool[low].distance = distance;
    pool[low].row = row;
    return low;
}

typedef struct visits {
    sosia_graph_scratch *scratch;
    size_t words;   // in the list; above its capacity, all words are cleared
} visits;

static inline int visit(visits *visits, uint32_t row) {
    uint64_t *word = visits->scratch->visited + row / 64;
    const uint64_t bit = (uint64_t)1 << (row % 64);
    if (*word & bit) return 0;
    if (!*word) {
        if (visits->words < visits->scratch->list_capacity) visits->scratch->list[visits->words] = row / 64;
        visits->words++;
    }
    *word |= bit;
    return 1;
}

static void forget(visits *visits, size_t rows) {
    if (visits->words > visits->scratch->list_capacity)
        memset(visits->scratch->visited, 0, (rows + 63) / 64 * sizeof(uint64_t));
    else
        for (size_t i = 0; i < visits->words; i++) visits->scratch->visited[visits->scratch->list[i]] = 0;
}

size_t sosia_graph_walk(const sosia_graph_kernels *kernels, const sosia_graph *graph, const sosia_graph_query *query,
                        const uint32_t *seeds, size_t seed_count, size_t effort, sosia_graph_scratch *scratch,
                        size_t *measured) {
    visits visits = {scratch, 0};
    sosia_graph_candidate *pool = scratch->pool;
    uint32_t next[SOSIA_GRAPH_MAXIMUM_DEGREE];
    float distances[SOSIA_GRAPH_MAXIMUM_DEGREE];
    size_t count = 0, cursor = 0;
    const uint32_t *links = seeds;
    size_t link_count = seed_count < SOSIA_GRAPH_MAXIMUM_DEGREE ? seed_count : SOSIA_GRAPH_MAXIMUM_DEGREE;
    for (;;) {
        size_t fresh = 0;
        for (size_t i = 0; i < link_count && links[i] < graph->count; i++) {
            if (!visit(&visits, links[i])) continue;
            sosia_graph_fetch(sosia_graph_row(graph->rows, graph->row_bytes, links[i]), graph->row_bytes);
            next[fresh++] = links[i];
        }
        kernels->distances(query, graph->rows, graph->row_bytes, next, fresh, distances);
        *measured += fresh;
        for (size_t i = 0; i < fresh; i++) {
            const size_t position = insert(pool, &count, effort, distances[i], next[i]);
            if (position < cursor) cursor = position;
        }
        while (cursor < count && (pool[cursor].row & FOLLOWED)) cursor++;
        if (cursor == count) break;
        links = graph->links + (size_t)pool[cursor].row * graph->degree;
        link_count = graph->degree;
        pool[cursor].row |= FOLLOWED;
        // The most likely next one.
        for (size_t i = cursor + 1; i < count && i < cursor + 4; i++) {
            if (pool[i].row & FOLLOWED) continue;
            sosia_graph_fetch(graph->links + (size_t)pool[i].row * graph->degree, graph->degree * sizeof(uint32_t));
            break;
        }
    }
    forget(&visits, graph->count);
    for (size_t i = 0; i < count; i++) pool[i].row &= ~FOLLOWED;
    return count;
}

size_t sosia_graph_scan(const sosia_graph_kernels *kernels, const sosia_graph *graph, const sosia_graph_query *query,
                        const uint32_t *candidates, size_t candidate_count, sosia_graph_candidate *pool, size_t count,
                        size_t effort) {
    enum { AT_ONCE = 16 };
    float distances[AT_ONCE];
    for (size_t start = 0; start < candidate_count; start += AT_ONCE) {
        const size_t some = candidate_count - start < AT_ONCE ? candidate_count - start : AT_ONCE;
        for (size_t i = start + some; i < candidate_count && i < start + 2 * AT_ONCE; i++)
            sosia_graph_fetch(sosia_graph_row(graph->rows, graph->row_bytes, candidates[i]), graph->row_bytes);
        kernels->distances(query, graph->rows, graph->row_bytes, candidates + start, some, distances);
        for (size_t i = 0; i < some; i++) insert(pool, &count, effort, distances[i], candidates[start + i]);
    }
    return count;
}

void sosia_graph_prefetch(const void *bytes, size_t count) { sosia_graph_fetch(bytes, count); }
