#include "kernels_internal.h"

#include <math.h>
#include <string.h>

void sosia_quantize(const float *values, size_t count, float inverse_step, uint8_t *codes, double *product,
                    double *norm) {
    enum { LANES = 8 };
    double products[LANES] = {0}, norms[LANES] = {0};
    for (size_t i = 0; i < count; i++) {
        float shifted = values[i] * inverse_step + 8.0f;
        shifted = shifted < 0.0f ? 0.0f : shifted > 15.0f ? 15.0f : shifted;
        const uint8_t code = (uint8_t)shifted;
        codes[i] = code;
        const double centred = (double)code - 7.5;
        products[i % LANES] += centred * (double)values[i];
        norms[i % LANES] += centred * centred;
    }
    *product = *norm = 0;
    for (int lane = 0; lane < LANES; lane++) {
        *product += products[lane];
        *norm += norms[lane];
    }
}

void sosia_quantize_query(const float *values, size_t count, float inverse_step, int8_t *out, int32_t *sum) {
    int32_t total = 0;
    for (size_t i = 0; i < count; i++) {
        float scaled = values[i] * inverse_step;
        scaled = scaled < -127.0f ? -127.0f : scaled > 127.0f ? 127.0f : scaled;
        const int32_t rounded = (int32_t)(scaled + (scaled < 0 ? -0.5f : 0.5f));
        out[i] = (int8_t)rounded;
        total += rounded;
    }
    *sum = total;
}

static void hadamard(float *values, size_t count) {
    for (size_t half = 1; half < count; half *= 2) {
        for (size_t start = 0; start < count; start += 2 * half) {
            float *low = values + start, *high = low + half;
            for (size_t i = 0; i < half; i++) {
                const float a = low[i], b = high[i];
                low[i] = a + b;
                high[i] = a - b;
            }
        }
    }
    const float scale = 1.0f / sqrtf((float)count);
    for (size_t i = 0; i < count; i++) values[i] *= scale;
}

static size_t largest_power_of_two(size_t count) {
    size_t power = 1;
    while (power * 2 <= count) power *= 2;
    return power;
}

void sosia_mix(float *values, size_t count, const float *signs) {
    const size_t power = largest_power_of_two(count);
    for (size_t i = 0; i < count; i++) values[i] *= signs[i];
    hadamard(values, power);
    for (size_t i = 0; i < count; i++) values[i] *= signs[count + i];
    hadamard(values + (count - power), power);
}

void sosia_unmix(float *values, size_t count, const float *signs) {
    const size_t power = largest_power_of_two(count);
    hadamard(values + (count - power), power);
    for (size_t i = 0; i < count; i++) values[i] *= signs[count + i];
    hadamard(values, power);
    for (size_t i = 0; i < count; i++) values[i] *= signs[i];
}

void sosia_add_scaled(float *values, const float *other, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] += factor * other[i];
}

// Each step is a bijection of the state for a given word, and of the word for a given state.
uint64_t sosia_checksum(const uint8_t *bytes, size_t count) {
    enum { LANES = 4 };
    const uint64_t prime = 0x9E3779B97F4A7C15u;
    uint64_t lanes[LANES] = {1, 2, 3, 4};
    size_t i = 0;
    for (; i + 8 * LANES <= count; i += 8 * LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            uint64_t word;
            memcpy(&word, bytes + i + 8 * lane, sizeof word);
            lanes[lane] = (lanes[lane] ^ word) * prime;
            lanes[lane] ^= lanes[lane] >> 29;
        }
    }
    for (int lane = 0; i < count; i += 8, lane++) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, count - i < 8 ? count - i : 8);
        lanes[lane] = (lanes[lane] ^ word) * prime;
        lanes[lane] ^= lanes[lane] >> 29;
    }
    uint64_t sum = count;
    for (int lane = 0; lane < LANES; lane++) {
        sum = (sum ^ lanes[lane]) * prime;
        sum ^= sum >> 29;
    }
    return sum;
}
