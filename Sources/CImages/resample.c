#include "CImages.h"
#include "clones.h"

#include <math.h>
#include <stdlib.h>

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

// Samples are carried as 8.8 fixed point between the two passes: (s << 8) * weight >> 16.
#define WEIGHTED(sample, weight) ((uint16_t)(((uint32_t)(uint16_t)((sample) << 8) * (weight)) >> 16))

SOSIA_CLONES static void rows_combined(const uint8_t *restrict source, size_t stride, const uint16_t *weights,
                                       int taps, size_t count, uint16_t *restrict out) {
    // The usual numbers of taps keep the sum in a register.
    if (taps == 2) {
        const uint16_t a = weights[0], b = weights[1];
        const uint8_t *r0 = source, *r1 = r0 + stride;
        for (size_t i = 0; i < count; i++) out[i] = (uint16_t)(WEIGHTED(r0[i], a) + WEIGHTED(r1[i], b));
    } else if (taps == 3) {
        const uint16_t a = weights[0], b = weights[1], c = weights[2];
        const uint8_t *r0 = source, *r1 = r0 + stride, *r2 = r1 + stride;
        for (size_t i = 0; i < count; i++)
            out[i] = (uint16_t)(WEIGHTED(r0[i], a) + WEIGHTED(r1[i], b) + WEIGHTED(r2[i], c));
    } else if (taps == 5) {
        const uint16_t a = weights[0], b = weights[1], c = weights[2], d = weights[3], e = weights[4];
        const uint8_t *r0 = source, *r1 = r0 + stride, *r2 = r1 + stride, *r3 = r2 + stride, *r4 = r3 + stride;
        for (size_t i = 0; i < count; i++)
            out[i] = (uint16_t)(WEIGHTED(r0[i], a) + WEIGHTED(r1[i], b) + WEIGHTED(r2[i], c) + WEIGHTED(r3[i], d) +
                                WEIGHTED(r4[i], e));
    } else {
        for (size_t i = 0; i < count; i++) out[i] = WEIGHTED(source[i], weights[0]);
        for (int j = 1; j < taps; j++) {
            const uint16_t weight = weights[j];
            const uint8_t *row = source + (size_t)j * stride;
            if (weight == 0) continue;
            for (size_t i = 0; i < count; i++) out[i] = (uint16_t)(out[i] + WEIGHTED(row[i], weight));
        }
    }
}

static inline __attribute__((always_inline)) void columns_of(const uint16_t *row, const filter *f, int count,
                                                             int channels, int taps, uint8_t *out) {
    for (int i = 0; i < count; i++) {
        const uint16_t *from = row + (size_t)(f->first[i] - f->low) * (size_t)channels;
        const uint16_t *weights = f->weights + (size_t)i * (size_t)f->taps;
        for (int c = 0; c < channels; c++) {
            uint32_t sum = 1u << 23;
            for (int j = 0; j < taps; j++) sum += (uint32_t)from[j * channels + c] * weights[j];
            *out++ = (uint8_t)(sum >> 24);
        }
    }
}

static void columns_combined(const uint16_t *row, const filter *f, int count, int channels, uint8_t *out) {
    if (channels == 1 && f->taps == 3) columns_of(row, f, count, 1, 3, out);
    else if (channels == 1 && f->taps == 5) columns_of(row, f, count, 1, 5, out);
    else if (channels == 3 && f->taps == 3) columns_of(row, f, count, 3, 3, out);
    else if (channels == 3 && f->taps == 5) columns_of(row, f, count, 3, 5, out);
    else if (channels == 3) columns_of(row, f, count, 3, f->taps, out);
    else columns_of(row, f, count, channels, f->taps, out);
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
    const size_t samples = (size_t)(fx.high - fx.low) * (size_t)channels;
    uint16_t *row = malloc(samples * sizeof *row);
    if (row) {
        const uint8_t *left = source + (size_t)fx.low * (size_t)channels;
        for (int i = 0; i < y.count; i++) {
            rows_combined(left + (size_t)fy.first[i] * stride, stride, fy.weights + (size_t)i * (size_t)fy.taps,
                          fy.taps, samples, row);
            columns_combined(row, &fx, x.count, channels, out + (size_t)i * (size_t)x.count * (size_t)channels);
        }
    } else {
        status = SOSIA_IMAGE_NO_MEMORY;
    }
    free(row);
    filter_free(&fx);
    filter_free(&fy);
    return status;
}
