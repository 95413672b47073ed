// What is declared here is the stable C interface of Cairo as of 1.16.
#include "CReports.h"
#include "sosia_library.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct _cairo cairo_t;
typedef struct _cairo_surface cairo_surface_t;

enum {
    METADATA_TITLE = 0,
    METADATA_CREATE_DATE = 5,
    METADATA_MOD_DATE = 6,
    FORMAT_RGB24 = 1,
    WEIGHT_NORMAL = 0,
    WEIGHT_BOLD = 1,
    STATUS_SUCCESS = 0,
    // The library numbers its versions so.
    OLDEST = 1 * 10000 + 16 * 100,
};

typedef struct {
    double x_bearing, y_bearing, width, height, x_advance, y_advance;
} extents;

static struct {
    int (*version)(void);
    cairo_surface_t *(*pdf)(const char *path, double width, double height);
    void (*metadata)(cairo_surface_t *, int kind, const char *value);
    cairo_surface_t *(*image)(int format, int width, int height);
    unsigned char *(*data)(cairo_surface_t *);
    int (*stride)(cairo_surface_t *);
    void (*flush)(cairo_surface_t *);
    void (*dirty)(cairo_surface_t *);
    int (*mime)(cairo_surface_t *, const char *type, const unsigned char *data, unsigned long size,
                void (*release)(void *), void *context);
    void (*finish)(cairo_surface_t *);
    int (*surface_status)(cairo_surface_t *);
    void (*surface_destroy)(cairo_surface_t *);
    cairo_t *(*create)(cairo_surface_t *);
    void (*destroy)(cairo_t *);
    int (*status)(cairo_t *);
    const char *(*status_text)(int status);
    void (*face)(cairo_t *, const char *family, int slant, int weight);
    void (*size)(cairo_t *, double size);
    void (*colour)(cairo_t *, double red, double green, double blue);
    void (*move)(cairo_t *, double x, double y);
    void (*line)(cairo_t *, double x, double y);
    void (*width)(cairo_t *, double width);
    void (*stroke)(cairo_t *);
    void (*text)(cairo_t *, const char *utf8);
    void (*text_extents)(cairo_t *, const char *utf8, extents *);
    void (*save)(cairo_t *);
    void (*restore)(cairo_t *);
    void (*translate)(cairo_t *, double x, double y);
    void (*scale)(cairo_t *, double x, double y);
    void (*source)(cairo_t *, cairo_surface_t *, double x, double y);
    void (*paint)(cairo_t *);
    void (*show_page)(cairo_t *);
} cairo;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int is_available = 0;

static void open_cairo(void) {
    static const char *const names[] = {"libcairo.so.2", "libcairo.2.dylib", "/opt/homebrew/lib/libcairo.2.dylib",
                                        "/usr/local/lib/libcairo.2.dylib", NULL};
    void *library = sosia_library_open(names);
    if (!library) return;
    const sosia_library_function needed[] = {
        {&cairo.version, "cairo_version"},
        {&cairo.pdf, "cairo_pdf_surface_create"},
        {&cairo.metadata, "cairo_pdf_surface_set_metadata"},
        {&cairo.image, "cairo_image_surface_create"},
        {&cairo.data, "cairo_image_surface_get_data"},
        {&cairo.stride, "cairo_image_surface_get_stride"},
        {&cairo.flush, "cairo_surface_flush"},
        {&cairo.dirty, "cairo_surface_mark_dirty"},
        {&cairo.mime, "cairo_surface_set_mime_data"},
        {&cairo.finish, "cairo_surface_finish"},
        {&cairo.surface_status, "cairo_surface_status"},
        {&cairo.surface_destroy, "cairo_surface_destroy"},
        {&cairo.create, "cairo_create"},
        {&cairo.destroy, "cairo_destroy"},
        {&cairo.status, "cairo_status"},
        {&cairo.status_text, "cairo_status_to_string"},
        {&cairo.face, "cairo_select_font_face"},
        {&cairo.size, "cairo_set_font_size"},
        {&cairo.colour, "cairo_set_source_rgb"},
        {&cairo.move, "cairo_move_to"},
        {&cairo.line, "cairo_line_to"},
        {&cairo.width, "cairo_set_line_width"},
        {&cairo.stroke, "cairo_stroke"},
        {&cairo.text, "cairo_show_text"},
        {&cairo.text_extents, "cairo_text_extents"},
        {&cairo.save, "cairo_save"},
        {&cairo.restore, "cairo_restore"},
        {&cairo.translate, "cairo_translate"},
        {&cairo.scale, "cairo_scale"},
        {&cairo.source, "cairo_set_source_surface"},
        {&cairo.paint, "cairo_paint"},
        {&cairo.show_page, "cairo_show_page"},
    };
    if (!sosia_library_bind(library, needed, sizeof needed / sizeof needed[0])) return;
    is_available = cairo.version() >= OLDEST;
}

typedef struct {
    cairo_surface_t *surface;
    cairo_t *context;
} pdf_file;

