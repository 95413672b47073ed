#include "CImages.h"
#include "sosia_clones.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Weights of one axis: output i is the sum of weights[i * taps + j] * source[first[i] + j], in 1/65536.
typedef struct {
    int *first;
    uint16_t *weights;
    int taps;
    int low;  // the source pixels that are needed at all: low ..< high
    int high;
} filter;

static void filter_free(filter *f) {
    free(f->first);
    free(f->weights);
}

static double clamp(double value, double low, double high) {
    return value < low ? low : value > high ? high : value;
}

static sosia_image_status filter_make(sosia_axis axis, filter *f) {
    *f = (filter){0};
    if (axis.count <= 0 || axis.source_size <= 0 || !(axis.step > 0) || !isfinite(axis.step) || !isfinite(axis.start))
        return SOSIA_IMAGE_DAMAGED;
    const double support = axis.step > 1 ? axis.step : 1;
    const double widest = clamp(2 * ceil(support) + 1, 1, axis.source_size);
    f->taps = (int)widest;
    f->first = malloc((size_t)axis.count * sizeof *f->first);
    f->weights = calloc((size_t)axis.count * (size_t)f->taps, sizeof *f->weights);
    double *row = malloc((size_t)f->taps * sizeof *row);
    if (!f->first || !f->weights || !row) {
        free(row);
        filter_free(f);
        return SOSIA_IMAGE_NO_MEMORY;
    }
    f->low = axis.source_size;
    f->high = 0;
    for (int i = 0; i < axis.count; i++) {
        const double center = clamp(axis.start + (i + 0.5) * axis.step, 0, axis.source_size);
        int begin = (int)clamp(floor(center - support + 0.5), 0, axis.source_size - 1);
        int end = (int)clamp(floor(center + support + 0.5), begin + 1, axis.source_size);
        if (end - begin > f->taps) end = begin + f->taps;
        double sum = 0;
        for (int j = 0; j < end - begin; j++) {
            const double distance = fabs(begin + j + 0.5 - center) / support;
            row[j] = distance < 1 ? 1 - distance : 0;
            sum += row[j];
        }
        if (!(sum > 0)) {
            row[0] = sum = 1;
            end = begin + 1;
        }
        // Rounding must not change the sum, or flat areas would change their value.
        uint16_t *weights = f->weights + (size_t)i * (size_t)f->taps;
        int left = 65535, largest = 0;
        for (int j = 0; j < end - begin; j++) {
            weights[j] = (uint16_t)(row[j] / sum * 65535);
            left -= weights[j];
            if (row[j] > row[largest]) largest = j;
        }
        weights[largest] = (uint16_t)(weights[largest] + left);
        // All outputs have the same number of taps, none beyond the end: move the window, not its weights' positions.
        const int room = axis.source_size - f->taps;
        if (begin > room) {
            const int shift = begin - room;
            for (int j = f->taps - 1; j >= 0; j--) weights[j] = j >= shift ? weights[j - shift] : 0;
            begin = room;
        }
        f->first[i] = begin;
        if (begin < f->low) f->low = begin;
        if (begin + f->taps > f->high) f->high = begin + f->taps;
    }
    free(row);
    return SOSIA_IMAGE_OK;
}

// Samples are carried as 8.8 fixed point between and within the two passes: (s << 8) * weight >> 16.
#define WEIGHTED(sample, weight) ((uint16_t)(((uint32_t)(uint16_t)((sample) << 8) * (weight)) >> 16))

// Every product is cut off, by half a unit on average; sums start with what that takes away.
static uint16_t lost(int taps) {
    return (uint16_t)(taps / 2 < 127 ? taps / 2 : 127);
}

SOSIA_CLONES static void rows_combined(const uint8_t *restrict source, size_t stride, const uint16_t *weights,
                                       int taps, size_t count, uint16_t *restrict out) {
    const uint16_t start = lost(taps);
    int j = 0;
    for (size_t i = 0; i < count; i++) out[i] = start;
    // Three rows at a time keep the sums out of memory longer.
    for (; j + 3 <= taps; j += 3) {
        const uint16_t a = weights[j], b = weights[j + 1], c = weights[j + 2];
        const uint8_t *r0 = source + (size_t)j * stride, *r1 = r0 + stride, *r2 = r1 + stride;
        for (size_t i = 0; i < count; i++)
            out[i] = (uint16_t)(out[i] + WEIGHTED(r0[i], a) + WEIGHTED(r1[i], b) + WEIGHTED(r2[i], c));
    }
    for (; j < taps; j++) {
        const uint16_t a = weights[j];
        const uint8_t *r0 = source + (size_t)j * stride;
        for (size_t i = 0; i < count; i++) out[i] = (uint16_t)(out[i] + WEIGHTED(r0[i], a));
    }
}

// Columns are combined for sixteen rows at once, turned so that the sixteen samples of a column lie side by side.
enum { BAND = 16 };
typedef uint16_t column_half __attribute__((vector_size(16)));
typedef uint16_t column __attribute__((vector_size(32)));
typedef uint32_t wide_column __attribute__((vector_size(64)));

