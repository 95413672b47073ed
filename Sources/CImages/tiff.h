// What the parts of the TIFF reader share: the library, an open file, and the page of it that is read.
#ifndef SOSIA_TIFF_H
#define SOSIA_TIFF_H

#include "CImages.h"

#include <stdarg.h>
#include <sys/types.h>

typedef struct tiff TIFF;

// libtiff's stable C interface as of 4.5, which is the first that reports errors to a file's own handler.
typedef struct {
    void *(*options)(void);
    void (*options_free)(void *options);
    void (*options_limit)(void *options, ssize_t bytes);
    void (*options_errors)(void *options, int (*handler)(TIFF *, void *, const char *, const char *, va_list), void *);
    void (*options_warnings)(void *options, int (*handler)(TIFF *, void *, const char *, const char *, va_list),
                             void *);
    TIFF *(*open)(const char *name, const char *mode, void *client, ssize_t (*read)(void *, void *, ssize_t),
                  ssize_t (*write)(void *, void *, ssize_t), uint64_t (*seek)(void *, uint64_t, int),
                  int (*close)(void *), uint64_t (*size)(void *), int (*map)(void *, void **, uint64_t *),
                  void (*unmap)(void *, void *, uint64_t), void *options);
    void (*close)(TIFF *);
    int (*get)(TIFF *, uint32_t tag, ...);
    int (*get_default)(TIFF *, uint32_t tag, ...);
    int (*set)(TIFF *, uint32_t tag, ...);
    int (*next)(TIFF *);
    int (*go)(TIFF *, uint64_t offset);
    uint64_t (*offset)(TIFF *);
    int (*is_tiled)(TIFF *);
    int (*is_configured)(uint16_t compression);
    ssize_t (*tile_size)(TIFF *);
    ssize_t (*tile_row_size)(TIFF *);
    ssize_t (*strip_size)(TIFF *);
    ssize_t (*row_size)(TIFF *);
    uint32_t (*tile)(TIFF *, uint32_t x, uint32_t y, uint32_t z, uint16_t plane);
    uint32_t (*strip)(TIFF *, uint32_t row, uint16_t plane);
    uint32_t (*tiles)(TIFF *);
    uint32_t (*strips)(TIFF *);
    uint64_t (*part_offset)(TIFF *, uint32_t part);
    uint64_t (*part_bytes)(TIFF *, uint32_t part);
    int (*read_row)(TIFF *, void *out, uint32_t row, uint16_t plane);
    ssize_t (*read_strip)(TIFF *, uint32_t strip, void *out, ssize_t size);
    ssize_t (*read_tile)(TIFF *, uint32_t tile, void *out, ssize_t size);
    int (*rgba_ok)(TIFF *, char message[1024]);
    int (*rgba_strip)(TIFF *, uint32_t row, uint32_t *out, int stops);
    int (*rgba_tile)(TIFF *, uint32_t x, uint32_t y, uint32_t *out, int stops);
} sosia_libtiff;

// As in tiff.h of libtiff (TIFF 6.0, with the supplements of Photoshop and DNG).
enum {
    TAG_SUBFILE = 254,
    TAG_WIDTH = 256,
    TAG_HEIGHT = 257,
    TAG_BITS = 258,
    TAG_COMPRESSION = 259,
    TAG_PHOTOMETRIC = 262,
    TAG_ORIENTATION = 274,
    TAG_SAMPLES = 277,
    TAG_ROWS_PER_STRIP = 278,
    TAG_PLANAR = 284,
    TAG_COLOUR_MAP = 320,
    TAG_TILE_WIDTH = 322,
    TAG_TILE_HEIGHT = 323,
    TAG_SUB_IFD = 330,
    TAG_INK_SET = 332,
    TAG_EXTRA_SAMPLES = 338,
    TAG_FORMAT = 339,
    TAG_PROFILE = 34675,
    TAG_JPEG_COLOUR_MODE = 65538,
};
enum {
    WHITE_IS_ZERO = 0,
    BLACK_IS_ZERO = 1,
    RGB = 2,
    PALETTE = 3,
    MASK = 4,
    SEPARATED = 5,
    YCBCR = 6,
    CIE_LAB = 8,
    ICC_LAB = 9,
    MOSAIC = 32803,
    LINEAR_RAW = 34892,
};
enum { COMPRESSION_OLD_JPEG = 6, COMPRESSION_JPEG = 7, PLANES_APART = 2, ALPHA_ASSOCIATED = 1, ALPHA = 2 };

// How a number is stored.
typedef enum {
    UNSIGNED = 1,
    SIGNED,
    FLOATING,
    UNKNOWN, // as unsigned
    COMPLEX_INTEGER,
    COMPLEX_FLOATING,
} number_kind;

// What becomes 0 and 65535.
typedef struct {
    double low;
    double factor;
} sosia_scale;

typedef struct {
    uint32_t width, height;
    uint16_t bits, samples, photometric, compression;
    number_kind kind;
    int colours;           // samples of a pixel before the extra ones
    int alpha;             // which sample is opacity; -1 without
    int is_associated;     // colours are multiplied by it already
    int is_apart;          // each sample has a plane of its own
    int is_tiled;
    int is_rgba;           // read by libtiff's own conversion to RGBA
    int has_range;         // numbers without a largest value: scaled by what is there
    uint32_t part_width, part_height; // of a tile or strip
    sosia_scale colour, opacity;
    const uint16_t *map[3];           // palette
    int map_count;
    int map_step;                     // 257 where old programs wrote bytes
} sosia_tiff_layout;

typedef struct {
    TIFF *native;
    const uint8_t *bytes;
    size_t size;
    uint64_t position;
    char text[SOSIA_IMAGE_MESSAGE_SIZE]; // the first error since it was emptied
    sosia_tiff_layout page;
} sosia_tiff;

extern sosia_libtiff sosia_libtiff_functions;

// Whether colours are CIE 1976 L*a*b*.
int sosia_tiff_is_lab(const sosia_tiff_layout *page);

// The status that fits the file's first error, which goes to `message`.
sosia_image_status sosia_tiff_failed(sosia_tiff *tiff, char message[SOSIA_IMAGE_MESSAGE_SIZE]);

// Samples (tiff_samples.c): `count` numbers of a stored row, from the `first`, whose sample numbers go up from `sample`
// and around; written to every `stride`th place of `out`, 0...65535. Indices of a palette stay as they are.
void sosia_tiff_unpack(const sosia_tiff_layout *page, const uint8_t *row, size_t count, int sample, size_t stride,
                       uint16_t *out);
// Whether these numbers can be unpacked.
int sosia_tiff_is_known(number_kind kind, int bits);
// The numbers themselves.
double sosia_tiff_number(const sosia_tiff_layout *page, const uint8_t *row, size_t index);
// What becomes black and white among these `count` numbers, which it sorts.
sosia_scale sosia_tiff_range(number_kind kind, double *values, size_t count);

// Colours (tiff_colours.c): how many channels come out, and a row of pixels in them, over white.
int sosia_tiff_channels(const sosia_tiff_layout *page);
void sosia_tiff_colours(const sosia_tiff_layout *page, const uint16_t *samples, size_t count, uint8_t *out);

#endif
