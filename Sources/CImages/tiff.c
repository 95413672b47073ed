// TIFF through libtiff, which is opened with the first one and is there wherever libvips is. libvips' own reader of
// TIFF knows fewer kinds, and GDAL, which knows them, has a hundred libraries behind it.
#include "tiff.h"
#include "sosia_library.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sosia_libtiff sosia_libtiff_functions;

static sosia_libtiff *const lib = &sosia_libtiff_functions;
static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int is_available = 0;

// What libtiff may take at once for itself.
enum { LARGEST_ALLOCATION = 512 << 20 };

static void open_tiff(void) {
    static const char *const names[] = {"libtiff.so.6", "libtiff.6.dylib", "/opt/homebrew/lib/libtiff.6.dylib",
                                        "/usr/local/lib/libtiff.6.dylib", NULL};
    void *library = sosia_library_open(names);
    if (!library) return;
    const sosia_library_function needed[] = {
        {&lib->options, "TIFFOpenOptionsAlloc"},
        {&lib->options_free, "TIFFOpenOptionsFree"},
        {&lib->options_limit, "TIFFOpenOptionsSetMaxSingleMemAlloc"},
        {&lib->options_errors, "TIFFOpenOptionsSetErrorHandlerExtR"},
        {&lib->options_warnings, "TIFFOpenOptionsSetWarningHandlerExtR"},
        {&lib->open, "TIFFClientOpenExt"},
        {&lib->close, "TIFFClose"},
        {&lib->get, "TIFFGetField"},
        {&lib->get_default, "TIFFGetFieldDefaulted"},
        {&lib->set, "TIFFSetField"},
        {&lib->next, "TIFFReadDirectory"},
        {&lib->go, "TIFFSetSubDirectory"},
        {&lib->offset, "TIFFCurrentDirOffset"},
        {&lib->is_tiled, "TIFFIsTiled"},
        {&lib->is_configured, "TIFFIsCODECConfigured"},
        {&lib->tile_size, "TIFFTileSize"},
        {&lib->tile_row_size, "TIFFTileRowSize"},
        {&lib->strip_size, "TIFFStripSize"},
        {&lib->row_size, "TIFFScanlineSize"},
        {&lib->tile, "TIFFComputeTile"},
        {&lib->strip, "TIFFComputeStrip"},
        {&lib->tiles, "TIFFNumberOfTiles"},
        {&lib->strips, "TIFFNumberOfStrips"},
        {&lib->part_offset, "TIFFGetStrileOffset"},
        {&lib->part_bytes, "TIFFGetStrileByteCount"},
        {&lib->read_row, "TIFFReadScanline"},
        {&lib->read_strip, "TIFFReadEncodedStrip"},
        {&lib->read_tile, "TIFFReadEncodedTile"},
        {&lib->rgba_ok, "TIFFRGBAImageOK"},
        {&lib->rgba_strip, "TIFFReadRGBAStripExt"},
        {&lib->rgba_tile, "TIFFReadRGBATileExt"},
    };
    is_available = sosia_library_bind(library, needed, sizeof needed / sizeof needed[0]);
}

// The file is in memory; libtiff copies its header and reads the rest where it lies.

static ssize_t read_bytes(void *client, void *out, ssize_t count) {
    sosia_tiff *tiff = client;
    if (count < 0 || tiff->position > tiff->size) return -1;
    const size_t left = tiff->size - tiff->position, taken = (size_t)count < left ? (size_t)count : left;
    memcpy(out, tiff->bytes + tiff->position, taken);
    tiff->position += taken;
    return (ssize_t)taken;
}

static ssize_t write_nothing(void *client, void *bytes, ssize_t count) {
    (void)client, (void)bytes, (void)count;
    return -1;
}

static uint64_t seek(void *client, uint64_t offset, int whence) {
    sosia_tiff *tiff = client;
    tiff->position = (whence == SEEK_CUR ? tiff->position : whence == SEEK_END ? tiff->size : 0) + offset;
    return tiff->position;
}

static int no_close(void *client) {
    (void)client;
    return 0;
}

