// libvips has a hundred shared libraries behind it, so it is opened when the first picture needs it and never linked.
// What is declared here is its stable C interface as of 8.13.
#include "CImages.h"
#include "sosia_library.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct _VipsImage VipsImage;
typedef struct _VipsArrayDouble VipsArrayDouble;

enum { ACCESS_SEQUENTIAL = 1, FAIL_ON_ERROR = 2, FORMAT_UCHAR = 0, FORMAT_USHORT = 2, FORMAT_FLOAT = 6 };
enum {
    SPACE_MULTIBAND = 0,
    SPACE_B_W = 1,
    SPACE_CMYK = 15,
    SPACE_RGB = 17,
    SPACE_SRGB = 22,
    SPACE_RGB16 = 25,
    SPACE_GREY16 = 26,
};

typedef int (*loader_function)(const void *bytes, size_t size, VipsImage **out, ...);

static struct {
    int (*init)(const char *name);
    void (*block_untrusted)(int state);
    void (*concurrency)(int threads);
    void (*cache_max)(int operations);
    void (*error_clear)(void);
    char *(*error_copy)(void);
    unsigned (*log_handler)(const char *domain, int levels, void (*handler)(const char *, int, const char *, void *),
                            void *data);
    void (*unref)(void *object);
    void (*release)(void *memory);
    int (*width)(const VipsImage *image);
    int (*height)(const VipsImage *image);
    int (*bands)(const VipsImage *image);
    int (*format)(const VipsImage *image);
    int (*interpretation)(const VipsImage *image);
    int (*has_alpha)(VipsImage *image);
    unsigned long (*type_of)(const VipsImage *image, const char *name);
    int (*blob)(const VipsImage *image, const char *name, const void **data, size_t *length);
    void *(*to_memory)(VipsImage *image, size_t *size);
    int (*colourspace)(VipsImage *in, VipsImage **out, int space, ...);
    int (*flatten)(VipsImage *in, VipsImage **out, ...);
    VipsArrayDouble *(*array)(const double *values, int count);
    void (*area_unref)(void *area);
    int (*cast)(VipsImage *in, VipsImage **out, int format, ...);
    int (*extract_bands)(VipsImage *in, VipsImage **out, int band, ...);
    int (*crop)(VipsImage *in, VipsImage **out, int left, int top, int width, int height, ...);
    int (*shrink)(VipsImage *in, VipsImage **out, double across, double down, ...);
    void (*progress)(VipsImage *image, int reports);
    unsigned long (*connect)(void *instance, const char *signal, void (*handler)(void), void *data, void *destroy,
                             int flags);
    void (*kill)(VipsImage *image, int killed);
    int (*number)(const VipsImage *image, const char *name, int *value);
    int (*stats)(VipsImage *in, VipsImage **out, ...);
    loader_function load[5];
} vips;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static sosia_image_status availability = SOSIA_IMAGE_NO_LIBRARY;
static pthread_rwlock_t entrance = PTHREAD_RWLOCK_INITIALIZER;
// Who wants to be alone waits here first and holds up those who come later; else a steady stream of pictures on other
// threads would never leave a gap.
static pthread_mutex_t turnstile = PTHREAD_MUTEX_INITIALIZER;

static void silent(const char *domain, int level, const char *text, void *data) {
    (void)domain, (void)level, (void)text, (void)data;
}

static void open_vips(void) {
    static const char *const names[] = {"libvips.so.42", "libvips.42.dylib", "/opt/homebrew/lib/libvips.42.dylib",
                                        "/usr/local/lib/libvips.42.dylib", NULL};
    void *library = sosia_library_open(names);
    if (!library) return;
    const sosia_library_function needed[] = {
        {&vips.init, "vips_init"},
        {&vips.block_untrusted, "vips_block_untrusted_set"},
        {&vips.concurrency, "vips_concurrency_set"},
        {&vips.cache_max, "vips_cache_set_max"},
        {&vips.error_clear, "vips_error_clear"},
        {&vips.error_copy, "vips_error_buffer_copy"},
        {&vips.log_handler, "g_log_set_handler"},
        {&vips.unref, "g_object_unref"},
        {&vips.release, "g_free"},
        {&vips.width, "vips_image_get_width"},
        {&vips.height, "vips_image_get_height"},
        {&vips.bands, "vips_image_get_bands"},
        {&vips.format, "vips_image_get_format"},
        {&vips.interpretation, "vips_image_get_interpretation"},
        {&vips.has_alpha, "vips_image_hasalpha"},
        {&vips.type_of, "vips_image_get_typeof"},
        {&vips.blob, "vips_image_get_blob"},
        {&vips.to_memory, "vips_image_write_to_memory"},
        {&vips.colourspace, "vips_colourspace"},
        {&vips.flatten, "vips_flatten"},
        {&vips.array, "vips_array_double_new"},
        {&vips.area_unref, "vips_area_unref"},
        {&vips.cast, "vips_cast"},
        {&vips.extract_bands, "vips_extract_band"},
        {&vips.crop, "vips_crop"},
        {&vips.shrink, "vips_shrink"},
        {&vips.progress, "vips_image_set_progress"},
        {&vips.connect, "g_signal_connect_data"},
        {&vips.kill, "vips_image_set_kill"},
        {&vips.number, "vips_image_get_int"},
        {&vips.stats, "vips_stats"},
        {&vips.load[SOSIA_VIPS_JPEG], "vips_jpegload_buffer"},
        {&vips.load[SOSIA_VIPS_PNG], "vips_pngload_buffer"},
        {&vips.load[SOSIA_VIPS_WEBP], "vips_webpload_buffer"},
        {&vips.load[SOSIA_VIPS_GIF], "vips_gifload_buffer"},
        {&vips.load[SOSIA_VIPS_HEIF], "vips_heifload_buffer"},
    };
    if (!sosia_library_bind(library, needed, sizeof needed / sizeof needed[0])) return;
    if (vips.init("sosia") != 0) return;
    vips.block_untrusted(1);
    vips.concurrency(1);
    vips.cache_max(0);
    // Warnings about odd files would go to stderr; what matters comes back as an error. Levels 2...7 bits: all.
    vips.log_handler("VIPS", 0xfc, silent, NULL);
    availability = SOSIA_IMAGE_OK;
}

