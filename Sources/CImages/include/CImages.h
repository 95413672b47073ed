// The C side of picture decoding: bindings to libturbojpeg, libexif, libvips, libtiff and Little CMS, and the
// resampler.
//
// Nothing here trusts its input: sizes are checked, every failure is a status, and text from a library is copied into
// a buffer of the caller. No function keeps a pointer to the caller's memory after it returns, save
// sosia_vips_open until its sosia_vips_close, and sosia_tiff_open likewise.
#ifndef SOSIA_IMAGES_H
#define SOSIA_IMAGES_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    SOSIA_IMAGE_OK = 0,
    SOSIA_IMAGE_DECLINED,   // a kind of file that this library does not read; another one may
    SOSIA_IMAGE_TRUNCATED,  // the bytes end before the picture does
    SOSIA_IMAGE_DAMAGED,
    SOSIA_IMAGE_NO_MEMORY,
    SOSIA_IMAGE_NO_LIBRARY, // the shared library is not installed
    SOSIA_IMAGE_STOPPED,    // the caller wanted it no longer
} sosia_image_status;

enum { SOSIA_IMAGE_MESSAGE_SIZE = 256 };

// Resampling -----------------------------------------------------------------------------------------------------

// One side of a resize: output pixel i covers source positions start + i * step ... start + (i + 1) * step.
typedef struct {
    double start;
    double step;
    int source_size; // pixels that exist along this side
    int count;       // output pixels
} sosia_axis;

// Triangle filter, widened by `step` when that exceeds 1 (antialiasing), as in "bilinear" of most imaging libraries.
// `source` has rows of y.source_size, `stride` bytes apart; `channels` (1 to 4) interleaved; `out` is tightly packed.
sosia_image_status sosia_resample(const uint8_t *source, size_t stride, int channels, sosia_axis x, sosia_axis y,
                                  uint8_t *out);

// Pixels ---------------------------------------------------------------------------------------------------------

// Full-range YCbCr as in JFIF (ITU-T T.871).
void sosia_ycc_to_rgb(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, uint8_t *rgb, size_t count);
void sosia_grey_to_rgb(const uint8_t *grey, uint8_t *rgb, size_t count);
// Inks multiplied, no profile: R = (255 - C)(255 - K) / 255.
void sosia_cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t count);
// Turns stored RGB pixels upright; `orientation` is the EXIF value 1...8, other values mean 1.
void sosia_orient_rgb(const uint8_t *rgb, int width, int height, int orientation, uint8_t *out);

// JPEG (libturbojpeg) --------------------------------------------------------------------------------------------

// Decodes at 1 / `denominator` of the size (1, 2, 4 or 8) and resamples. `x` and `y` are in pixels of the full picture
// (source_size = `width`, `height`, which must be what the header says). Writes x.count * y.count pixels of
// `*channels` bytes: 3 (RGB) or 1 (grey); `out` must hold three a pixel.
// DECLINED for CMYK, YCCK, RGB-coded, lossless, 12-bit and unusual subsampling. `*warning` is 1 when the pixels
// are complete as far as the library can tell, but it warned about something harmless.
sosia_image_status sosia_jpeg_decode(const uint8_t *bytes, size_t size, int width, int height, int denominator,
                                     sosia_axis x, sosia_axis y, uint8_t *out, int *channels, int *warning,
                                     char message[SOSIA_IMAGE_MESSAGE_SIZE]);

// Baseline 4:2:0; `*out` is freed with sosia_jpeg_free.
sosia_image_status sosia_jpeg_encode(const uint8_t *rgb, int width, int height, int quality, uint8_t **out,
                                     size_t *size);
void sosia_jpeg_free(uint8_t *bytes);

// PNG (libpng and zlib, opened at first use) -------------------------------------------------------------------------

// A new file of 8-bit RGB, written in bands of rows. Any failure to write is DAMAGED. `*out` is freed with
// sosia_png_free, after sosia_png_finish when all rows were written.
sosia_image_status sosia_png_create(const char *path, int width, int height, void **out);
// Some rows, deflated; `bytes` is NULL or `count` 0 when there was not enough memory.
typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t deflated; // bytes before
    uint32_t adler;  // of these
} sosia_png_band;

// After a sosia_png_create, on any thread. `row_bytes` is at least 3. Freed with sosia_png_band_free.
void sosia_png_deflate(const uint8_t *rgb, int rows, size_t row_bytes, sosia_png_band *out);
void sosia_png_band_free(sosia_png_band *band);
// The next band, from the top.
sosia_image_status sosia_png_write(void *png, const sosia_png_band *band);
sosia_image_status sosia_png_finish(void *png);
void sosia_png_free(void *png);

// As many bytes of a zlib stream as are there and fit, as the text chunks of a PNG hold them; 0 without zlib.
size_t sosia_png_inflate(const uint8_t *bytes, size_t size, uint8_t *out, size_t room);

// EXIF (libexif) -------------------------------------------------------------------------------------------------

enum { SOSIA_EXIF_TIMES = 6 };

typedef struct {
    char text[40];   // as stored: "2024:05:31 18:02:11"; empty when absent
    char offset[16]; // "+02:00"; empty when absent
} sosia_exif_time;