static uint64_t size_of(void *client) {
    return ((const sosia_tiff *)client)->size;
}

static int map(void *client, void **bytes, uint64_t *size) {
    const sosia_tiff *tiff = client;
    *bytes = (void *)(uintptr_t)tiff->bytes;
    *size = tiff->size;
    return 1;
}

static void no_unmap(void *client, void *bytes, uint64_t size) {
    (void)client, (void)bytes, (void)size;
}

static int keep_error(TIFF *native, void *client, const char *module, const char *format, va_list values) {
    (void)native, (void)module;
    sosia_tiff *tiff = client;
    if (!tiff->text[0]) vsnprintf(tiff->text, sizeof tiff->text, format, values);
    return 1;
}

// Odd tags are no one's concern; wrong data in an embedded JPEG, which libjpeg only warns of, is.
static int keep_damage(TIFF *native, void *client, const char *module, const char *format, va_list values) {
    (void)native, (void)module;
    sosia_tiff *tiff = client;
    char text[SOSIA_IMAGE_MESSAGE_SIZE];
    vsnprintf(text, sizeof text, format, values);
    const int is_wrong = strstr(text, "Corrupt JPEG data") && !strstr(text, "extraneous");
    if ((is_wrong || strstr(text, "Premature end")) && !tiff->text[0]) memcpy(tiff->text, text, sizeof text);
    return 1;
}

static int says(const sosia_tiff *tiff, const char *const *words) {
    for (; *words; words++)
        if (strstr(tiff->text, *words)) return 1;
    return 0;
}

static int is_cut_off(const sosia_tiff *tiff) {
    if (!tiff->native) return 0;
    const uint32_t parts = lib->is_tiled(tiff->native) ? lib->tiles(tiff->native) : lib->strips(tiff->native);
    for (uint32_t part = 0; part < parts; part++) {
        const uint64_t offset = lib->part_offset(tiff->native, part), bytes = lib->part_bytes(tiff->native, part);
        if (offset > tiff->size || bytes > tiff->size - offset) return 1;
    }
    return 0;
}

sosia_image_status sosia_tiff_failed(sosia_tiff *tiff, char message[SOSIA_IMAGE_MESSAGE_SIZE]) {
    static const char *const foreign[] = {"upport",    "implement", "annot handle", "onfigured",
                                          "different", "exceeds",   NULL};
    static const char *const memory[] = {"ut of memory", "space for", NULL};
    static const char *const ends[] = {"IO error", "Premature end", NULL};
    snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "%s", tiff->text);
    if (says(tiff, memory)) return SOSIA_IMAGE_NO_MEMORY;
    if (says(tiff, foreign)) return SOSIA_IMAGE_DECLINED;
    return says(tiff, ends) || is_cut_off(tiff) ? SOSIA_IMAGE_TRUNCATED : SOSIA_IMAGE_DAMAGED;
}

sosia_image_status sosia_tiff_open(const uint8_t *bytes, size_t size, void **out,
                                   char message[SOSIA_IMAGE_MESSAGE_SIZE]) {
    *out = NULL;
    message[0] = 0;
    pthread_once(&opened, open_tiff);
    if (!is_available) return SOSIA_IMAGE_NO_LIBRARY;
    sosia_tiff *tiff = calloc(1, sizeof *tiff);
    void *options = tiff ? lib->options() : NULL;
    if (!options) {
        free(tiff);
        return SOSIA_IMAGE_NO_MEMORY;
    }
    tiff->bytes = bytes;
    tiff->size = size;
    lib->options_limit(options, LARGEST_ALLOCATION);
    lib->options_errors(options, keep_error, tiff);
    lib->options_warnings(options, keep_damage, tiff);
    tiff->native =
        lib->open("", "r", tiff, read_bytes, write_nothing, seek, no_close, size_of, map, no_unmap, options);
    lib->options_free(options);
    if (!tiff->native) {
        const sosia_image_status status = sosia_tiff_failed(tiff, message);
        free(tiff);
        return status;
    }
    *out = tiff;
    return SOSIA_IMAGE_OK;
}

