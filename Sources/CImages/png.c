// libpng, opened at first use: it is there wherever libvips is. What is declared here is its interface as of 1.6.
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
    FILTER_SUB = 0x10,
    // Huffman codes alone: of photographs nearly what the search for repetitions finds, at several times its speed.
    LEVEL = 1,
    STRATEGY_HUFFMAN = 2,
};

static struct {
    png_struct *(*create)(const char *version, void *context, void (*error)(png_struct *, const char *),
                          void (*warning)(png_struct *, const char *));
    png_info *(*info)(png_struct *);
    void (*header)(png_struct *, png_info *, uint32_t width, uint32_t height, int depth, int color, int interlace,
                   int compression, int filter);
    void (*filter)(png_struct *, int method, int filters);
    void (*level)(png_struct *, int level);
    void (*strategy)(png_struct *, int strategy);
    void (*io)(png_struct *, FILE *);
    void (*write_info)(png_struct *, png_info *);
    void (*row)(png_struct *, const uint8_t *);
    void (*end)(png_struct *, png_info *);
    void (*destroy)(png_struct **, png_info **);
    void *(*context)(png_struct *);
} png;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int is_available = 0;

static void open_png(void) {
    static const char *const names[] = {"libpng16.so.16", "libpng16.16.dylib", "/opt/homebrew/lib/libpng16.16.dylib",
                                        "/usr/local/lib/libpng16.16.dylib", NULL};
    void *library = sosia_library_open(names);
    if (!library) return;
    const sosia_library_function needed[] = {
        {&png.create, "png_create_write_struct"},
        {&png.info, "png_create_info_struct"},
        {&png.header, "png_set_IHDR"},
        {&png.filter, "png_set_filter"},
        {&png.level, "png_set_compression_level"},
        {&png.strategy, "png_set_compression_strategy"},
        {&png.io, "png_init_io"},
        {&png.write_info, "png_write_info"},
        {&png.row, "png_write_row"},
        {&png.end, "png_write_end"},
        {&png.destroy, "png_destroy_write_struct"},
        {&png.context, "png_get_error_ptr"},
    };
    if (!sosia_library_bind(library, needed, sizeof needed / sizeof needed[0])) return;
    is_available = 1;
}

typedef struct {
    png_struct *writer;
    png_info *info;
    FILE *file;
    size_t row_bytes;
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
    file->row_bytes = (size_t)width * 3;
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
    png.filter(file->writer, 0, FILTER_SUB);
    png.level(file->writer, LEVEL);
    png.strategy(file->writer, STRATEGY_HUFFMAN);
    png.write_info(file->writer, file->info);
    *out = file;
    return SOSIA_IMAGE_OK;
}

sosia_image_status sosia_png_write(void *native, const uint8_t *rgb, int rows) {
    png_file *file = native;
    if (setjmp(file->back)) return SOSIA_IMAGE_DAMAGED;
    for (int row = 0; row < rows; row++) png.row(file->writer, rgb + (size_t)row * file->row_bytes);
    return SOSIA_IMAGE_OK;
}

sosia_image_status sosia_png_finish(void *native) {
    png_file *file = native;
    if (setjmp(file->back)) return SOSIA_IMAGE_DAMAGED;
    png.end(file->writer, file->info);
    const int result = fclose(file->file);
    file->file = NULL;
    return result == 0 ? SOSIA_IMAGE_OK : SOSIA_IMAGE_DAMAGED;
}

void sosia_png_free(void *native) {
    if (native) release(native);
}