typedef struct {
    int orientation; // 0 when absent
    // In the order in which they are believed: DateTimeOriginal, DateTimeDigitized, DateTime, each of two directories.
    sosia_exif_time times[SOSIA_EXIF_TIMES];
    char make[64];
    char model[64];
    int has_position;
    double latitude;
    double longitude;
} sosia_exif;

// `bytes` starts with "Exif\0\0" and has at most 65,534. Fields that are absent or malformed stay empty.
void sosia_exif_read(const uint8_t *bytes, size_t size, sosia_exif *out);

// TIFF (libtiff, opened at first use) --------------------------------------------------------------------------------

typedef struct {
    uint64_t place; // of its directory
    uint32_t width;
    uint32_t height;
    int orientation; // 0 when the file names none
    int is_reduced;  // a smaller copy of another page, as NewSubfileType says
    int is_mask;
    int is_child;    // named by another page (SubIFDs), not by the file
} sosia_tiff_page;

// What is read of a page: this rectangle, in blocks of `across` by `down` pixels that become one each.
typedef struct {
    int left, top, width, height;
    int across, down;
} sosia_block_plan;

// DECLINED, with a reason, for what libtiff does not read. On any status but OK there is nothing to close.
sosia_image_status sosia_tiff_open(const uint8_t *bytes, size_t size, void **out,
                                   char message[SOSIA_IMAGE_MESSAGE_SIZE]);
// Writes at most `room` (one or more) pages and returns how many; children come last.
int sosia_tiff_pages(void *tiff, sosia_tiff_page *pages, int room);
// Makes this page the one that is read. `*channels` is 1 (grey), 3 (RGB) or 4 (CMYK); the profile (ICC) is NULL when
// absent, and valid until another page is chosen.
sosia_image_status sosia_tiff_choose(void *tiff, uint64_t place, int *channels, const uint8_t **profile,
                                     size_t *profile_size, char message[SOSIA_IMAGE_MESSAGE_SIZE]);
// Decodes the whole page and writes the plan's blocks, 8 bits a channel, opacity laid over white; `out` has room for
// all of them. With `*is_blank` 1 it is looked whether the page has one colour only, else it becomes 0. STOPPED soon
// after `stop` says other than 0.
sosia_image_status sosia_tiff_read(void *tiff, const sosia_block_plan *plan, int (*stop)(void *context), void *context,
                                   uint8_t *out, int *is_blank, char message[SOSIA_IMAGE_MESSAGE_SIZE]);
void sosia_tiff_close(void *tiff);

// Everything else (libvips, opened at first use) -------------------------------------------------------------------

typedef enum {
    SOSIA_VIPS_JPEG = 0,
    SOSIA_VIPS_PNG,
    SOSIA_VIPS_WEBP,
    SOSIA_VIPS_GIF,
    SOSIA_VIPS_HEIF,
} sosia_vips_loader;

typedef struct {
    void *image;
    int width;
    int height;
    int frames;                // of an animation, or pages; at least 1
    int is_deep;               // more than eight bits a sample
    const uint8_t *profile;    // ICC, NULL when absent; the image's, valid until its pixels are read
    size_t profile_size;
} sosia_vips_picture;

// Reads the header only. `frame` is 0, or one of an animation's (GIF, WebP). With `alone`, no other thread is inside
// libvips until sosia_vips_close, so that the message (libvips has one for the whole process) is this picture's own. On
// any status but OK there is nothing to close.
sosia_image_status sosia_vips_open(sosia_vips_loader loader, const uint8_t *bytes, size_t size, int frame, int alone,
                                   sosia_vips_picture *out, char message[SOSIA_IMAGE_MESSAGE_SIZE]);

// The rectangle as 8-bit samples, alpha laid over white, averaged over `shrink_x` by `shrink_y` blocks. The rows below
// it are decoded as well, so that a file that is damaged there is not taken for a picture.
// `*channels` is 1 (grey), 3 (RGB) or 4 (CMYK); `*pixels` is freed with sosia_vips_free. STOPPED soon after `stop`,
// which is asked now and then, also on other threads, says other than 0.
sosia_image_status sosia_vips_read(const sosia_vips_picture *picture, int left, int top, int width, int height,
                                   int shrink_x, int shrink_y, int (*stop)(void *context), void *context,
                                   uint8_t **pixels, int *out_width, int *out_height, int *channels,
                                   char message[SOSIA_IMAGE_MESSAGE_SIZE]);
void sosia_vips_free(uint8_t *pixels);
// Instead of reading: whether the picture has one colour only.
sosia_image_status sosia_vips_is_blank(const sosia_vips_picture *picture, int *is_blank,
                                       char message[SOSIA_IMAGE_MESSAGE_SIZE]);
// On the thread that opened it.
void sosia_vips_close(sosia_vips_picture *picture);

// Colour profiles (Little CMS, opened at first use) ------------------------------------------------------------------

// A transform from 8-bit samples in the ICC profile to 8-bit sRGB, usable by several threads at once; `*out` is freed
// with sosia_profile_close. DECLINED when the profile is not for `channels` (1, 3 or 4) samples a pixel.
sosia_image_status sosia_profile_open(const uint8_t *bytes, size_t size, int channels, void **out);
void sosia_profile_apply(const void *transform, const uint8_t *samples, uint8_t *rgb, uint32_t count);
void sosia_profile_close(void *transform);

#endif