void sosia_tiff_close(void *native) {
    sosia_tiff *tiff = native;
    if (!tiff) return;
    lib->close(tiff->native);
    free(tiff);
}

static sosia_tiff_page page_here(const sosia_tiff *tiff, int is_child) {
    uint32_t kind = 0, width = 0, height = 0;
    uint16_t orientation = 0;
    lib->get(tiff->native, TAG_SUBFILE, &kind);
    lib->get(tiff->native, TAG_WIDTH, &width);
    lib->get(tiff->native, TAG_HEIGHT, &height);
    lib->get(tiff->native, TAG_ORIENTATION, &orientation);
    const uint64_t place = lib->offset(tiff->native);
    return (sosia_tiff_page){place, width, height, orientation, (kind & 1) != 0, (kind & 4) != 0, is_child};
}

int sosia_tiff_pages(void *native, sosia_tiff_page *pages, int room) {
    sosia_tiff *tiff = native;
    int count = 0, main = 0;
    do pages[count++] = page_here(tiff, 0);
    while (count < room && lib->next(tiff->native));
    main = count;
    for (int page = 0; page < main && count < room; page++) {
        uint16_t children = 0;
        uint64_t *offsets = NULL, copy[8];
        if (!lib->go(tiff->native, pages[page].place)) continue;
        if (!lib->get(tiff->native, TAG_SUB_IFD, &children, &offsets)) continue;
        if (children > 8) children = 8;
        memcpy(copy, offsets, children * sizeof *copy); // the next directory takes them away
        for (int child = 0; child < children && count < room; child++)
            if (lib->go(tiff->native, copy[child])) pages[count++] = page_here(tiff, 1);
    }
    tiff->text[0] = 0;
    return count;
}

static sosia_image_status declined(char *message, const char *reason) {
    snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "%s", reason);
    return SOSIA_IMAGE_DECLINED;
}

// The first extra sample that the file calls opacity. Samples that it does not mention have no meaning.
static void find_alpha(TIFF *native, sosia_tiff_layout *page) {
    uint16_t count = 0, *kinds = NULL;
    page->alpha = -1;
    page->colours = page->samples;
    if (!lib->get(native, TAG_EXTRA_SAMPLES, &count, &kinds) || count >= page->samples) return;
    page->colours -= count;
    for (int i = 0; i < count && page->alpha < 0; i++) {
        if (kinds[i] != ALPHA && kinds[i] != ALPHA_ASSOCIATED) continue;
        page->alpha = page->colours + i;
        page->is_associated = kinds[i] == ALPHA_ASSOCIATED;
    }
}

static int is_own(const sosia_tiff_layout *page) {
    switch (page->photometric) {
    case WHITE_IS_ZERO:
    case BLACK_IS_ZERO:
    case RGB:
    case MASK:
    case SEPARATED: return sosia_tiff_is_known(page->kind, page->bits);
    case PALETTE: return page->kind == UNSIGNED && page->bits <= 16 && page->map_count > 0;
    case CIE_LAB:
    case ICC_LAB: return page->colours >= 3 && (page->bits == 8 || page->bits == 16) && page->kind <= SIGNED;
    default: return 0;
    }
}

static void find_scales(sosia_tiff_layout *page) {
    double most = page->bits >= 64 ? 18446744073709551615.0 : (double)(((uint64_t)1 << page->bits) - 1);
    if (page->kind == SIGNED) most = (most - 1) / 2;
    page->has_range = page->kind != UNSIGNED && page->kind != UNKNOWN;
    page->colour = (sosia_scale){0, page->photometric == PALETTE ? 1 : 65535 / most};
    page->opacity = (sosia_scale){0, page->kind < FLOATING || page->kind == UNKNOWN ? 65535 / most : 65535};
}

