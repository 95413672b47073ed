// libpng and the zlib that it needs, opened at first use: they are there wherever libvips is. What is declared here is
// their stable interface, as of libpng 1.6 and zlib 1.2.
//
// Nearly all of the time goes into deflating, so rows are deflated in bands by the caller's threads. Each band ends at a
// byte (Z_SYNC_FLUSH), which is how pigz joins what its threads deflate; libpng writes the chunks.
#include "CImages.h"
#include "sosia_library.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct png_struct_def png_struct;
typedef struct png_info_def png_info;

enum {
    COLOR_RGB = 2,
    // Differences to the pixel on the left.
    FILTER_SUB = 1,
    // Huffman codes alone: of photographs nearly what the search for repetitions finds, at several times its speed.
    LEVEL = 1,
    STRATEGY_HUFFMAN = 2,
    METHOD_DEFLATE = 8,
    WITHOUT_HEADER = -15,
    MEMORY = 8,
    SYNC_FLUSH = 2,
    // Of a flush, and some to spare.
    MARGIN = 64,
};

typedef struct {
    const uint8_t *next_in;
    unsigned avail_in;
    unsigned long total_in;
    uint8_t *next_out;
    unsigned avail_out;
    unsigned long total_out;
    const char *message;
    void *state;
    void *(*allocate)(void *, unsigned, unsigned);
    void (*release)(void *, void *);
    void *opaque;
    int data_type;
    unsigned long adler;
    unsigned long reserved;
} z_stream;

static struct {
    int (*init)(z_stream *, int level, int method, int window, int memory, int strategy, const char *version, int size);
    unsigned long (*bound)(z_stream *, unsigned long count);
    int (*deflate)(z_stream *, int flush);
    int (*end)(z_stream *);
    unsigned long (*adler)(unsigned long, const uint8_t *, unsigned count);
    unsigned long (*join)(unsigned long, unsigned long, long count);
    int (*uncompress)(uint8_t *out, unsigned long *room, const uint8_t *bytes, unsigned long size);
} zlib;

static struct {
    png_struct *(*create)(const char *version, void *context, void (*error)(png_struct *, const char *),
                          void (*warning)(png_struct *, const char *));
    png_info *(*info)(png_struct *);
    void (*header)(png_struct *, png_info *, uint32_t width, uint32_t height, int depth, int color, int interlace,
                   int compression, int filter);
    void (*io)(png_struct *, FILE *);
    void (*write_info)(png_struct *, png_info *);
    void (*chunk)(png_struct *, const uint8_t *name, const uint8_t *data, size_t count);
    void (*destroy)(png_struct **, png_info **);
    void *(*context)(png_struct *);
} png;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int is_available = 0;

static void open_png(void) {
    static const char *const names[] = {"libpng16.so.16", "libpng16.16.dylib", "/opt/homebrew/lib/libpng16.16.dylib",
                                        "/usr/local/lib/libpng16.16.dylib", NULL};
    static const char *const deflaters[] = {"libz.so.1", "libz.1.dylib", NULL};
    void *library = sosia_library_open(names);
    void *deflater = sosia_library_open(deflaters);
    if (!library || !deflater) return;
    const sosia_library_function needed[] = {
        {&png.create, "png_create_write_struct"},
        {&png.info, "png_create_info_struct"},
        {&png.header, "png_set_IHDR"},
        {&png.io, "png_init_io"},
        {&png.write_info, "png_write_info"},
        {&png.chunk, "png_write_chunk"},
        {&png.destroy, "png_destroy_write_struct"},
        {&png.context, "png_get_error_ptr"},
    };
    const sosia_library_function deflating[] = {
        {&zlib.init, "deflateInit2_"}, {&zlib.bound, "deflateBound"}, {&zlib.deflate, "deflate"},
        {&zlib.end, "deflateEnd"},     {&zlib.adler, "adler32"},      {&zlib.join, "adler32_combine"},
        {&zlib.uncompress, "uncompress"},
    };
    if (!sosia_library_bind(library, needed, sizeof needed / sizeof needed[0])) return;
    if (!sosia_library_bind(deflater, deflating, sizeof deflating / sizeof deflating[0])) return;
    is_available = 1;
}

static const uint8_t DATA[] = "IDAT", LAST[] = "IEND";

typedef struct {
    png_struct *writer;
    png_info *info;
    FILE *file;
    // Of all bands so far.
    unsigned long adler;
    jmp_buf back;
} png_file;

static void failed(png_struct *writer, const char *text) {
    (void)text;
    png_file *file = png.context(writer);
    longjmp(file->back, 1);
}

static void warned(png_struct *writer, const char *text) { (void)writer, (void)text; }

static void release(png_file *file) {
    if (file->writer) png.destroy(&file->writer, file->info ? &file->info : NULL);
    if (file->file) fclose(file->file);
    free(file);
}

