#include "CImages.h"
#include "sosia_clones.h"

static inline uint8_t clipped(int value) {
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

SOSIA_CLONES void sosia_ycc_to_rgb(const uint8_t *restrict y, const uint8_t *restrict cb, const uint8_t *restrict cr,
                                   uint8_t *restrict rgb, size_t count) {
    // 1.402, 0.344136, 0.714136 and 1.772 in 1/65536.
    for (size_t i = 0; i < count; i++) {
        const int luma = (y[i] << 16) + 32768, b = cb[i] - 128, r = cr[i] - 128;
        rgb[3 * i] = clipped((luma + 91881 * r) >> 16);
        rgb[3 * i + 1] = clipped((luma - 22554 * b - 46802 * r) >> 16);
        rgb[3 * i + 2] = clipped((luma + 116130 * b) >> 16);
    }
}

void sosia_grey_to_rgb(const uint8_t *grey, uint8_t *rgb, size_t count) {
    for (size_t i = 0; i < count; i++) rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = grey[i];
}

void sosia_cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const unsigned light = 255u - cmyk[4 * i + 3];
        for (size_t c = 0; c < 3; c++) rgb[3 * i + c] = (uint8_t)(((255u - cmyk[4 * i + c]) * light + 127) / 255);
    }
}

void sosia_orient_rgb(const uint8_t *rgb, int width, int height, int orientation, uint8_t *out) {
    // Where the upright picture's first pixel is stored, and how far to go for one to the right and one down.
    const ptrdiff_t w = width, h = height;
    const int swaps = orientation >= 5 && orientation <= 8;
    ptrdiff_t first = 0, right = swaps ? w : 1, down = swaps ? 1 : w;
    switch (orientation) {
    case 2: first = w - 1; right = -1; break;
    case 3: first = w * h - 1; right = -1; down = -w; break;
    case 4: first = w * (h - 1); down = -w; break;
    case 5: break;
    case 6: first = w * (h - 1); right = -w; break;
    case 7: first = w * h - 1; right = -w; down = -1; break;
    case 8: first = w - 1; down = -1; break;
    default: break;
    }
    const ptrdiff_t columns = swaps ? h : w, rows = swaps ? w : h;
    for (ptrdiff_t j = 0; j < rows; j++) {
        const uint8_t *from = rgb + 3 * (first + j * down);
        for (ptrdiff_t i = 0; i < columns; i++, from += 3 * right) {
            *out++ = from[0];
            *out++ = from[1];
            *out++ = from[2];
        }
    }
}
