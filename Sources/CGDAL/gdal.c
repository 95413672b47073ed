// GDAL has a hundred shared libraries behind it, so it is opened when the first raster needs it and never linked.
//
// Files come from anywhere, so the library is cut down to what reads them: a few drivers, no network, no archives, no
// code in files.
#include "functions.h"
#include "sosia_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sosia_gdal_functions sosia_gdal;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int is_ready;

enum { STANDARD_CACHE = 64 << 20 };

// The first failure is the cause of the others; a warning is better than nothing.
static void remember(int class, int number, const char *text) {
    (void)number;
    sosia_gdal_listener *listener = sosia_gdal.handler_data();
    if (!listener || !listener->message || class < ERROR_WARNING || class <= listener->class) return;
    listener->class = class < ERROR_FAILURE ? class : ERROR_FATAL;
    char *message = listener->message;
    size_t length = 0;
    for (const char *c = text; c && *c && length + 1 < SOSIA_RASTER_MESSAGE_SIZE; c++)
        message[length++] = *c == '\n' ? ';' : *c >= 0x20 && *c <= 0x7e ? *c : '?';
    message[length] = 0;
}

void sosia_gdal_listen(sosia_gdal_listener *listener, char *message) {
    listener->message = message;
    listener->class = ERROR_NONE;
    if (message) message[0] = 0;
    sosia_gdal.push_handler(remember, listener);
}

void sosia_gdal_unlisten(void) { sosia_gdal.pop_handler(); }

// A file system in which nothing is. The layout is that of VSIFilesystemPluginCallbacksStruct, which only grows.
struct callbacks {
    void *data;
    int (*stat)(void *, const char *, void *, int);
    void *unused[5]; // unlink, rename, mkdir, rmdir, read_dir
    void *(*open)(void *, const char *, const char *);
    uint64_t (*tell)(void *);
    int (*seek)(void *, uint64_t, int);
    size_t (*read)(void *, void *, size_t, size_t);
};

static int stat_nothing(void *data, const char *path, void *out, int flags) {
    (void)data, (void)path, (void)out, (void)flags;
    return -1;
}

static void *open_nothing(void *data, const char *path, const char *access) {
    (void)data, (void)path, (void)access;
    return NULL;
}

static uint64_t tell_nothing(void *file) {
    (void)file;
    return 0;
}

static int seek_nothing(void *file, uint64_t offset, int whence) {
    (void)file, (void)offset, (void)whence;
    return -1;
}

static size_t read_nothing(void *file, void *out, size_t size, size_t count) {
    (void)file, (void)out, (void)size, (void)count;
    return 0;
}

static void *fetch_nothing(const char *address, const char *const *options, void *progress, void *progress_data,
                           void *write, void *write_data, void *data) {
    (void)address, (void)options, (void)progress, (void)progress_data, (void)write, (void)write_data, (void)data;
    return NULL;
}

// Drivers read parts of files through these; nothing else of theirs is on the network, in archives or in pipes.
static int is_harmless(const char *prefix) {
    static const char *const kept[] = {"/vsimem/", "/vsisubfile/", "/vsisparse/", NULL};
    for (const char *const *name = kept; *name; name++)
        if (strcmp(prefix, *name) == 0) return 1;
    return 0;
}

// A VRT names files; these must not be addresses.
static int close_file_systems(void) {
    struct callbacks *callbacks = sosia_gdal.callbacks_new();
    if (!callbacks) return 0;
    callbacks->stat = stat_nothing;
    callbacks->open = open_nothing;
    callbacks->tell = tell_nothing;
    callbacks->seek = seek_nothing;
    callbacks->read = read_nothing;
    int closed = 0;
    char **prefixes = sosia_gdal.prefixes();
    for (char **prefix = prefixes; prefix && *prefix; prefix++) {
        if (is_harmless(*prefix)) continue;
        // Some are known as "/vsicurl?" besides "/vsicurl/", and only one of the two is in the list. The library keeps
        // the names that it is given, so they are never freed.
        char *name = strdup(*prefix), *other = strdup(*prefix);
        if (name && other && *name) other[strlen(other) - 1] = '?';
        closed = name && other && *name && sosia_gdal.install(name, callbacks) == 0 &&
                 sosia_gdal.install(other, callbacks) == 0;
        if (!closed) break;
    }
    sosia_gdal.list_free(prefixes);
    sosia_gdal.callbacks_free(callbacks);
    return closed;
}

static void register_drivers(void *library) {
    // Some builds leave out one or another; its files are then unreadable, and said to be.
    static const char *const names[] = {"GTiff", "COG", "VRT", "PNG", "JPEG", "JP2OpenJPEG", "WEBP", "BMP", NULL};
    for (const char *const *name = names; *name; name++) {
        char symbol[48];
        void (*function)(void);
        snprintf(symbol, sizeof symbol, "GDALRegister_%s", *name);
        void *found = dlsym(library, symbol);
        if (!found) continue;
        memcpy(&function, &found, sizeof found);
        function();
    }
}

