// IEEE 754 binary16, in integers, so that it needs no instruction set.
#include "kernels_internal.h"

#include <math.h>
#include <string.h>

float sosia_from_half(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = (half >> 10) & 31, fraction = half & 1023;
    uint32_t bits;
    if (exponent == 0) {
        const float tiny = (float)fraction * 0x1p-24f;
        return sign ? -tiny : tiny;
    }
    if (exponent == 31) {
        bits = sign | 0x7F800000 | fraction << 13;
    } else {
        bits = sign | (exponent + 112) << 23 | fraction << 13;
    }
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// The largest half that is not above a magnitude.
static uint16_t truncated(float magnitude) {
    if (isnan(magnitude)) return 0x7E00;
    if (magnitude >= 65504.0f) return isinf(magnitude) ? 0x7C00 : 0x7BFF;
    if (magnitude < 0x1p-14f) return (uint16_t)(magnitude * 0x1p24f);
    uint32_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    return (uint16_t)(((bits >> 23) - 112) << 10 | ((bits >> 13) & 1023));
}

static uint16_t with_sign(uint16_t half, float value) { return value < 0 ? half | 0x8000 : half; }

uint16_t sosia_to_half_towards(float value) { return with_sign(truncated(fabsf(value)), value); }

uint16_t sosia_to_half_away(float value) {
    const float magnitude = fabsf(value);
    uint16_t half = truncated(magnitude);
    if (sosia_from_half(half) < magnitude) half++;
    return with_sign(half, value);
}

uint16_t sosia_to_half(float value) {
    const float magnitude = fabsf(value);
    const uint16_t low = truncated(magnitude);
    if (!(sosia_from_half(low) < magnitude)) return with_sign(low, value);
    const uint16_t high = low + 1;
    const int up = sosia_from_half(high) - magnitude < magnitude - sosia_from_half(low);
    return with_sign(up ? high : low, value);
}
