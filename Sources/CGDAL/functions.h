#ifndef SOSIA_GDAL_FUNCTIONS_H
#define SOSIA_GDAL_FUNCTIONS_H

#include "CGDAL.h"

// What is declared here is GDAL's stable C interface as of 3.6.
typedef void *gdal_dataset;
typedef void *gdal_band;

enum { ERROR_NONE = 0, ERROR_WARNING = 2, ERROR_FAILURE = 3, ERROR_FATAL = 4 };
enum { TYPE_BYTE = 1, TYPE_FLOAT32 = 6 };
enum { MASK_ALL_VALID = 1, MASK_PER_DATASET = 2, MASK_ALPHA = 4, MASK_NODATA = 8 };

typedef struct {
    int version; // 1
    int resampling;
    int (*progress)(double, const char *, void *);
    void *progress_data;
    int has_window;
    double x, y, width, height;
} gdal_read_options;

typedef struct {
    short c1, c2, c3, c4;
} gdal_colour;

typedef struct {
    char *id, *info;
    double pixel, line, x, y, z;
} gdal_control_point;

typedef void (*gdal_error_handler)(int class, int number, const char *message);

struct sosia_gdal_functions {
    void (*config)(const char *key, const char *value);
    void (*push_handler)(gdal_error_handler handler, void *data);
    void (*pop_handler)(void);
    void *(*handler_data)(void);
    void (*list_free)(char **list);
    char **(*prefixes)(void);
    void *(*callbacks_new)(void);
    void (*callbacks_free)(void *callbacks);
    int (*install)(const char *prefix, const void *callbacks);
    void (*fetch_callback)(void *(*fetch)(const char *, const char *const *, void *, void *, void *, void *, void *),
                           void *data);
    void (*proj_network)(int enabled);
    void (*cache_max)(int64_t bytes);

    gdal_dataset (*open)(const char *path, unsigned flags, const char *const *drivers, const char *const *options,
                         const char *const *siblings);
    void (*close)(gdal_dataset dataset);
    void *(*driver)(gdal_dataset dataset);
    const char *(*driver_name)(void *driver);
    char **(*files)(gdal_dataset dataset);
    int (*width)(gdal_dataset dataset);
    int (*height)(gdal_dataset dataset);
    int (*count)(gdal_dataset dataset);
    gdal_band (*band)(gdal_dataset dataset, int number);
    int (*band_type)(gdal_band band);
    int (*type_bits)(int type);
    const char *(*type_name)(int type);
    int (*meaning)(gdal_band band);
    void (*block_size)(gdal_band band, int *width, int *height);
    double (*nodata)(gdal_band band, int *exists);
    const char *(*item)(void *object, const char *name, const char *domain);
    char **(*items)(void *object, const char *domain); // the library's own
    int (*overviews)(gdal_band band);
    int (*mask_flags)(gdal_band band);
    gdal_band (*mask)(gdal_band band);
    void *(*palette)(gdal_band band);
    int (*palette_count)(void *palette);
    int (*palette_entry)(void *palette, int index, gdal_colour *out);
    int (*read)(gdal_dataset dataset, int write, int x, int y, int width, int height, void *out, int out_width,
                int out_height, int type, int count, int *bands, int64_t pixel_space, int64_t line_space,
                int64_t band_space, gdal_read_options *options);
    int (*read_band)(gdal_band band, int write, int x, int y, int width, int height, void *out, int out_width,
                     int out_height, int type, int64_t pixel_space, int64_t line_space, gdal_read_options *options);

    int (*transform)(gdal_dataset dataset, double *six);
    void *(*projection)(gdal_dataset dataset);
    int (*point_count)(gdal_dataset dataset);
    const gdal_control_point *(*points)(gdal_dataset dataset);
    void *(*point_projection)(gdal_dataset dataset);
    int (*fit)(int count, const gdal_control_point *points, double *six, int approximate);
    void *(*srs_new)(const char *text);
    void *(*srs_clone)(void *srs);
    void (*srs_free)(void *srs);
    int (*srs_import)(void *srs, int code);
    void (*srs_axes)(void *srs, int strategy);
    const char *(*srs_name)(void *srs);
    void *(*operation_new)(void *from, void *to);
    void *(*operation_inverse)(void *operation);
    void (*operation_free)(void *operation);
    int (*operate)(void *operation, int count, double *x, double *y, double *z, int *success);
    void *(*transformer_new)(gdal_dataset from, gdal_dataset to, const char *const *options);
    void (*transformer_free)(void *transformer);
    int (*transformer_run)(void *transformer, int is_inverse, int count, double *x, double *y, double *z, int *success);
};

extern struct sosia_gdal_functions sosia_gdal;

// Opens the library once a process; 0 when there is none.
int sosia_gdal_ready(void);

typedef struct {
    char *message;
    int class; // of what is in the message
} sosia_gdal_listener;

// Between these two, whatever the library has to say on this thread goes to `message` (NULL: nowhere).
void sosia_gdal_listen(sosia_gdal_listener *listener, char *message);
void sosia_gdal_unlisten(void);

struct sosia_raster {
    gdal_dataset dataset;
};

#endif