#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

// 8 x 8 samples; rows `from_stride` and `to_stride` samples apart.
static inline __attribute__((always_inline)) void transpose(const uint16_t *from, size_t from_stride, uint16_t *to,
                                                            size_t to_stride) {
    column_half a[8], b[8];
    for (size_t i = 0; i < 8; i++) memcpy(&a[i], from + i * from_stride, sizeof a[i]);
    // Three rounds of interleaving row i with row i + 4 turn the block.
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
            b[2 * i] = LOW(a[i], a[i + 4]);
            b[2 * i + 1] = HIGH(a[i], a[i + 4]);
        }
        memcpy(a, b, sizeof a);
    }
    for (size_t i = 0; i < 8; i++) memcpy(to + i * to_stride, &a[i], sizeof a[i]);
}

static size_t rounded_up(size_t count) {
    return (count + 7) / 8 * 8;
}

// `band`: BAND rows of `width` samples (a multiple of 8). `out` has f's `count` outputs of `channels` a row; only the
// first `rows` rows are written.
SOSIA_CLONES static void columns_combined(const uint16_t *restrict band, size_t width, const filter *f, size_t count,
                                          size_t channels, uint16_t *restrict turned, uint16_t *restrict combined,
                                          size_t rows, uint8_t *restrict out) {
    for (size_t x = 0; x < width; x += 8) {
        transpose(band + x, width, turned + x * BAND, BAND);
        transpose(band + 8 * width + x, width, turned + x * BAND + 8, BAND);
    }
    const size_t taps = (size_t)f->taps, samples = count * channels;
    const uint16_t start = (uint16_t)(lost(f->taps) + 128);
    for (size_t i = 0; i < count; i++) {
        const uint16_t *weights = f->weights + i * taps;
        const uint16_t *from = turned + (size_t)(f->first[i] - f->low) * channels * BAND;
        for (size_t c = 0; c < channels; c++) {
            column sum = (column){0} + start;
            for (size_t j = 0; j < taps; j++) {
                column samples16;
                memcpy(&samples16, from + (j * channels + c) * BAND, sizeof samples16);
                const wide_column product = __builtin_convertvector(samples16, wide_column) * (uint32_t)weights[j];
                sum += __builtin_convertvector(product >> 16, column);
            }
            sum >>= 8;
            memcpy(combined + (i * channels + c) * BAND, &sum, sizeof sum);
        }
    }
    uint16_t block[8 * 8];
    for (size_t x = 0; x < samples; x += 8) {
        const size_t columns = samples - x < 8 ? samples - x : 8;
        for (size_t half = 0; half < BAND && half < rows; half += 8) {
            transpose(combined + x * BAND + half, BAND, block, 8);
            for (size_t r = 0; r < 8 && half + r < rows; r++) {
                uint8_t *to = out + (half + r) * samples + x;
                if (columns == 8) {
                    for (size_t k = 0; k < 8; k++) to[k] = (uint8_t)block[r * 8 + k];
                } else {
                    for (size_t k = 0; k < columns; k++) to[k] = (uint8_t)block[r * 8 + k];
                }
            }
        }
    }
}

sosia_image_status sosia_resample(const uint8_t *source, size_t stride, int channels, sosia_axis x, sosia_axis y,
                                  uint8_t *out) {
    if (channels < 1 || channels > 4 || (x.source_size > 0 && stride < (size_t)x.source_size * (size_t)channels))
        return SOSIA_IMAGE_DAMAGED;
    filter fx, fy;
    sosia_image_status status = filter_make(x, &fx);
    if (status != SOSIA_IMAGE_OK) return status;
    status = filter_make(y, &fy);
    if (status != SOSIA_IMAGE_OK) {
        filter_free(&fx);
        return status;
    }
    const size_t depth = (size_t)channels;
    const size_t samples = (size_t)(fx.high - fx.low) * depth, width = rounded_up(samples);
    const size_t out_samples = (size_t)x.count * depth;
    uint16_t *band = calloc(width * BAND, sizeof *band);
    uint16_t *turned = malloc(width * BAND * sizeof *turned);
    uint16_t *combined = calloc(rounded_up(out_samples) * BAND, sizeof *combined);
    if (band && turned && combined) {
        const uint8_t *left = source + (size_t)fx.low * depth;
        for (int top = 0; top < y.count; top += BAND) {
            const int rows = y.count - top < BAND ? y.count - top : BAND;
            for (int i = 0; i < rows; i++)
                rows_combined(left + (size_t)fy.first[top + i] * stride, stride,
                              fy.weights + (size_t)(top + i) * (size_t)fy.taps, fy.taps, samples,
                              band + (size_t)i * width);
            columns_combined(band, width, &fx, (size_t)x.count, depth, turned, combined, (size_t)rows,
                             out + (size_t)top * out_samples);
        }
    } else {
        status = SOSIA_IMAGE_NO_MEMORY;
    }
    free(band);
    free(turned);
    free(combined);
    filter_free(&fx);
    filter_free(&fy);
    return status;
}