static sosia_image_status failed(char *message) {
    char *text = vips.error_copy();
    size_t length = 0;
    for (const char *c = text; c && *c && length + 1 < SOSIA_IMAGE_MESSAGE_SIZE; c++)
        message[length++] = *c == '\n' ? ';' : *c >= 0x20 && *c <= 0x7e ? *c : '?';
    while (length > 0 && (message[length - 1] == ';' || message[length - 1] == ' ')) length--;
    message[length] = 0;
    vips.release(text);
    return SOSIA_IMAGE_DAMAGED;
}

static void blob(VipsImage *image, const char *name, const uint8_t **bytes, size_t *size) {
    const void *data = NULL;
    *bytes = NULL;
    *size = 0;
    if (vips.type_of(image, name) != 0 && vips.blob(image, name, &data, size) == 0) *bytes = data;
    if (!*bytes) *size = 0;
}

sosia_image_status sosia_vips_open(sosia_vips_loader loader, const uint8_t *bytes, size_t size, int frame, int alone,
                                   sosia_vips_picture *out, char message[SOSIA_IMAGE_MESSAGE_SIZE]) {
    memset(out, 0, sizeof *out);
    message[0] = 0;
    if ((unsigned)loader > SOSIA_VIPS_HEIF) return SOSIA_IMAGE_DECLINED;
    pthread_once(&opened, open_vips);
    if (availability != SOSIA_IMAGE_OK) return availability;
    pthread_mutex_lock(&turnstile);
    if (alone) pthread_rwlock_wrlock(&entrance);
    else pthread_rwlock_rdlock(&entrance);
    pthread_mutex_unlock(&turnstile);
    if (alone) vips.error_clear();
    VipsImage *image = NULL;
    // Only animations take a number; of a HEIF none means the one that the file calls its picture.
    if (vips.load[loader](bytes, size, &image, "access", ACCESS_SEQUENTIAL, "fail_on", FAIL_ON_ERROR,
                          frame > 0 ? "page" : NULL, frame, NULL) != 0 ||
        !image) {
        const sosia_image_status status = failed(message);
        pthread_rwlock_unlock(&entrance);
        return status;
    }
    out->image = image;
    out->width = vips.width(image);
    out->height = vips.height(image);
    out->frames = 1;
    if (vips.type_of(image, "n-pages") != 0) vips.number(image, "n-pages", &out->frames);
    out->is_deep = vips.format(image) != FORMAT_UCHAR;
    blob(image, "icc-profile-data", &out->profile, &out->profile_size);
    return SOSIA_IMAGE_OK;
}

void sosia_vips_close(sosia_vips_picture *picture) {
    if (!picture->image) return;
    vips.unref(picture->image);
    memset(picture, 0, sizeof *picture);
    pthread_rwlock_unlock(&entrance);
}

// `*image` becomes the result of the last operation; the one before is let go.
static int stepped(VipsImage **image, VipsImage *next, int result) {
    if (result != 0 || !next) return 0;
    vips.unref(*image);
    *image = next;
    return 1;
}

// Alpha over white. Averaging comes after this, so that hidden colours do not bleed.
static int flattened(VipsImage **image) {
    if (!vips.has_alpha(*image)) return 1;
    const double white = vips.format(*image) == FORMAT_USHORT ? 65535 : 255;
    VipsArrayDouble *background = vips.array(&white, 1);
    VipsImage *next = NULL;
    const int result = vips.flatten(*image, &next, "background", background, "max_alpha", white, NULL);
    vips.area_unref(background);
    return stepped(image, next, result);
}

// Spaces that are not stored light or ink (Lab, XYZ and the like) become sRGB first.
static int displayable(VipsImage **image) {
    const int space = vips.interpretation(*image);
    if (space == SPACE_MULTIBAND || space == SPACE_B_W || space == SPACE_CMYK || space == SPACE_RGB ||
        space == SPACE_SRGB || space == SPACE_RGB16 || space == SPACE_GREY16)
        return 1;
    VipsImage *next = NULL;
    const int result = vips.colourspace(*image, &next, SPACE_SRGB, NULL);
    return stepped(image, next, result);
}

