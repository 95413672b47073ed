#include "bounds.h"

static void scan_prefix(const sosia_prefix_query *query, const uint8_t *blocks, size_t block_count, float *bounds,
                        float *projections) {
    const size_t code_bytes = query->dimension / 2 * SOSIA_BLOCK_ROWS;
    const size_t block_bytes = code_bytes + SOSIA_PREFIX_PARAMETERS * SOSIA_BLOCK_ROWS * sizeof(uint16_t);
    for (size_t block = 0; block < block_count; block++) {
        const uint8_t *codes = blocks + block * block_bytes;
        const uint16_t *parameters = (const uint16_t *)(const void *)(codes + code_bytes);
        int32_t sums[SOSIA_BLOCK_ROWS] = {0};
        for (size_t i = 0; i < query->dimension; i += 8) {
            const uint8_t *group = codes + i / 2 * SOSIA_BLOCK_ROWS;
            for (int row = 0; row < SOSIA_BLOCK_ROWS; row++) {
                for (int j = 0; j < 4; j++) {
                    const int code = group[row * 4 + j];
                    sums[row] += (code & 15) * query->values[i + j] + (code >> 4) * query->values[i + 4 + j];
                }
            }
        }
        for (int row = 0; row < SOSIA_BLOCK_ROWS; row++) {
            const float product = ((float)sums[row] - query->offset) * query->scale;
            const float projection = product * sosia_from_half(parameters[row]);
            projections[block * SOSIA_BLOCK_ROWS + row] = projection;
            bounds[block * SOSIA_BLOCK_ROWS + row] = sosia_prefix_bound(query, projection, parameters, row);
        }
    }
}

void sosia_scan_prefix_scalar(const sosia_prefix_query *queries, size_t query_count, const uint8_t *blocks,
                              size_t block_count, size_t stride, float *bounds, float *projections) {
    for (size_t q = 0; q < query_count; q++) {
        scan_prefix(queries + q, blocks, block_count, bounds + q * stride, projections + q * stride);
    }
}

static float row_product(const int8_t *values, const uint8_t *codes, size_t half, float offset, float scale) {
    int32_t sum = 0;
    for (size_t i = 0; i < half; i++) sum += (codes[i] & 15) * values[i] + (codes[i] >> 4) * values[half + i];
    return ((float)sum - offset) * scale;
}

void sosia_bound_middle_scalar(const sosia_middle_query *query, const uint8_t *rows, const uint32_t *candidates,
                               size_t count, const float *prefix, float *bounds, float *projections) {
    const size_t half = query->dimension / 2, stride = half + SOSIA_MIDDLE_PARAMETERS * sizeof(uint16_t);
    for (size_t c = 0; c < count; c++) {
        const uint8_t *codes = rows + candidates[c] * stride;
        const uint16_t *stored = (const uint16_t *)(const void *)(codes + half);
        float parameters[SOSIA_MIDDLE_PARAMETERS];
        for (int i = 0; i < SOSIA_MIDDLE_PARAMETERS; i++) parameters[i] = sosia_from_half(stored[i]);
        projections[c] = row_product(query->values, codes, half, query->offset, query->scale) * parameters[2];
        bounds[c] = sosia_middle_bound(query, projections[c], prefix[c], parameters);
    }
}

static int32_t two_bit_sum(const int8_t *values, const uint8_t *codes, size_t quarter) {
    int32_t sum = 0;
    for (size_t i = 0; i < quarter; i++) {
        for (size_t k = 0; k < 4; k++) sum += (codes[i] >> 2 * k & 3) * values[k * quarter + i];
    }
    return sum;
}

void sosia_bound_coarse_scalar(const sosia_full_query *query, const uint8_t *coarse, const uint32_t *candidates,
                               size_t count, const float *prefix, const float *middle, float *bounds) {
    const size_t quarter = query->dimension / 4, stride = quarter + SOSIA_FULL_PARAMETERS * sizeof(float);
    for (size_t c = 0; c < count; c++) {
        const uint8_t *codes = coarse + candidates[c] * stride;
        const int32_t sum = two_bit_sum(query->values, codes, quarter);
        const float product = ((float)sum - query->coarse_offset) * query->scale;
        const float *parameters = (const float *)(const void *)(codes + quarter);
        bounds[c] = sosia_full_bound(query, product, prefix[c], middle[c], parameters);
    }
}

void sosia_bound_fine_scalar(const sosia_full_query *query, const uint8_t *coarse, const uint8_t *fine,
                             const uint32_t *candidates, size_t count, const float *prefix, const float *middle,
                             float *bounds) {
    const size_t quarter = query->dimension / 4, stride = quarter + SOSIA_FULL_PARAMETERS * sizeof(float);
    for (size_t c = 0; c < count; c++) {
        const uint8_t *upper = coarse + candidates[c] * stride, *lower = fine + candidates[c] * stride;
        const int32_t sum =
            4 * two_bit_sum(query->values, upper, quarter) + two_bit_sum(query->values, lower, quarter);
        const float product = ((float)sum - query->offset) * query->scale;
        const float *parameters = (const float *)(const void *)(lower + quarter);
        bounds[c] = sosia_full_bound(query, product, prefix[c], middle[c], parameters);
    }
}

size_t sosia_keep_scalar(const float *bounds, size_t count, float limit, uint32_t *candidates, float *first,
                         float *second) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        candidates[kept] = candidates[i];
        first[kept] = first[i];
        second[kept] = second[i];
        kept += !(bounds[i] > limit);
    }
    return kept;
}

size_t sosia_select_scalar(const float *values, const float *companions, size_t count, float limit, uint32_t base,
                           uint32_t *out, float *out_companions) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        out[found] = base + (uint32_t)i;
        out_companions[found] = companions[i];
        found += !(values[i] > limit);
    }
    return found;
}
