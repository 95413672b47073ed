#define _GNU_SOURCE // strcasestr
#include "functions.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int sosia_working_folder(char *out, size_t size) { return getcwd(out, size) != NULL; }

static void copy(char *out, size_t size, const char *text) {
    size_t length = 0;
    for (; text && text[length] && length + 1 < size; length++)
        out[length] = text[length] >= 0x20 && text[length] <= 0x7e ? text[length] : '?';
    out[length] = 0;
}

enum { RASTER = 0x02, VERBOSE_ERROR = 0x40 };
enum { NESTED_DEPTH = 4, NESTED_FILES = 1000 };

// Whether a VRT, or one that it names, takes the bytes of some file for pixels, whatever file that is: a password shows
// up as a picture. Also when there are too many to tell.
static int shows_raw_bytes(gdal_dataset dataset, int depth, int *left) {
    static const char *const drivers[] = {"VRT", NULL};
    void *driver = sosia_gdal.driver(dataset);
    if (!driver || strcmp(sosia_gdal.driver_name(driver), "VRT") != 0) return 0;
    if (depth > NESTED_DEPTH || --*left < 0) return 1;
    for (char **text = sosia_gdal.items(dataset, "xml:VRT"); text && *text; text++)
        if (strcasestr(*text, "VRTRawRasterBand")) return 1;
    int found = 0;
    char **files = sosia_gdal.files(dataset);
    // The first is the VRT itself.
    for (char **file = files ? files + 1 : NULL; file && *file && !found; file++) {
        gdal_dataset nested = sosia_gdal.open(*file, RASTER, drivers, NULL, NULL);
        if (!nested) continue;
        found = shows_raw_bytes(nested, depth + 1, left);
        sosia_gdal.close(nested);
    }
    sosia_gdal.list_free(files);
    return found;
}

sosia_raster_status sosia_raster_open(const char *path, sosia_raster **out, char message[SOSIA_RASTER_MESSAGE_SIZE]) {
    static const char *const drivers[] = {"GTiff", "VRT", "PNG", "JPEG", "JP2OpenJPEG", "WEBP", "BMP", NULL};
    *out = NULL;
    message[0] = 0;
    if (!sosia_gdal_ready()) return SOSIA_RASTER_NO_LIBRARY;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, message);
    gdal_dataset dataset = sosia_gdal.open(path, RASTER | VERBOSE_ERROR, drivers, NULL, NULL);
    sosia_gdal_unlisten();
    if (!dataset) return SOSIA_RASTER_FAILED;
    sosia_gdal_listen(&listener, NULL);
    int left = NESTED_FILES;
    const int is_refused = shows_raw_bytes(dataset, 0, &left);
    if (is_refused) sosia_gdal.close(dataset);
    sosia_gdal_unlisten();
    if (is_refused) {
        copy(message, SOSIA_RASTER_MESSAGE_SIZE, "it shows the bytes of other files as they are");
        return SOSIA_RASTER_FAILED;
    }
    sosia_raster *raster = calloc(1, sizeof *raster);
    if (!raster) {
        sosia_gdal.close(dataset);
        return SOSIA_RASTER_NO_MEMORY;
    }
    raster->dataset = dataset;
    *out = raster;
    return SOSIA_RASTER_OK;
}

void sosia_raster_close(sosia_raster *raster) {
    if (!raster) return;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    sosia_gdal.close(raster->dataset);
    sosia_gdal_unlisten();
    free(raster);
}

void sosia_raster_describe(sosia_raster *raster, sosia_raster_facts *out) {
    memset(out, 0, sizeof *out);
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    void *driver = sosia_gdal.driver(raster->dataset);
    if (driver) copy(out->driver, sizeof out->driver, sosia_gdal.driver_name(driver));
    out->width = sosia_gdal.width(raster->dataset);
    out->height = sosia_gdal.height(raster->dataset);
    out->bands = sosia_gdal.count(raster->dataset);
    sosia_gdal_unlisten();
}

size_t sosia_raster_files(sosia_raster *raster, char *out, size_t size) {
    size_t used = 0;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    char **files = sosia_gdal.files(raster->dataset);
    sosia_gdal_unlisten();
    for (char **file = files; file && *file; file++) {
        const size_t length = strlen(*file) + 1;
        if (length > size - used) break;
        memcpy(out + used, *file, length);
        used += length;
    }
    sosia_gdal.list_free(files);
    return used;
}

static sosia_band_meaning meaning(int interpretation) {
    if (interpretation >= 0 && interpretation <= 6) return (sosia_band_meaning)interpretation;
    return SOSIA_BAND_OTHER;
}

