// The 16-bit samples of a TIFF's pixels to bytes of grey, RGB or CMYK, opacity laid over white.
#include "tiff.h"

#include <math.h>

enum { FULL = 65535 };

int sosia_tiff_is_lab(const sosia_tiff_layout *page) {
    return page->photometric == CIE_LAB || page->photometric == ICC_LAB;
}

int sosia_tiff_channels(const sosia_tiff_layout *page) {
    if (page->is_rgba) return 3;
    switch (page->photometric) {
    // Bands that nothing names: the first three are shown, as those of rasters are.
    case WHITE_IS_ZERO:
    case BLACK_IS_ZERO:
    case MASK: return page->samples - (page->alpha >= 0) >= 3 ? 3 : 1;
    case SEPARATED: return page->colours >= 4 ? 4 : page->colours == 3 ? 3 : 1;
    case RGB: return page->colours >= 3 ? 3 : 1;
    default: return 3;
    }
}

static uint8_t byte(uint32_t value) {
    return (uint8_t)((value * 255 + 32895) >> 16);
}

static uint32_t over_white(uint32_t value, uint32_t opacity, int is_associated) {
    if (opacity == FULL) return value;
    if (!is_associated) value = (uint32_t)((uint64_t)value * opacity / FULL);
    value += FULL - opacity;
    return value < FULL ? value : FULL;
}

// CIE 1976 L*a*b* of any white to sRGB's, which is adaptation of the simplest kind.
static void lab_to_rgb(double l, double a, double b, uint32_t rgb[3]) {
    const double fy = (l + 16) / 116, f[3] = {fy + a / 500, fy, fy - b / 200};
    // The white point of sRGB (IEC 61966-2-1), D65.
    static const double white[3] = {0.95047, 1, 1.08883};
    static const double matrix[3][3] = {
        {3.2404542, -1.5371385, -0.4985314}, {-0.9692660, 1.8760108, 0.0415560}, {0.0556434, -0.2040259, 1.0572252}};
    double xyz[3];
    for (int i = 0; i < 3; i++)
        xyz[i] = white[i] * (f[i] > 6.0 / 29 ? f[i] * f[i] * f[i] : (f[i] - 4.0 / 29) * 108 / 841);
    for (int i = 0; i < 3; i++) {
        const double light = matrix[i][0] * xyz[0] + matrix[i][1] * xyz[1] + matrix[i][2] * xyz[2];
        const double value = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055;
        rgb[i] = value >= 1 ? FULL : value > 0 ? (uint32_t)(value * FULL + 0.5) : 0;
    }
}

static void lab(const sosia_tiff_layout *page, const uint16_t *s, uint32_t rgb[3]) {
    double axis[2];
    for (int i = 0; i < 2; i++) {
        // Bytes came as 257 times their value. CIELAB's axes are signed (TIFF 6.0), ICC's have 0 in the middle.
        const uint16_t stored = page->bits == 8 ? (uint16_t)((s[1 + i] & 255) << 8) : s[1 + i];
        axis[i] = page->photometric == CIE_LAB ? (int16_t)stored / 256.0 : stored / 256.0 - 128;
    }
    lab_to_rgb(s[0] * 100.0 / FULL, axis[0], axis[1], rgb);
}

static void coloured(const sosia_tiff_layout *page, const uint16_t *s, uint32_t rgb[3]) {
    const int last = page->map_count - 1;
    const int index = s[0] < last ? s[0] : last;
    for (int c = 0; c < 3; c++) rgb[c] = (uint32_t)page->map[c][index] * (uint32_t)page->map_step;
}

void sosia_tiff_colours(const sosia_tiff_layout *page, const uint16_t *samples, size_t count, uint8_t *out) {
    const int channels = sosia_tiff_channels(page), kind = page->photometric;
    const int is_inverse = kind == WHITE_IS_ZERO || (kind == SEPARATED && channels < 4);
    if (page->alpha < 0 && channels == page->samples && !is_inverse && kind != PALETTE &&
        !sosia_tiff_is_lab(page)) {
        for (size_t i = 0; i < count * (size_t)channels; i++) out[i] = byte(samples[i]);
        return;
    }
    for (size_t i = 0; i < count; i++, samples += page->samples, out += channels) {
        uint32_t opacity = page->alpha < 0 ? FULL : samples[page->alpha];
        if (page->alpha >= 0 && kind == PALETTE && page->bits == 8) opacity *= 257; // it came as an index does
        uint32_t value[4] = {0};
        if (sosia_tiff_is_lab(page)) {
            lab(page, samples, value);
        } else if (kind == PALETTE) {
            coloured(page, samples, value);
        } else {
            for (int c = 0, from = 0; c < channels; c++, from++) {
                from += from == page->alpha;
                value[c] = is_inverse ? FULL - samples[from] : samples[from];
            }
        }
        for (int c = 0; c < channels; c++) {
            // Of four inks none is white.
            if (channels < 4) value[c] = over_white(value[c], opacity, page->is_associated);
            else if (!page->is_associated) value[c] = (uint32_t)((uint64_t)value[c] * opacity / FULL);
            out[c] = byte(value[c]);
        }
    }
}
