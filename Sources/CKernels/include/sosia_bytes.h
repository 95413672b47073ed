// Distances between vectors of unsigned bytes, such as the pixels of small pictures; all results are exact.
#ifndef SOSIA_BYTES_H
#define SOSIA_BYTES_H

#include <stddef.h>
#include <stdint.h>

enum {
    // The longest vectors: their squared distances fit 32 bits, and so do the products that a bound is made of.
    SOSIA_BYTES_MAXIMUM_DIMENSION = 8192,
    // Bytes of one of the sums that a bound on the distance is made of.
    SOSIA_BYTES_SUMMED = 16,
};

// Sums of a query; what is left behind the last 256 bytes has none.
static inline size_t sosia_byte_sums(size_t dimension) {
    return dimension / (16 * SOSIA_BYTES_SUMMED) * 16;
}

typedef struct sosia_byte_query {
    const int16_t *values;  // of `prepare`, `dimension` of them
    const int16_t *sums;    // of `prepare`, sosia_byte_sums(dimension) of them
    uint32_t limit;
} sosia_byte_query;

typedef struct sosia_byte_kernels {
    // Writes the numbers of a query, and the sums over some of them, in the order that the level wants. Everything
    // else in this table takes them so. `dimension` is at most SOSIA_BYTES_MAXIMUM_DIMENSION everywhere.
    void (*prepare)(const uint8_t *query, size_t dimension, int16_t *values, int16_t *sums);

    // Sums of squared differences of queries with `row_count` rows, which are contiguous; out[q * row_count + r].
    void (*l2)(const sosia_byte_query *queries, size_t query_count, const uint8_t *rows, size_t row_count,
               size_t dimension, uint32_t *out);

    // The same where the sum is not above the query's limit; where it is, something that is above the limit, too,
    // which mostly takes less time.
    void (*l2_within)(const sosia_byte_query *queries, size_t query_count, const uint8_t *rows, size_t row_count,
                      size_t dimension, uint32_t *out);
} sosia_byte_kernels;

// The table of a level of `sosia_kernels.h`, NULL when the processor lacks it.
const sosia_byte_kernels *sosia_byte_kernels_at(int level);

// The table of the level that `sosia_kernels_current` chose; never NULL.
const sosia_byte_kernels *sosia_byte_kernels_current(void);

#endif