sosia_raster_status sosia_raster_band(sosia_raster *raster, int number, sosia_band_facts *out) {
    memset(out, 0, sizeof *out);
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    gdal_band band = sosia_gdal.band(raster->dataset, number);
    if (!band) {
        sosia_gdal_unlisten();
        return SOSIA_RASTER_FAILED;
    }
    const int type = sosia_gdal.band_type(band);
    copy(out->type, sizeof out->type, sosia_gdal.type_name(type));
    out->meaning = meaning(sosia_gdal.meaning(band));
    out->type_bits = sosia_gdal.type_bits(type);
    out->is_integer = strncmp(out->type, "Byte", 4) == 0 || strncmp(out->type, "UInt", 4) == 0 ||
                      strncmp(out->type, "Int", 3) == 0;
    out->is_signed = strncmp(out->type, "Byte", 4) != 0 && strncmp(out->type, "UInt", 4) != 0;
    // Before it had a type for it, the library told signed bytes by this alone.
    const char *kind = sosia_gdal.item(band, "PIXELTYPE", "IMAGE_STRUCTURE");
    if (kind && strcmp(kind, "SIGNEDBYTE") == 0) out->is_signed = 1;
    const char *bits = sosia_gdal.item(band, "NBITS", "IMAGE_STRUCTURE");
    const int declared = bits ? atoi(bits) : 0;
    out->bits = declared > 0 && declared < out->type_bits ? declared : out->type_bits;
    out->nodata = sosia_gdal.nodata(band, &out->has_nodata);
    const int mask = sosia_gdal.mask_flags(band);
    out->has_mask = !(mask & (MASK_ALL_VALID | MASK_ALPHA | MASK_NODATA));
    out->has_nodata_mask = (mask & MASK_NODATA) && (mask & MASK_PER_DATASET);
    void *palette = sosia_gdal.palette(band);
    out->palette_count = palette ? sosia_gdal.palette_count(palette) : 0;
    sosia_gdal.block_size(band, &out->block_width, &out->block_height);
    out->overviews = sosia_gdal.overviews(band);
    sosia_gdal_unlisten();
    return SOSIA_RASTER_OK;
}

static uint8_t byte(short value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

sosia_raster_status sosia_raster_palette(sosia_raster *raster, int number, int count, uint8_t *rgba) {
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    gdal_band band = sosia_gdal.band(raster->dataset, number);
    void *palette = band ? sosia_gdal.palette(band) : NULL;
    memset(rgba, 0, (size_t)count * 4);
    for (int i = 0; palette && i < count; i++) {
        gdal_colour colour = {0, 0, 0, 0};
        if (!sosia_gdal.palette_entry(palette, i, &colour)) continue;
        rgba[i * 4] = byte(colour.c1);
        rgba[i * 4 + 1] = byte(colour.c2);
        rgba[i * 4 + 2] = byte(colour.c3);
        rgba[i * 4 + 3] = byte(colour.c4);
    }
    sosia_gdal_unlisten();
    return palette ? SOSIA_RASTER_OK : SOSIA_RASTER_FAILED;
}

static gdal_read_options options(sosia_resampling resampling) {
    static const int algorithms[] = {0, 1, 5};
    gdal_read_options result;
    memset(&result, 0, sizeof result);
    result.version = 1;
    result.resampling = algorithms[resampling];
    return result;
}

sosia_raster_status sosia_raster_read(sosia_raster *raster, sosia_raster_area area, int out_width, int out_height,
                                      const int *bands, int count, sosia_sample sample, sosia_resampling resampling,
                                      double top, double bottom, void *out, char message[SOSIA_RASTER_MESSAGE_SIZE]) {
    int numbers[4];
    if (count < 1 || count > 4) return SOSIA_RASTER_FAILED;
    memcpy(numbers, bands, (size_t)count * sizeof numbers[0]);
    gdal_read_options how = options(resampling);
    how.has_window = 1;
    how.x = area.x;
    how.y = top;
    how.width = area.width;
    how.height = bottom - top;
    const int64_t size = sample == SOSIA_SAMPLE_BYTES ? 1 : (int64_t)sizeof(float);
    const int type = sample == SOSIA_SAMPLE_BYTES ? TYPE_BYTE : TYPE_FLOAT32;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, message);
    const int result =
        sosia_gdal.read(raster->dataset, 0, area.x, area.y, area.width, area.height, out, out_width, out_height, type,
                        count, numbers, size * count, size * count * out_width, size, &how);
    sosia_gdal_unlisten();
    return result >= ERROR_FAILURE ? SOSIA_RASTER_FAILED : SOSIA_RASTER_OK;
}

sosia_raster_status sosia_raster_read_mask(sosia_raster *raster, int number, sosia_raster_area area, int out_width,
                                           int out_height, uint8_t *out, char message[SOSIA_RASTER_MESSAGE_SIZE]) {
    gdal_read_options how = options(SOSIA_RESAMPLE_NEAREST);
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, message);
    gdal_band band = sosia_gdal.band(raster->dataset, number);
    gdal_band mask = band ? sosia_gdal.mask(band) : NULL;
    const int result = mask ? sosia_gdal.read_band(mask, 0, area.x, area.y, area.width, area.height, out, out_width,
                                                   out_height, TYPE_BYTE, 1, out_width, &how)
                            : ERROR_FAILURE;
    sosia_gdal_unlisten();
    return result >= ERROR_FAILURE ? SOSIA_RASTER_FAILED : SOSIA_RASTER_OK;
}
