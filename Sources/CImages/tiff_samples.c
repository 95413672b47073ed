// The numbers of a TIFF, of any width and kind, to 16 bits.
#include "tiff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double FULL = 65535;

int sosia_tiff_is_known(number_kind kind, int bits) {
    switch (kind) {
    case UNSIGNED:
    case UNKNOWN: return (bits >= 1 && bits <= 32) || bits == 64;
    case SIGNED: return (bits >= 2 && bits <= 32) || bits == 64;
    case FLOATING: return bits == 16 || bits == 24 || bits == 32 || bits == 64;
    case COMPLEX_INTEGER: return bits == 32 || bits == 64;
    case COMPLEX_FLOATING: return bits == 64 || bits == 128;
    }
    return 0;
}

// Whole bytes are in the processor's order, as libtiff hands them over; other widths are bits from the highest on.
static uint64_t integer(const uint8_t *row, int bits, size_t index) {
    uint16_t two;
    uint32_t four;
    uint64_t eight, value = 0;
    switch (bits) {
    case 8: return row[index];
    case 16: return memcpy(&two, row + 2 * index, 2), two;
    case 32: return memcpy(&four, row + 4 * index, 4), four;
    case 64: return memcpy(&eight, row + 8 * index, 8), eight;
    case 24:
        row += 3 * index;
        return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? row[0] | (uint64_t)row[1] << 8 | (uint64_t)row[2] << 16
                                                         : row[2] | (uint64_t)row[1] << 8 | (uint64_t)row[0] << 16;
    default: break;
    }
    size_t bit = index * (size_t)bits;
    for (int left = bits; left > 0;) {
        const int there = 8 - (int)(bit % 8), taken = there < left ? there : left;
        value = value << taken | ((row[bit / 8] >> (there - taken)) & ((1u << taken) - 1));
        bit += (size_t)taken;
        left -= taken;
    }
    return value;
}

static double with_sign(uint64_t value, int bits) {
    return bits == 64 ? (double)(int64_t)value : (double)value - (value >> (bits - 1) ? ldexp(1, bits) : 0);
}

// IEEE 754 binary16, and the 24 bits of DNG: a sign, an exponent, the rest.
static double small_float(uint64_t value, int exponent_bits, int fraction_bits) {
    const int top = (1 << exponent_bits) - 1, bias = top / 2;
    const int exponent = (int)(value >> fraction_bits) & top;
    const double fraction = (double)(value & ((1u << fraction_bits) - 1));
    const double sign = value >> (exponent_bits + fraction_bits) ? -1 : 1;
    if (exponent == top) return fraction == 0 ? sign * (double)INFINITY : (double)NAN;
    if (exponent == 0) return sign * ldexp(fraction, 1 - bias - fraction_bits);
    return sign * ldexp(fraction + ldexp(1, fraction_bits), exponent - bias - fraction_bits);
}

static double floating(const uint8_t *row, int bits, size_t index) {
    float single;
    double twice;
    switch (bits) {
    case 16: return small_float(integer(row, 16, index), 5, 10);
    case 24: return small_float(integer(row, 24, index), 7, 16);
    case 32: return memcpy(&single, row + 4 * index, 4), (double)single;
    default: return memcpy(&twice, row + 8 * index, 8), twice;
    }
}

double sosia_tiff_number(const sosia_tiff_layout *page, const uint8_t *row, size_t index) {
    const int bits = page->bits, half = bits / 2;
    switch (page->kind) {
    case SIGNED: return with_sign(integer(row, bits, index), bits);
    case FLOATING: return floating(row, bits, index);
    case COMPLEX_INTEGER:
        return hypot(with_sign(integer(row, half, 2 * index), half),
                     with_sign(integer(row, half, 2 * index + 1), half));
    case COMPLEX_FLOATING: return hypot(floating(row, half, 2 * index), floating(row, half, 2 * index + 1));
    default: return (double)integer(row, bits, index);
    }
}

static uint16_t level(double value, sosia_scale scale) {
    const double scaled = (value - scale.low) * scale.factor + 0.5;
    return scaled >= FULL ? 65535 : scaled > 0 ? (uint16_t)scaled : 0; // not a number is 0
}

void sosia_tiff_unpack(const sosia_tiff_layout *page, const uint8_t *row, size_t count, int sample, size_t stride,
                       uint16_t *out) {
    const int is_plain = page->kind == UNSIGNED || page->kind == UNKNOWN;
    if (is_plain && page->bits == 8) {
        const uint16_t step = page->photometric == PALETTE ? 1 : 257;
        for (size_t i = 0; i < count; i++) out[i * stride] = (uint16_t)(row[i] * step);
    } else if (is_plain && page->bits == 16) {
        for (size_t i = 0; i < count; i++) memcpy(out + i * stride, row + 2 * i, 2);
    } else {
        for (size_t i = 0; i < count; i++) {
            const int number = page->is_apart ? sample : (int)(i % page->samples);
            out[i * stride] =
                level(sosia_tiff_number(page, row, i), number == page->alpha ? page->opacity : page->colour);
        }
    }
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

sosia_scale sosia_tiff_range(number_kind kind, double *values, size_t count) {
    if (count == 0) return (sosia_scale){0, FULL};
    qsort(values, count, sizeof *values, ascending);
    double low = values[(size_t)floor(0.02 * (double)(count - 1))];
    double high = values[(size_t)ceil(0.98 * (double)(count - 1))];
    // Programs write floats as 0...1 or as the levels of a byte; a picture of either fills a part of it.
    if (kind == FLOATING && low >= 0 && high <= 255 && (high <= 1 ? high > 1.0 / 16 : high > 16)) {
        low = 0;
        high = high <= 1 ? 1 : 255;
    } else if (low >= high) { // one value only is grey
        low -= 1;
        high += 1;
    }
    return (sosia_scale){low, FULL / (high - low)};
}
