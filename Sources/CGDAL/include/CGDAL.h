// The C side of rasters: GDAL, opened at run time, and loops over pixels.
//
// Nothing here trusts its input: every failure is a status, and text from the library is copied into a buffer of the
// caller. No function keeps a pointer to the caller's memory. A raster and its places belong to one thread at a time.
#ifndef SOSIA_GDAL_H
#define SOSIA_GDAL_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    SOSIA_RASTER_OK = 0,
    SOSIA_RASTER_NO_LIBRARY, // the shared library is not installed, or too old
    SOSIA_RASTER_FAILED,     // the message says why
    SOSIA_RASTER_NO_MEMORY,
} sosia_raster_status;

enum { SOSIA_RASTER_MESSAGE_SIZE = 512, SOSIA_RASTER_NAME_SIZE = 128, SOSIA_RASTER_PATH_SIZE = 4096 };

// The file that a path names ---------------------------------------------------------------------------------------

// 0 when it does not fit.
int sosia_working_folder(char *out, size_t size);

// Rasters ----------------------------------------------------------------------------------------------------------

typedef struct sosia_raster sosia_raster;

typedef enum {
    SOSIA_BAND_UNDEFINED = 0,
    SOSIA_BAND_GRAY,
    SOSIA_BAND_PALETTE,
    SOSIA_BAND_RED,
    SOSIA_BAND_GREEN,
    SOSIA_BAND_BLUE,
    SOSIA_BAND_ALPHA,
    SOSIA_BAND_OTHER,
} sosia_band_meaning;

typedef struct {
    sosia_band_meaning meaning;
    char type[16];
    int type_bits, is_integer, is_signed;
    int bits; // as declared by NBITS, else type_bits
    int has_nodata;
    double nodata;
    int has_mask;        // a mask that is neither nodata nor alpha
    int has_nodata_mask; // nodata that is a property of all bands together
    int palette_count;   // 0: none
    int block_width, block_height;
    int overviews;
} sosia_band_facts;

typedef struct {
    char driver[32];
    int width, height, bands;
} sosia_raster_facts;

typedef struct {
    int x, y, width, height;
} sosia_raster_area;

typedef enum { SOSIA_SAMPLE_BYTES = 0, SOSIA_SAMPLE_FLOATS } sosia_sample;
typedef enum { SOSIA_RESAMPLE_NEAREST = 0, SOSIA_RESAMPLE_BILINEAR, SOSIA_RESAMPLE_AVERAGE } sosia_resampling;

// `path` is absolute.
sosia_raster_status sosia_raster_open(const char *path, sosia_raster **out, char message[SOSIA_RASTER_MESSAGE_SIZE]);
void sosia_raster_close(sosia_raster *raster);
void sosia_raster_describe(sosia_raster *raster, sosia_raster_facts *out);
// The files that the raster is read from, each ended by a zero byte, as many as fit; returns how many bytes they take.
size_t sosia_raster_files(sosia_raster *raster, char *out, size_t size);
// Bands count from 1, here and below.
sosia_raster_status sosia_raster_band(sosia_raster *raster, int band, sosia_band_facts *out);
// Red, green, blue, alpha of `count` entries.
sosia_raster_status sosia_raster_palette(sosia_raster *raster, int band, int count, uint8_t *rgba);
// Writes out_width * out_height pixels of `count` samples each. The area has whole pixels; top...bottom are the exact
// edges of what is read of it, which differ from its own when it is a part of a larger one that is scaled.
sosia_raster_status sosia_raster_read(sosia_raster *raster, sosia_raster_area area, int out_width, int out_height,
                                      const int *bands, int count, sosia_sample sample, sosia_resampling resampling,
                                      double top, double bottom, void *out, char message[SOSIA_RASTER_MESSAGE_SIZE]);
// The band's mask: 0 where there is nothing.
sosia_raster_status sosia_raster_read_mask(sosia_raster *raster, int band, sosia_raster_area area, int out_width,
                                           int out_height, uint8_t *out, char message[SOSIA_RASTER_MESSAGE_SIZE]);

// Places on earth --------------------------------------------------------------------------------------------------

typedef struct sosia_places sosia_places;

typedef enum {
    SOSIA_PLACED = 0,
    SOSIA_PLACED_BY_POINTS,       // ground control points that an affine transform fits exactly
    SOSIA_PLACED_BY_POLYNOMIAL,   // ground control points, by the library's polynomial
    SOSIA_PLACED_BY_COEFFICIENTS, // rational polynomial coefficients, at height 0 above the ellipsoid
    SOSIA_NO_TRANSFORM,
    SOSIA_ONLY_POINTS, // ground control points that no polynomial fits
    SOSIA_FLAT_TRANSFORM,
    SOSIA_NO_PROJECTION,
    SOSIA_NO_OPERATION, // the projection has no way to WGS 84
} sosia_placement;

// `transform`: x = t[0] + t[1] * column + t[2] * row, y = t[3] + t[4] * column + t[5] * row; it does not count when
// `*by_transformer` is set, where places lead from pixels. `name` is empty without a projection; `*out` is NULL unless
// the raster is placed.
sosia_placement sosia_raster_places(sosia_raster *raster, double transform[6], char name[SOSIA_RASTER_NAME_SIZE],
                                    sosia_places **out, int *by_transformer);
void sosia_places_close(sosia_places *places);
// In place; longitude before latitude. A point without a counterpart becomes NaN. Returns 0 without memory.
int sosia_places_to_earth(sosia_places *places, int count, double *x, double *y);
int sosia_places_from_earth(sosia_places *places, int count, double *x, double *y);

// Pixels -----------------------------------------------------------------------------------------------------------

enum { SOSIA_EMPTY_BLACK = 1, SOSIA_EMPTY_NODATA = 2, SOSIA_EMPTY_ALPHA = 4 };

// How samples become RGB and which of them are empty.
typedef struct {
    int channels;        // 1 or 3
    int is_scaled;       // low...high become 0...255
    double low, high;
    int palette_count;   // of a single channel
    const uint8_t *palette;
    int has_nodata[3];
    float nodata[3];
    int kinds;           // SOSIA_EMPTY_...: what counts
    int black_level;
} sosia_pixel_rule;

// `empty` gets 1 or 0 a pixel. `rgb` may be `samples` where nothing has to be changed.
void sosia_pixels_from_bytes(const uint8_t *samples, size_t pixels, const sosia_pixel_rule *rule, uint8_t *rgb,
                             uint8_t *empty);
void sosia_pixels_from_floats(const float *samples, size_t pixels, const sosia_pixel_rule *rule, uint8_t *rgb,
                              uint8_t *empty);
// Adds the pixels whose mask is 0 to the empty ones.
void sosia_pixels_mask(const uint8_t *mask, size_t pixels, uint8_t *empty);
// Copies a tile out of a strip that is `strip_width` pixels wide, from its row 0 on; returns how many are empty.
size_t sosia_pixels_cut(const uint8_t *rgb, const uint8_t *empty, size_t strip_width, size_t x, size_t width,
                        size_t height, uint8_t *out);
// The values at two shares of the sorted `values`, which get sorted.
void sosia_pixels_range(float *values, size_t count, double low_share, double high_share, float *low, float *high);

#endif
