// The rows of a TIFF's page, from the top to the last one: whatever part of it is wanted, all of it is decoded, so that
// a file that is cut off or damaged anywhere is not taken for a picture.
#include "tiff.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Of what has to be decoded at once: a row of tiles, or the strips of all planes.
enum { LARGEST_BAND = 400 << 20, NO_BAND = -1 };

// Of all rows of a page together.
static const double most_samples = 4e9;

// Numbers that the range of a page is found from, along each side.
enum { PROBES = 256 };

typedef struct {
    sosia_tiff *tiff;
    const sosia_tiff_layout *page;
    size_t planes, columns;
    uint32_t band_rows;  // one, where rows can be had one by one
    size_t part_bytes, row_bytes;
    uint8_t *band;       // part after part, plane after plane
    int64_t number;      // of the band
    uint16_t *samples;   // of a row
} row_reader;

static sosia_image_status start(row_reader *rows, sosia_tiff *tiff, char *message) {
    const sosia_libtiff *lib = &sosia_libtiff_functions;
    const sosia_tiff_layout *page = &tiff->page;
    TIFF *file = tiff->native;
    *rows = (row_reader){tiff, page, 1, 1, page->part_height, 0, 0, NULL, NO_BAND, NULL};
    if (page->is_tiled) rows->columns = (page->width - 1) / page->part_width + 1;
    const size_t row_samples = (size_t)page->width * page->samples;
    if (row_samples > LARGEST_BAND / sizeof *rows->samples || (double)row_samples * page->height > most_samples) {
        snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "%u samples a pixel", (unsigned)page->samples);
        return SOSIA_IMAGE_DECLINED;
    }
    if (page->is_rgba) {
        rows->row_bytes = (size_t)page->part_width * 4;
        // Sides are whatever the file says: their product is asked for only when it cannot overflow.
        const size_t most = rows->row_bytes > 0 ? LARGEST_BAND / rows->row_bytes : 0;
        rows->part_bytes = page->part_height > most ? (size_t)LARGEST_BAND + 1 : rows->row_bytes * page->part_height;
    } else {
        rows->planes = page->is_apart ? page->samples : 1;
        if (!page->is_tiled && !page->is_apart) rows->band_rows = 1;
        const ssize_t row = page->is_tiled ? lib->tile_row_size(file) : lib->row_size(file);
        const ssize_t part = page->is_tiled ? lib->tile_size(file) : rows->band_rows == 1 ? row : lib->strip_size(file);
        const size_t needed = ((size_t)page->part_width * (page->is_apart ? 1 : page->samples) * page->bits + 7) / 8;
        if (row <= 0 || part <= 0) return sosia_tiff_failed(tiff, message);
        rows->row_bytes = (size_t)row;
        rows->part_bytes = (size_t)part;
        if (rows->row_bytes < needed || rows->part_bytes / rows->row_bytes < rows->band_rows) {
            snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "rows of %zd bytes", row);
            return SOSIA_IMAGE_DAMAGED;
        }
    }
    if (rows->part_bytes > LARGEST_BAND / rows->columns / rows->planes) {
        snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "%zu MB that can only be decoded at once",
                 (size_t)((double)rows->part_bytes * (double)rows->columns * (double)rows->planes / 1e6));
        return SOSIA_IMAGE_DECLINED;
    }
    rows->band = calloc(rows->columns * rows->planes, rows->part_bytes);
    rows->samples = page->is_rgba ? NULL : malloc(row_samples * sizeof *rows->samples);
    return rows->band && (page->is_rgba || rows->samples) ? SOSIA_IMAGE_OK : SOSIA_IMAGE_NO_MEMORY;
}

static void end(row_reader *rows) {
    free(rows->band);
    free(rows->samples);
}

static int load_part(row_reader *rows, uint8_t *part, size_t plane, uint32_t x, uint32_t y) {
    const sosia_libtiff *lib = &sosia_libtiff_functions;
    const sosia_tiff_layout *page = rows->page;
    TIFF *file = rows->tiff->native;
    if (page->is_rgba) {
        uint32_t *pixels = (uint32_t *)(void *)part;
        return page->is_tiled ? lib->rgba_tile(file, x, y, pixels, 1) : lib->rgba_strip(file, y, pixels, 1);
    }
    if (page->is_tiled)
        return lib->read_tile(file, lib->tile(file, x, y, 0, (uint16_t)plane), part, (ssize_t)rows->part_bytes) >= 0;
    if (rows->band_rows == 1 && rows->planes == 1) return lib->read_row(file, part, y, 0) == 1;
    return lib->read_strip(file, lib->strip(file, y, (uint16_t)plane), part, (ssize_t)rows->part_bytes) >= 0;
}

