#include "COpenVINO.h"
#include "sosia_clones.h"

SOSIA_CLONES
static void planes(
    const uint8_t *restrict rgb, size_t pixels, float *restrict red, float *restrict green, float *restrict blue,
    const float *mean, const float *factor) {
    const float m0 = mean[0], m1 = mean[1], m2 = mean[2];
    const float f0 = factor[0], f1 = factor[1], f2 = factor[2];
    for (size_t i = 0; i < pixels; i++) {
        red[i] = ((float)rgb[3 * i] - m0) * f0;
        green[i] = ((float)rgb[3 * i + 1] - m1) * f1;
        blue[i] = ((float)rgb[3 * i + 2] - m2) * f2;
    }
}

void sosia_pixels_normalise(const uint8_t *rgb, size_t pixels, const sosia_pixel_rule *rule, float *values) {
    // Mean and factor by colour; the rule gives them by channel of the result.
    float mean[3], factor[3];
    for (int colour = 0; colour < 3; colour++) {
        const int channel = rule->reversed ? 2 - colour : colour;
        mean[colour] = rule->mean[channel];
        factor[colour] = 1.0f / rule->scale[channel];
    }
    const size_t first = rule->reversed ? 2 : 0, last = 2 - first;
    if (!rule->interleaved) {
        planes(rgb, pixels, values + first * pixels, values + pixels, values + last * pixels, mean, factor);
        return;
    }
    for (size_t i = 0; i < pixels; i++) {
        values[3 * i + first] = ((float)rgb[3 * i] - mean[0]) * factor[0];
        values[3 * i + 1] = ((float)rgb[3 * i + 1] - mean[1]) * factor[1];
        values[3 * i + last] = ((float)rgb[3 * i + 2] - mean[2]) * factor[2];
    }
}
