// Distance kernels, one table of functions for each level of SIMD that the processor has.
//
// The order in which a pair of vectors is summed depends on the level and the dimension only, never on how many
// queries or rows are handled at once: all functions of one table give bit-equal results for the same pair.
#ifndef SOSIA_KERNELS_H
#define SOSIA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum {
    SOSIA_SIMD_SCALAR = 0,
    SOSIA_SIMD_AVX2 = 1,
    SOSIA_SIMD_AVX512 = 2,
    SOSIA_SIMD_LEVELS = 3,
};

// Four-bit codes: a code u of 0...15 stands for u - 7.5. Half precision is IEEE 754 binary16; all lengths are in units
// that the caller chooses so that they fit.

enum {
    // Rows in a block of prefix codes.
    SOSIA_BLOCK_ROWS = 16,
    // Half-precision floats that follow the codes of a block, sixteen of each kind.
    SOSIA_PREFIX_PARAMETERS = 5,
    // Half-precision floats that follow the codes of a row of middle codes.
    SOSIA_MIDDLE_PARAMETERS = 8,
    // Floats that follow the codes of a row of coarse or of fine codes.
    SOSIA_FULL_PARAMETERS = 8,
};

// What a lower bound is made of: norm_weight * (row's squared norm) - product_weight * (upper bound of the product)
// + constant.
typedef struct sosia_bound_form {
    float norm_weight, product_weight, constant;
} sosia_bound_form;

// A query against prefix codes. A block is 16 rows: for each group of eight dimensions 64 bytes, four a row, byte j
// holding dimension j in its low and dimension j + 4 in its high half; then 16 half-precision floats each of
//   inverse   1 / |code|
//   along     length of the row's prefix along its code
//   across    length of the row's prefix across its code, rounded up
//   rest      length of the row outside of the prefix, rounded up
//   norm      squared length of the row, rounded down
typedef struct sosia_prefix_query {
    const int8_t *values;   // `dimension` of them, a multiple of eight
    size_t dimension;
    float scale;            // of the integer product
    float offset;           // 7.5 * sum of values
    float error;            // length of what the integers leave out of the query's prefix, rounded up
    float inside_squared;   // squared length of the query's prefix, rounded up
    float outside;          // length of the query outside of the prefix, rounded up
    sosia_bound_form form;
} sosia_prefix_query;

// A query against middle codes, which continue the prefix. A row is dimension / 2 bytes, byte j holding dimension j in
// its low and dimension j + dimension / 2 in its high half; then eight half-precision floats:
//   prefix_along   length of the row's prefix along its code
//   along     length of the row's middle along its code
//   inverse   1 / |code|
//   across    length of the row's prefix and middle across their codes, rounded up
//   rest      length of the row outside of both, rounded up
//   norm      squared length of the row, rounded down
//   two unused
typedef struct sosia_middle_query {
    const int8_t *values;   // `dimension` of them, a multiple of 16
    size_t dimension;
    float scale, offset;
    float error;            // of the query's integers for the middle
    float prefix_error;     // of the query's integers for the prefix
    float inside_squared;   // squared length of the query's prefix and middle, rounded up
    float outside;          // length of the query outside of both, rounded up
    sosia_bound_form form;
} sosia_middle_query;

// A query against full codes: coarse codes, which are their upper two bits, and fine codes, the lower two. The coarse
// code c of 0...3 alone stands for c - 1.5. A row of either is dimension / 4 bytes, byte j holding the dimensions j,
// j + dimension / 4, j + dimension / 2 and j + 3 * dimension / 4 from its lowest bits to its highest; then eight floats,
// in coarse rows for the reconstruction with coarse codes, in fine rows for that with full codes:
//   prefix    length of the prefix's part of the reconstruction, the multiplier of the prefix projection
//   middle    the same for the middle
//   step      multiplier of the product with the code
//   reach     length of the code's part of the reconstruction, rounded up
//   inverse   1 / |reconstruction|, 0 when that is zero
//   left      length of what the reconstruction leaves out, rounded up
//   norm      squared length of the row, rounded down
//   unused
typedef struct sosia_full_query {
    const int8_t *values;   // `dimension` of them, a multiple of four
    size_t dimension;
    float scale;
    float coarse_offset;    // 1.5 * sum of values
    float offset;           // 7.5 * sum of values
    float error;            // of the query's integers for the full code
    float prefix_error;     // for the prefix
    float middle_error;     // for the middle
    float norm_squared;     // squared length of the query, rounded up
    sosia_bound_form form;
} sosia_full_query;

