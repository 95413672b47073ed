#include "CGDAL.h"
#include "sosia_clones.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint8_t scaled(double value, double low, double factor) {
    const double level = (value - low) * factor + 0.5;
    return level >= 255 ? 255 : level > 0 ? (uint8_t)level : 0; // not a number is 0
}

static void coloured(size_t index, const sosia_pixel_rule *rule, uint8_t *rgb, uint8_t *empty) {
    if (index >= (size_t)rule->palette_count) {
        memset(rgb, 0, 3);
        *empty |= (rule->kinds & SOSIA_EMPTY_BLACK) != 0;
        return;
    }
    const uint8_t *entry = rule->palette + index * 4;
    const int black = entry[0] <= rule->black_level && entry[1] <= rule->black_level && entry[2] <= rule->black_level;
    memcpy(rgb, entry, 3);
    *empty |= ((rule->kinds & SOSIA_EMPTY_BLACK) && black) || ((rule->kinds & SOSIA_EMPTY_ALPHA) && entry[3] == 0);
}

SOSIA_CLONES static void plain(const uint8_t *rgb, size_t pixels, const sosia_pixel_rule *rule, uint8_t *empty) {
    const uint8_t below = (uint8_t)(rule->kinds & SOSIA_EMPTY_BLACK ? rule->black_level + 1 : 0);
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t r = rgb[i * 3], g = rgb[i * 3 + 1], b = rgb[i * 3 + 2];
        const uint8_t most = r > g ? (r > b ? r : b) : (g > b ? g : b);
        empty[i] = most < below;
    }
}

static int has_all_nodata(const sosia_pixel_rule *rule) {
    for (int c = 0; c < rule->channels; c++)
        if (!rule->has_nodata[c]) return 0;
    return (rule->kinds & SOSIA_EMPTY_NODATA) != 0;
}

void sosia_pixels_from_bytes(const uint8_t *samples, size_t pixels, const sosia_pixel_rule *rule, uint8_t *rgb,
                             uint8_t *empty) {
    const int channels = rule->channels;
    memset(empty, 0, pixels);
    if (rule->palette_count > 0) {
        for (size_t i = 0; i < pixels; i++) coloured(samples[i], rule, rgb + i * 3, empty + i);
    } else if (channels == 3 && !rule->is_scaled) {
        plain(samples, pixels, rule, empty);
        if (rgb != samples) memcpy(rgb, samples, pixels * 3);
    } else {
        uint8_t levels[256];
        const double factor = rule->is_scaled ? 255 / (rule->high - rule->low) : 1;
        for (int v = 0; v < 256; v++) levels[v] = rule->is_scaled ? scaled(v, rule->low, factor) : (uint8_t)v;
        const int level = rule->kinds & SOSIA_EMPTY_BLACK ? (rule->is_scaled ? 0 : rule->black_level) : -1;
        for (size_t i = 0; i < pixels; i++) {
            int black = 1;
            for (int c = 0; c < 3; c++) {
                const uint8_t value = samples[i * (size_t)channels + (size_t)(channels == 3 ? c : 0)];
                rgb[i * 3 + (size_t)c] = levels[value];
                black = black && value <= level;
            }
            empty[i] = (uint8_t)black;
        }
    }
    if (!has_all_nodata(rule)) return;
    // Colours that are shown have overwritten samples only where they are equal.
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *pixel = samples + i * (size_t)channels;
        int all = 1;
        for (int c = 0; c < channels; c++) all = all && (float)pixel[c] == rule->nodata[c];
        empty[i] |= (uint8_t)all;
    }
}

void sosia_pixels_from_floats(const float *samples, size_t pixels, const sosia_pixel_rule *rule, uint8_t *rgb,
                              uint8_t *empty) {
    const size_t channels = (size_t)rule->channels;
    const double factor = 255 / (rule->high - rule->low);
    for (size_t i = 0; i < pixels; i++) {
        const float *pixel = samples + i * channels;
        int black = rule->palette_count == 0, nothing = 1; // entry 0 of a palette has a colour
        for (size_t c = 0; c < channels; c++) {
            const float value = pixel[c];
            black = black && value == 0;
            nothing = nothing && (!isfinite(value) || (rule->has_nodata[c] && value == rule->nodata[c]));
        }
        empty[i] = (black && (rule->kinds & SOSIA_EMPTY_BLACK)) || (nothing && (rule->kinds & SOSIA_EMPTY_NODATA));
        if (rule->palette_count > 0) {
            const float index = pixel[0];
            coloured(index >= 0 && index < 65536 ? (size_t)index : 65536, rule, rgb + i * 3, empty + i);
            continue;
        }
        for (size_t c = 0; c < 3; c++)
            rgb[i * 3 + c] = scaled(pixel[channels == 3 ? c : 0], rule->low, factor);
    }
}

void sosia_pixels_mask(const uint8_t *mask, size_t pixels, uint8_t *empty) {
    for (size_t i = 0; i < pixels; i++) empty[i] |= mask[i] == 0;
}

SOSIA_CLONES size_t sosia_pixels_cut(const uint8_t *rgb, const uint8_t *empty, size_t strip_width, size_t x, size_t width,
                        size_t height, uint8_t *out) {
    size_t count = 0;
    for (size_t row = 0; row < height; row++) {
        const uint8_t *marks = empty + row * strip_width + x;
        uint32_t sum = 0;
        memcpy(out + row * width * 3, rgb + (row * strip_width + x) * 3, width * 3);
        // In rows of at most 255, which one byte can count.
        for (size_t i = 0; i < width;) {
            const size_t end = i + 255 < width ? i + 255 : width;
            uint8_t part = 0;
            for (; i < end; i++) part = (uint8_t)(part + marks[i]);
            sum += part;
        }
        count += sum;
    }
    return count;
}

static int ascending(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

void sosia_pixels_range(float *values, size_t count, double low_share, double high_share, float *low, float *high) {
    qsort(values, count, sizeof *values, ascending);
    *low = values[(size_t)floor(low_share * (double)(count - 1))];
    *high = values[(size_t)ceil(high_share * (double)(count - 1))];
}