static int load(row_reader *rows, uint32_t y) {
    const int64_t number = y / rows->band_rows;
    if (number == rows->number) return 1;
    rows->number = number;
    for (size_t plane = 0; plane < rows->planes; plane++) {
        for (size_t column = 0; column < rows->columns; column++) {
            uint8_t *part = rows->band + (plane * rows->columns + column) * rows->part_bytes;
            const uint32_t x = (uint32_t)column * rows->page->part_width;
            if (!load_part(rows, part, plane, x, (uint32_t)number * rows->band_rows)) return 0;
        }
    }
    return rows->tiff->text[0] == 0;
}

// A stored row of a part.
static const uint8_t *stored(const row_reader *rows, size_t plane, size_t column, uint32_t y) {
    const sosia_tiff_layout *page = rows->page;
    uint32_t row = y % rows->band_rows;
    if (page->is_rgba) { // from the bottom up; the last strip may be short
        const uint32_t first = y - row;
        const uint32_t there =
            !page->is_tiled && page->height - first < rows->band_rows ? page->height - first : rows->band_rows;
        row = there - 1 - row;
    }
    return rows->band + (plane * rows->columns + column) * rows->part_bytes + row * rows->row_bytes;
}

static size_t width_of(const row_reader *rows, size_t column) {
    const size_t first = column * rows->page->part_width, left = rows->page->width - first;
    return left < rows->page->part_width ? left : rows->page->part_width;
}

static void unpack(row_reader *rows, uint32_t y) {
    const size_t samples = rows->page->samples, together = rows->planes == 1 ? samples : 1;
    for (size_t plane = 0; plane < rows->planes; plane++)
        for (size_t column = 0; column < rows->columns; column++)
            sosia_tiff_unpack(rows->page, stored(rows, plane, column, y), width_of(rows, column) * together, (int)plane,
                              rows->planes == 1 ? 1 : samples,
                              rows->samples + column * rows->page->part_width * samples + plane);
}

// `out` has three or more bytes a pixel.
static void convert(row_reader *rows, uint32_t y, uint8_t *out) {
    if (!rows->page->is_rgba) {
        unpack(rows, y);
        sosia_tiff_colours(rows->page, rows->samples, rows->page->width, out);
        return;
    }
    for (size_t column = 0; column < rows->columns; column++) {
        const uint8_t *row = stored(rows, 0, column, y);
        for (size_t i = 0; i < width_of(rows, column); i++, out += 3) {
            uint32_t pixel;
            memcpy(&pixel, row + 4 * i, 4);
            const uint32_t clear = 255 - (pixel >> 24); // colours are multiplied by their opacity
            for (int c = 0; c < 3; c++) {
                const uint32_t value = ((pixel >> (8 * c)) & 255) + clear;
                out[c] = (uint8_t)(value < 255 ? value : 255);
            }
        }
    }
}

static sosia_image_status find_range(row_reader *rows, int (*stop)(void *), void *context, char *message) {
    sosia_tiff_layout *page = &rows->tiff->page;
    const uint32_t down = (page->height - 1) / PROBES + 1, across = (page->width - 1) / PROBES + 1;
    const size_t shown = (size_t)sosia_tiff_channels(page);
    double *values = malloc(sizeof *values * PROBES * PROBES * shown);
    if (!values) return SOSIA_IMAGE_NO_MEMORY;
    sosia_image_status status = SOSIA_IMAGE_OK;
    size_t count = 0;
    for (uint32_t y = 0; y < page->height && status == SOSIA_IMAGE_OK; y++) {
        // Row by row, because few compressions can pass over one.
        if (stop(context)) status = SOSIA_IMAGE_STOPPED;
        else if (!load(rows, y)) status = sosia_tiff_failed(rows->tiff, message);
        if (y % down != 0) continue;
        for (uint32_t x = 0; x < page->width && status == SOSIA_IMAGE_OK; x += across) {
            for (size_t c = 0; c < shown; c++) {
                const size_t sample = c + (page->alpha >= 0 && (size_t)page->alpha <= c);
                const uint8_t *row = stored(rows, rows->planes == 1 ? 0 : sample, x / page->part_width, y);
                const size_t pixel = x % page->part_width;
                const double value =
                    sosia_tiff_number(page, row, rows->planes == 1 ? pixel * page->samples + sample : pixel);
                if (isfinite(value)) values[count++] = value;
            }
        }
    }
    page->colour = sosia_tiff_range(page->kind, values, count);
    if (page->kind == FLOATING && page->colour.low == 0 && page->colour.factor == 65535.0 / 255)
        page->opacity = page->colour;
    rows->number = NO_BAND;
    free(values);
    return status;
}