typedef struct sosia_kernels {
    int level;

    // Sums of squared differences (l2) or of products (dot) of `query_count` queries with `row_count` rows, all
    // contiguous and `dimension` long; out[q * row_count + r]. Summed in float; a sum that leaves the range in which
    // float is accurate (overflow, underflow) is formed again in double, so no result is NaN or infinite for finite
    // input, and a squared distance is within (dimension / 16 + 8) * 2^-24 of the true one, relatively.
    void (*l2)(const float *queries, size_t query_count, const float *rows, size_t row_count, size_t dimension,
               double *out);
    void (*dot)(const float *queries, size_t query_count, const float *rows, size_t row_count, size_t dimension,
                double *out);

    // Lower bounds, and projections of the queries on the code, of 16 * block_count rows; those of the first query
    // first, `stride` values from query to query. All queries have one dimension.
    void (*scan_prefix)(const sosia_prefix_query *queries, size_t query_count, const uint8_t *blocks,
                        size_t block_count, size_t stride, float *bounds, float *projections);

    // Lower bounds, and projections on the middle code, of the rows `candidates`; `prefix` holds the projections of
    // the candidates on their prefix codes.
    void (*bound_middle)(const sosia_middle_query *query, const uint8_t *rows, const uint32_t *candidates,
                         size_t count, const float *prefix, float *bounds, float *projections);

    // Lower bounds of the rows `candidates` by their coarse codes; `prefix` and `middle` hold the projections of the
    // candidates on those codes.
    void (*bound_coarse)(const sosia_full_query *query, const uint8_t *coarse, const uint32_t *candidates,
                         size_t count, const float *prefix, const float *middle, float *bounds);

    // The same by coarse and fine codes together.
    void (*bound_fine)(const sosia_full_query *query, const uint8_t *coarse, const uint8_t *fine,
                       const uint32_t *candidates, size_t count, const float *prefix, const float *middle,
                       float *bounds);

    // Writes the indexes of the values that are not above `limit` (NaN included), plus `base`, and their companions;
    // returns how many. Both outputs have room for `count`.
    size_t (*select)(const float *values, const float *companions, size_t count, float limit, uint32_t base,
                     uint32_t *out, float *out_companions);

    // Keeps, in order, those of `count` candidates whose bounds are not above `limit` (NaN included), with their two
    // companions; returns how many.
    size_t (*keep)(const float *bounds, size_t count, float limit, uint32_t *candidates, float *first, float *second);
} sosia_kernels;

// The sum of products, formed in double.
double sosia_dot_double(const float *a, const float *b, size_t dimension);

// Half precision to float and back, rounded to nearest, or away from zero, or towards zero.
float sosia_from_half(uint16_t half);
uint16_t sosia_to_half(float value);
uint16_t sosia_to_half_away(float value);
uint16_t sosia_to_half_towards(float value);

// A 64-bit checksum; two byte strings of one length that differ within eight bytes never have the same.
uint64_t sosia_checksum(const uint8_t *bytes, size_t count);

// values += factor * other.
void sosia_add_scaled(float *values, const float *other, float factor, size_t count);

// --- Encoding; plain loops, the same on every level.

// Codes of `values` for the step 1 / inverse_step, one a byte, and sum(value * (code - 7.5)), sum((code - 7.5)^2).
void sosia_quantize(const float *values, size_t count, float inverse_step, uint8_t *codes, double *product,
                    double *norm);

// Signed bytes round(value * inverse_step), and their sum.
void sosia_quantize_query(const float *values, size_t count, float inverse_step, int8_t *out, int32_t *sum);

// An orthonormal transform in place: signs and Walsh-Hadamard over the first power of two that fits, then over the
// last. `signs` are 2 * count values +1 or -1.
void sosia_mix(float *values, size_t count, const float *signs);
void sosia_unmix(float *values, size_t count, const float *signs);

// The table of a level, NULL when the processor or the platform lacks it.
const sosia_kernels *sosia_kernels_at(int level);

// The best table of this processor, or the one that the environment variable SOSIA_SIMD names
// (scalar, avx2, avx512) when the processor has it. Read once.
const sosia_kernels *sosia_kernels_current(void);

#endif