// Integers keep their high byte; floats are taken as 0...255.
static int eight_bit(VipsImage **image) {
    const int format = vips.format(*image);
    if (format == FORMAT_UCHAR) return 1;
    VipsImage *next = NULL;
    const int result = vips.cast(*image, &next, FORMAT_UCHAR, "shift", format < FORMAT_FLOAT, NULL);
    return stepped(image, next, result);
}

static int samples(VipsImage **image) {
    VipsImage *next = NULL;
    const int bands = vips.bands(*image);
    if (bands == 1 || bands == 3 || (bands == 4 && vips.interpretation(*image) == SPACE_CMYK)) return 1;
    const int result = vips.extract_bands(*image, &next, 0, "n", bands == 2 ? 1 : 3, NULL);
    return stepped(image, next, result);
}

static int reduced(VipsImage **image, int across, int down) {
    if (across == 1 && down == 1) return 1;
    VipsImage *next = NULL;
    const int result = vips.shrink(*image, &next, (double)across, (double)down, "ceil", 1, NULL);
    return stepped(image, next, result);
}

void sosia_vips_free(uint8_t *pixels) {
    if (pixels) vips.release(pixels);
}

typedef struct {
    int (*stop)(void *context);
    void *context;
    atomic_int stopped;
} stop_request;

// Called by libvips after each strip of the result.
static void look(VipsImage *image, void *progress, stop_request *request) {
    (void)progress;
    if (!request->stop(request->context)) return;
    atomic_store(&request->stopped, 1);
    vips.kill(image, 1);
}

sosia_image_status sosia_vips_is_blank(const sosia_vips_picture *picture, int *is_blank,
                                       char message[SOSIA_IMAGE_MESSAGE_SIZE]) {
    // Compression leaves a blank picture a little noise.
    static const double noise = 3;
    *is_blank = 0;
    message[0] = 0;
    VipsImage *image = NULL, *table = NULL;
    if (vips.crop(picture->image, &image, 0, 0, picture->width, picture->height, NULL) != 0 || !image)
        return failed(message);
    double *values = NULL;
    size_t size = 0;
    if (displayable(&image) && flattened(&image) && eight_bit(&image) && vips.stats(image, &table, NULL) == 0)
        values = vips.to_memory(table, &size);
    // Its first row is of all bands together; each begins with the smallest and the largest value.
    const size_t columns = table ? (size_t)vips.width(table) : 0, rows = table ? (size_t)vips.height(table) : 0;
    const int is_whole = values && size == rows * columns * sizeof *values;
    const sosia_image_status status = is_whole ? SOSIA_IMAGE_OK : failed(message);
    if (status == SOSIA_IMAGE_OK) {
        *is_blank = 1;
        for (size_t row = 1; row < rows; row++)
            *is_blank = *is_blank && values[row * columns + 1] - values[row * columns] <= noise;
    }
    if (values) vips.release(values);
    if (table) vips.unref(table);
    vips.unref(image);
    return status;
}

sosia_image_status sosia_vips_read(const sosia_vips_picture *picture, int left, int top, int width, int height,
                                   int shrink_x, int shrink_y, int (*stop)(void *context), void *context,
                                   uint8_t **pixels, int *out_width, int *out_height, int *channels,
                                   char message[SOSIA_IMAGE_MESSAGE_SIZE]) {
    *pixels = NULL;
    message[0] = 0;
    VipsImage *image = NULL;
    // Down to the last row: they can only be had in one go, in order.
    if (vips.crop(picture->image, &image, left, top, width, picture->height - top, NULL) != 0 || !image)
        return failed(message);
    sosia_image_status status = SOSIA_IMAGE_OK;
    if (!displayable(&image) || !flattened(&image) || !eight_bit(&image) || !samples(&image) ||
        !reduced(&image, shrink_x, shrink_y)) {
        status = failed(message);
    } else {
        size_t size = 0;
        stop_request request = {stop, context, 0};
        vips.progress(image, 1);
        vips.connect(image, "eval", (void (*)(void))look, &request, NULL, 0);
        *out_width = vips.width(image);
        *out_height = (height + shrink_y - 1) / shrink_y;
        *channels = vips.bands(image);
        *pixels = vips.to_memory(image, &size);
        // A short picture may be done before libvips reports.
        if (atomic_load(&request.stopped) || stop(context)) {
            status = SOSIA_IMAGE_STOPPED;
        } else if (!*pixels) {
            status = failed(message);
        } else if (size != (size_t)*out_width * (size_t)vips.height(image) * (size_t)*channels) {
            status = SOSIA_IMAGE_DAMAGED;
        }
        if (status != SOSIA_IMAGE_OK) {
            sosia_vips_free(*pixels);
            *pixels = NULL;
        }
    }
    vips.unref(image);
    return status;
}