static void open_gdal(void) {
    static const char *const names[] = {"libgdal.so.32", "libgdal.so.33", "libgdal.so.34", "libgdal.so.35",
                                        "libgdal.so.36", "libgdal.so.37", "libgdal.so.38", "libgdal.so",
                                        "libgdal.dylib", "/opt/homebrew/lib/libgdal.dylib",
                                        "/usr/local/lib/libgdal.dylib", NULL};
    void *library = sosia_library_open(names);
    if (!library) return;
    const sosia_library_function needed[] = {
        {&sosia_gdal.config, "CPLSetConfigOption"},
        {&sosia_gdal.push_handler, "CPLPushErrorHandlerEx"},
        {&sosia_gdal.pop_handler, "CPLPopErrorHandler"},
        {&sosia_gdal.handler_data, "CPLGetErrorHandlerUserData"},
        {&sosia_gdal.list_free, "CSLDestroy"},
        {&sosia_gdal.prefixes, "VSIGetFileSystemsPrefixes"},
        {&sosia_gdal.callbacks_new, "VSIAllocFilesystemPluginCallbacksStruct"},
        {&sosia_gdal.callbacks_free, "VSIFreeFilesystemPluginCallbacksStruct"},
        {&sosia_gdal.install, "VSIInstallPluginHandler"},
        {&sosia_gdal.fetch_callback, "CPLHTTPSetFetchCallback"},
        {&sosia_gdal.proj_network, "OSRSetPROJEnableNetwork"},
        {&sosia_gdal.cache_max, "GDALSetCacheMax64"},
        {&sosia_gdal.open, "GDALOpenEx"},
        {&sosia_gdal.close, "GDALClose"},
        {&sosia_gdal.driver, "GDALGetDatasetDriver"},
        {&sosia_gdal.driver_name, "GDALGetDriverShortName"},
        {&sosia_gdal.files, "GDALGetFileList"},
        {&sosia_gdal.width, "GDALGetRasterXSize"},
        {&sosia_gdal.height, "GDALGetRasterYSize"},
        {&sosia_gdal.count, "GDALGetRasterCount"},
        {&sosia_gdal.band, "GDALGetRasterBand"},
        {&sosia_gdal.band_type, "GDALGetRasterDataType"},
        {&sosia_gdal.type_bits, "GDALGetDataTypeSizeBits"},
        {&sosia_gdal.type_name, "GDALGetDataTypeName"},
        {&sosia_gdal.meaning, "GDALGetRasterColorInterpretation"},
        {&sosia_gdal.block_size, "GDALGetBlockSize"},
        {&sosia_gdal.nodata, "GDALGetRasterNoDataValue"},
        {&sosia_gdal.item, "GDALGetMetadataItem"},
        {&sosia_gdal.items, "GDALGetMetadata"},
        {&sosia_gdal.overviews, "GDALGetOverviewCount"},
        {&sosia_gdal.mask_flags, "GDALGetMaskFlags"},
        {&sosia_gdal.mask, "GDALGetMaskBand"},
        {&sosia_gdal.palette, "GDALGetRasterColorTable"},
        {&sosia_gdal.palette_count, "GDALGetColorEntryCount"},
        {&sosia_gdal.palette_entry, "GDALGetColorEntryAsRGB"},
        {&sosia_gdal.read, "GDALDatasetRasterIOEx"},
        {&sosia_gdal.read_band, "GDALRasterIOEx"},
        {&sosia_gdal.transform, "GDALGetGeoTransform"},
        {&sosia_gdal.projection, "GDALGetSpatialRef"},
        {&sosia_gdal.point_count, "GDALGetGCPCount"},
        {&sosia_gdal.points, "GDALGetGCPs"},
        {&sosia_gdal.point_projection, "GDALGetGCPSpatialRef"},
        {&sosia_gdal.fit, "GDALGCPsToGeoTransform"},
        {&sosia_gdal.srs_new, "OSRNewSpatialReference"},
        {&sosia_gdal.srs_clone, "OSRClone"},
        {&sosia_gdal.srs_free, "OSRDestroySpatialReference"},
        {&sosia_gdal.srs_import, "OSRImportFromEPSG"},
        {&sosia_gdal.srs_axes, "OSRSetAxisMappingStrategy"},
        {&sosia_gdal.srs_name, "OSRGetName"},
        {&sosia_gdal.operation_new, "OCTNewCoordinateTransformation"},
        {&sosia_gdal.operation_inverse, "OCTGetInverse"},
        {&sosia_gdal.operation_free, "OCTDestroyCoordinateTransformation"},
        {&sosia_gdal.operate, "OCTTransformEx"},
        {&sosia_gdal.transformer_new, "GDALCreateGenImgProjTransformer2"},
        {&sosia_gdal.transformer_free, "GDALDestroyGenImgProjTransformer"},
        {&sosia_gdal.transformer_run, "GDALGenImgProjTransform"},
    };
    if (!sosia_library_bind(library, needed, sizeof needed / sizeof needed[0])) return;
    static const char *const options[][2] = {
        // A file's own code; and from 3.12 on, files that are read as bare bytes: see sosia_raster_open.
        {"GDAL_VRT_ENABLE_PYTHON", "NO"},
        {"GDAL_VRT_RAWRASTERBAND_ALLOWED_SOURCE", "NO"},
        // Whatever the environment says: memory is not addressed by files, and damage is damage.
        {"VRT_ALLOW_MEM_DRIVER", "NO"},
        {"GTIFF_IGNORE_READ_ERRORS", "NO"},
        // Folders with a hundred thousand files are not listed; the few names of side files are tried.
        {"GDAL_DISABLE_READDIR_ON_OPEN", "TRUE"},
        // One thread a caller; callers have threads of their own.
        {"GDAL_NUM_THREADS", "1"},
        // JPEG that ends early is an error, not gray.
        {"GDAL_ERROR_ON_LIBJPEG_WARNING", "TRUE"},
        // At most so many files of a VRT are open at once.
        {"GDAL_MAX_DATASET_POOL_SIZE", "64"},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) sosia_gdal.config(options[i][0], options[i][1]);
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    register_drivers(library);
    sosia_gdal.fetch_callback(fetch_nothing, NULL);
    sosia_gdal.proj_network(0);
    sosia_gdal.cache_max(STANDARD_CACHE);
    is_ready = close_file_systems();
    sosia_gdal_unlisten();
}

int sosia_gdal_ready(void) {
    pthread_once(&opened, open_gdal);
    return is_ready;
}