sosia_image_status sosia_png_create(const char *path, int width, int height, void **out) {
    *out = NULL;
    pthread_once(&opened, open_png);
    if (!is_available) return SOSIA_IMAGE_NO_LIBRARY;
    png_file *file = calloc(1, sizeof *file);
    if (!file) return SOSIA_IMAGE_NO_MEMORY;
    file->adler = 1;
    file->file = fopen(path, "wb");
    if (!file->file) {
        free(file);
        return SOSIA_IMAGE_DAMAGED;
    }
    // Any 1.6 takes another 1.6's number.
    file->writer = png.create("1.6.0", file, failed, warned);
    if (!file->writer) {
        release(file);
        return SOSIA_IMAGE_NO_LIBRARY;
    }
    if (setjmp(file->back)) {
        release(file);
        return SOSIA_IMAGE_DAMAGED;
    }
    file->info = png.info(file->writer);
    png.io(file->writer, file->file);
    png.header(file->writer, file->info, (uint32_t)width, (uint32_t)height, 8, COLOR_RGB, 0, 0, 0);
    png.write_info(file->writer, file->info);
    // What a deflated stream begins with: its window, the fastest level.
    png.chunk(file->writer, DATA, (const uint8_t[]){0x78, 0x01}, 2);
    *out = file;
    return SOSIA_IMAGE_OK;
}

void sosia_png_deflate(const uint8_t *rgb, int rows, size_t row_bytes, sosia_png_band *out) {
    *out = (sosia_png_band){0};
    const size_t count = (size_t)rows * (row_bytes + 1);
    uint8_t *filtered = malloc(count);
    z_stream stream = {0};
    if (!filtered || zlib.init(&stream, LEVEL, METHOD_DEFLATE, WITHOUT_HEADER, MEMORY, STRATEGY_HUFFMAN, "1.2.0",
                               (int)sizeof stream) != 0) {
        free(filtered);
        return;
    }
    uint8_t *to = filtered;
    for (int row = 0; row < rows; row++, rgb += row_bytes) {
        *to++ = FILTER_SUB;
        memcpy(to, rgb, 3);
        for (size_t at = 3; at < row_bytes; at++) to[at] = (uint8_t)(rgb[at] - rgb[at - 3]);
        to += row_bytes;
    }
    const size_t room = zlib.bound(&stream, count) + MARGIN;
    out->bytes = malloc(room);
    if (out->bytes) {
        stream.next_in = filtered;
        stream.avail_in = (unsigned)count;
        stream.next_out = out->bytes;
        stream.avail_out = (unsigned)room;
        const int status = zlib.deflate(&stream, SYNC_FLUSH);
        out->count = status == 0 && stream.avail_in == 0 && stream.avail_out > 0 ? stream.total_out : 0;
        out->adler = (uint32_t)zlib.adler(1, filtered, (unsigned)count);
        out->deflated = count;
    }
    zlib.end(&stream);
    free(filtered);
}

void sosia_png_band_free(sosia_png_band *band) {
    free(band->bytes);
    band->bytes = NULL;
}

sosia_image_status sosia_png_write(void *native, const sosia_png_band *band) {
    png_file *file = native;
    if (!band->bytes || band->count == 0) return SOSIA_IMAGE_NO_MEMORY;
    if (setjmp(file->back)) return SOSIA_IMAGE_DAMAGED;
    png.chunk(file->writer, DATA, band->bytes, band->count);
    file->adler = zlib.join(file->adler, band->adler, (long)band->deflated);
    return SOSIA_IMAGE_OK;
}

sosia_image_status sosia_png_finish(void *native) {
    png_file *file = native;
    if (setjmp(file->back)) return SOSIA_IMAGE_DAMAGED;
    // A last block without content, then the checksum.
    const unsigned long adler = file->adler;
    const uint8_t end[] = {0x03, 0x00, adler >> 24 & 255, adler >> 16 & 255, adler >> 8 & 255, adler & 255};
    png.chunk(file->writer, DATA, end, sizeof end);
    png.chunk(file->writer, LAST, NULL, 0);
    const int result = fclose(file->file);
    file->file = NULL;
    return result == 0 ? SOSIA_IMAGE_OK : SOSIA_IMAGE_DAMAGED;
}

void sosia_png_free(void *native) {
    if (native) release(native);
}

size_t sosia_png_inflate(const uint8_t *bytes, size_t size, uint8_t *out, size_t room) {
    pthread_once(&opened, open_png);
    if (!is_available) return 0;
    unsigned long count = room;
    // A stream that is cut or too long leaves what came before, so the status does not matter.
    zlib.uncompress(out, &count, bytes, size);
    return count < room ? count : room;
}