typedef struct {
    const sosia_block_plan *plan;
    int channels;
    size_t across;   // blocks
    uint64_t *sums;  // of a row of blocks
    uint8_t *out;
} averager;

static void add(averager *blocks, int row, const uint8_t *pixels) {
    const sosia_block_plan *plan = blocks->plan;
    const int inside = row - plan->top, channels = blocks->channels;
    if (inside < 0 || inside >= plan->height) return;
    pixels += (size_t)plan->left * (size_t)channels;
    if (plan->across == 1 && plan->down == 1) {
        memcpy(blocks->out, pixels, blocks->across * (size_t)channels);
        blocks->out += blocks->across * (size_t)channels;
        return;
    }
    uint64_t *const sums = blocks->sums, *sum = sums;
    for (int x = 0; x < plan->width; x += plan->across, sum += channels) {
        const int end = plan->width - x < plan->across ? plan->width - x : plan->across;
        for (int i = 0; i < end; i++)
            for (int c = 0; c < channels; c++) sum[c] += *pixels++;
    }
    const int first = inside % plan->down;
    if (first != plan->down - 1 && inside != plan->height - 1) return;
    for (size_t block = 0; block < blocks->across; block++) {
        const int left = plan->width - (int)block * plan->across;
        const uint64_t pixels_here = (uint64_t)(left < plan->across ? left : plan->across) * (uint64_t)(first + 1);
        for (int c = 0; c < channels; c++)
            *blocks->out++ = (uint8_t)((sums[block * (size_t)channels + (size_t)c] + pixels_here / 2) / pixels_here);
    }
    memset(blocks->sums, 0, blocks->across * (size_t)channels * sizeof *blocks->sums);
}

// Compression leaves a blank page a little noise.
enum { NOISE = 3 };

static void widen(uint8_t low[4], uint8_t high[4], const uint8_t *pixels, size_t count, int channels) {
    for (size_t i = 0; i < count; i++)
        for (int c = 0; c < channels; c++, pixels++) {
            if (*pixels < low[c]) low[c] = *pixels;
            if (*pixels > high[c]) high[c] = *pixels;
        }
}

sosia_image_status sosia_tiff_read(void *native, const sosia_block_plan *plan, int (*stop)(void *context),
                                   void *context, uint8_t *out, int *is_blank,
                                   char message[SOSIA_IMAGE_MESSAGE_SIZE]) {
    sosia_tiff *tiff = native;
    const sosia_tiff_layout *page = &tiff->page;
    message[0] = tiff->text[0] = 0;
    const int channels = sosia_tiff_channels(page);
    uint8_t low[4] = {255, 255, 255, 255}, high[4] = {0};
    averager blocks = {plan, channels, (size_t)((plan->width - 1) / plan->across + 1), NULL, out};
    row_reader rows;
    sosia_image_status status = start(&rows, tiff, message);
    uint8_t *pixels = malloc((size_t)page->width * (size_t)channels);
    blocks.sums = calloc(blocks.across * (size_t)channels, sizeof *blocks.sums);
    if (status == SOSIA_IMAGE_OK && (!pixels || !blocks.sums)) status = SOSIA_IMAGE_NO_MEMORY;
    if (status == SOSIA_IMAGE_OK && page->has_range && !page->is_rgba)
        status = find_range(&rows, stop, context, message);
    for (uint32_t y = 0; y < page->height && status == SOSIA_IMAGE_OK; y++) {
        if (y % 64 == 0 && stop(context)) {
            status = SOSIA_IMAGE_STOPPED;
        } else if (!load(&rows, y)) {
            status = sosia_tiff_failed(tiff, message);
        } else {
            convert(&rows, y, pixels);
            if (*is_blank) widen(low, high, pixels, page->width, channels);
            add(&blocks, (int)y, pixels);
        }
    }
    for (int c = 0; c < channels; c++) *is_blank = *is_blank && high[c] - low[c] <= NOISE;
    end(&rows);
    free(pixels);
    free(blocks.sums);
    return status;
}