static void find_map(TIFF *native, sosia_tiff_layout *page) {
    if (page->photometric != PALETTE || page->bits > 16) return;
    const uint16_t **map = page->map;
    if (!lib->get(native, TAG_COLOUR_MAP, &map[0], &map[1], &map[2])) return;
    page->map_count = 1 << page->bits;
    page->map_step = 257;
    for (int i = 0; i < 3 * page->map_count && page->map_step > 1; i++)
        if (map[i / page->map_count][i % page->map_count] > 255) page->map_step = 1;
}

// What the directory says of the samples.
static void describe(TIFF *file, sosia_tiff_layout *page) {
    uint16_t planar = 1, kind = UNSIGNED;
    memset(page, 0, sizeof *page);
    lib->get(file, TAG_WIDTH, &page->width);
    lib->get(file, TAG_HEIGHT, &page->height);
    lib->get_default(file, TAG_BITS, &page->bits);
    lib->get_default(file, TAG_SAMPLES, &page->samples);
    lib->get_default(file, TAG_FORMAT, &kind);
    lib->get_default(file, TAG_PLANAR, &planar);
    lib->get_default(file, TAG_COMPRESSION, &page->compression);
    if (!lib->get(file, TAG_PHOTOMETRIC, &page->photometric))
        page->photometric = page->samples < 3 ? BLACK_IS_ZERO : RGB;
    page->kind = kind > UNSIGNED && kind <= COMPLEX_FLOATING && kind != UNKNOWN ? (number_kind)kind : UNSIGNED;
    // Its axes are signed anyway.
    if (sosia_tiff_is_lab(page) && page->kind == SIGNED) page->kind = UNSIGNED;
    page->is_apart = planar == PLANES_APART && page->samples > 1;
    page->is_tiled = lib->is_tiled(file);
    find_alpha(file, page);
    find_map(file, page);
    if (page->is_tiled) {
        lib->get(file, TAG_TILE_WIDTH, &page->part_width);
        lib->get(file, TAG_TILE_HEIGHT, &page->part_height);
    } else {
        page->part_width = page->width;
        lib->get_default(file, TAG_ROWS_PER_STRIP, &page->part_height);
        if (page->part_height > page->height) page->part_height = page->height;
    }
    find_scales(page);
}

sosia_image_status sosia_tiff_choose(void *native, uint64_t place, int *channels, const uint8_t **profile,
                                     size_t *profile_size, char message[SOSIA_IMAGE_MESSAGE_SIZE]) {
    sosia_tiff *tiff = native;
    sosia_tiff_layout *page = &tiff->page;
    TIFF *file = tiff->native;
    message[0] = tiff->text[0] = 0;
    *profile = NULL;
    *profile_size = 0;
    if (!lib->go(file, place)) return sosia_tiff_failed(tiff, message);
    describe(file, page);
    if (page->width == 0 || page->height == 0 || page->part_width == 0 || page->part_height == 0) {
        snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "the header says %u x %u pixels", page->width, page->height);
        return SOSIA_IMAGE_DAMAGED;
    }
    if (page->photometric == MOSAIC || page->photometric == LINEAR_RAW)
        return declined(message, "a camera's raw picture");
    if (!lib->is_configured(page->compression)) {
        snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "compression %d", page->compression);
        return SOSIA_IMAGE_DECLINED;
    }
    if (page->compression == COMPRESSION_JPEG && page->photometric == YCBCR && page->samples == 3 && !page->is_apart) {
        lib->set(file, TAG_JPEG_COLOUR_MODE, 1);
        page->photometric = RGB;
    }
    page->is_rgba = page->compression == COMPRESSION_OLD_JPEG || !is_own(page);
    if (page->is_rgba) {
        char reason[1024] = "";
        if (!lib->rgba_ok(file, reason)) return declined(message, reason[0] ? reason : "a rare kind of samples");
        // Rows come as they are stored; the caller turns them.
        lib->set(file, TAG_ORIENTATION, 1);
    }
    uint32_t profile_bytes = 0;
    if (!sosia_tiff_is_lab(page) && lib->get(file, TAG_PROFILE, &profile_bytes, profile)) *profile_size = profile_bytes;
    *channels = sosia_tiff_channels(page);
    return SOSIA_IMAGE_OK;
}