static sosia_report_status failed(int status, char *message) {
    snprintf(message, SOSIA_REPORT_MESSAGE_SIZE, "%s", cairo.status_text(status));
    return SOSIA_REPORT_FAILED;
}

sosia_report_status sosia_pdf_create(const char *path, double width, double height, const char *title, void **out,
                                     char message[SOSIA_REPORT_MESSAGE_SIZE]) {
    *out = NULL;
    message[0] = 0;
    pthread_once(&opened, open_cairo);
    if (!is_available) return SOSIA_REPORT_NO_LIBRARY;
    pdf_file *file = calloc(1, sizeof *file);
    if (!file) {
        snprintf(message, SOSIA_REPORT_MESSAGE_SIZE, "out of memory");
        return SOSIA_REPORT_FAILED;
    }
    file->surface = cairo.pdf(path, width, height);
    file->context = cairo.create(file->surface);
    const int status = cairo.status(file->context);
    if (status != STATUS_SUCCESS) {
        sosia_pdf_free(file);
        return failed(status, message);
    }
    cairo.metadata(file->surface, METADATA_TITLE, title);
    // The library writes the time of day unless told otherwise.
    cairo.metadata(file->surface, METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    cairo.metadata(file->surface, METADATA_MOD_DATE, "2000-01-01T00:00:00Z");
    *out = file;
    return SOSIA_REPORT_OK;
}

// A family that fontconfig finds or replaces by what there is.
static void select_font(cairo_t *context, double size, int is_bold) {
    cairo.face(context, "DejaVu Sans", 0, is_bold ? WEIGHT_BOLD : WEIGHT_NORMAL);
    cairo.size(context, size);
}

void sosia_pdf_text(void *pdf, double x, double y, double size, int is_bold, double grey, const char *text) {
    cairo_t *context = ((pdf_file *)pdf)->context;
    select_font(context, size, is_bold);
    cairo.colour(context, grey, grey, grey);
    cairo.move(context, x, y);
    cairo.text(context, text);
}

double sosia_pdf_text_width(void *pdf, double size, int is_bold, const char *text) {
    cairo_t *context = ((pdf_file *)pdf)->context;
    extents found = {0};
    select_font(context, size, is_bold);
    cairo.text_extents(context, text, &found);
    return found.x_advance;
}

sosia_report_status sosia_pdf_picture(void *pdf, const uint8_t *rgb, int width, int height, const uint8_t *jpeg,
                                      size_t jpeg_size, double x, double y, double shown_width, double shown_height) {
    cairo_t *context = ((pdf_file *)pdf)->context;
    cairo_surface_t *picture = cairo.image(FORMAT_RGB24, width, height);
    unsigned char *data = cairo.data(picture);
    uint8_t *copy = jpeg_size > 0 ? malloc(jpeg_size) : NULL;
    if (cairo.surface_status(picture) != STATUS_SUCCESS || !data || !copy) {
        free(copy);
        cairo.surface_destroy(picture);
        return SOSIA_REPORT_FAILED;
    }
    memcpy(copy, jpeg, jpeg_size);
    const int stride = cairo.stride(picture);
    for (int row = 0; row < height; row++) {
        uint32_t *pixels = (uint32_t *)(void *)(data + (size_t)row * (size_t)stride);
        for (int column = 0; column < width; column++, rgb += 3) {
            pixels[column] = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
        }
    }
    cairo.dirty(picture);
    if (cairo.mime(picture, "image/jpeg", copy, jpeg_size, free, copy) != STATUS_SUCCESS) free(copy);
    cairo.save(context);
    cairo.translate(context, x, y);
    cairo.scale(context, shown_width / width, shown_height / height);
    cairo.source(context, picture, 0, 0);
    cairo.paint(context);
    cairo.restore(context);
    cairo.surface_destroy(picture);
    return SOSIA_REPORT_OK;
}

void sosia_pdf_line(void *pdf, double x, double y, double to_x, double to_y, double grey) {
    cairo_t *context = ((pdf_file *)pdf)->context;
    cairo.colour(context, grey, grey, grey);
    cairo.width(context, 0.5);
    cairo.move(context, x, y);
    cairo.line(context, to_x, to_y);
    cairo.stroke(context);
}

void sosia_pdf_next_page(void *pdf) { cairo.show_page(((pdf_file *)pdf)->context); }

sosia_report_status sosia_pdf_finish(void *pdf, char message[SOSIA_REPORT_MESSAGE_SIZE]) {
    pdf_file *file = pdf;
    message[0] = 0;
    cairo.show_page(file->context);
    int status = cairo.status(file->context);
    cairo.finish(file->surface);
    if (status == STATUS_SUCCESS) status = cairo.surface_status(file->surface);
    return status == STATUS_SUCCESS ? SOSIA_REPORT_OK : failed(status, message);
}

void sosia_pdf_free(void *pdf) {
    pdf_file *file = pdf;
    if (!file) return;
    if (file->context) cairo.destroy(file->context);
    if (file->surface) cairo.surface_destroy(file->surface);
    free(file);
}
