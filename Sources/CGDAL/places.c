#include "functions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Either a projection's operations, or a transformer from pixels.
struct sosia_places {
    void *to_earth;
    void *from_earth;
    void *transformer;
};

static int is_flat(const double t[6]) {
    for (int i = 0; i < 6; i++)
        if (!isfinite(t[i])) return 1;
    const double area = t[1] * t[5] - t[2] * t[4];
    const double sides = hypot(t[1], t[4]) * hypot(t[2], t[5]);
    return !(sides > 0) || fabs(area) <= 1e-12 * sides;
}

// The one transform that the points agree on, if they do.
static int fitted(gdal_dataset dataset, double transform[6]) {
    const int count = sosia_gdal.point_count(dataset);
    // Two points would leave the shear to a guess.
    return count >= 3 && sosia_gdal.fit(count, sosia_gdal.points(dataset), transform, 0);
}

static sosia_placement placed(sosia_places *places, void *own) {
    void *earth = sosia_gdal.srs_new(NULL);
    if (earth && sosia_gdal.srs_import(earth, 4326) == 0) {
        sosia_gdal.srs_axes(own, 0);
        sosia_gdal.srs_axes(earth, 0);
        places->to_earth = sosia_gdal.operation_new(own, earth);
        if (places->to_earth) places->from_earth = sosia_gdal.operation_inverse(places->to_earth);
    }
    if (earth) sosia_gdal.srs_free(earth);
    return places->to_earth && places->from_earth ? SOSIA_PLACED : SOSIA_NO_OPERATION;
}

static void write_name(void *projection, char name[SOSIA_RASTER_NAME_SIZE]) {
    const char *text = sosia_gdal.srs_name(projection);
    for (size_t i = 0; text && text[i] && i + 1 < SOSIA_RASTER_NAME_SIZE; i++)
        name[i] = text[i] >= 0x20 && text[i] <= 0x7e ? text[i] : '?';
}

// The method is named, because the library would otherwise also follow a file's words to arrays in other files.
static int transformed(gdal_dataset dataset, const char *method, sosia_places **out) {
    const char *const options[] = {"DST_SRS=EPSG:4326", method, NULL};
    sosia_places *places = calloc(1, sizeof *places);
    if (!places) return 0;
    places->transformer = sosia_gdal.transformer_new(dataset, NULL, options);
    if (places->transformer) *out = places;
    else free(places);
    return *out != NULL;
}

// What a raster's own transform lacks; SOSIA_PLACED if it is complete.
static sosia_placement own_transform(gdal_dataset dataset, double transform[6]) {
    if (sosia_gdal.transform(dataset, transform) >= ERROR_FAILURE) return SOSIA_NO_TRANSFORM;
    if (is_flat(transform)) return SOSIA_FLAT_TRANSFORM;
    return sosia_gdal.projection(dataset) ? SOSIA_PLACED : SOSIA_NO_PROJECTION;
}

static sosia_placement find(gdal_dataset dataset, double transform[6], char *name, sosia_places **out,
                            int *by_transformer) {
    sosia_placement by = own_transform(dataset, transform);
    void *projection = sosia_gdal.projection(dataset);
    if (by != SOSIA_PLACED && sosia_gdal.point_count(dataset) > 0) {
        projection = sosia_gdal.point_projection(dataset);
        if (!projection) return SOSIA_NO_PROJECTION;
        if (!fitted(dataset, transform)) {
            *by_transformer = transformed(dataset, "METHOD=GCP_POLYNOMIAL", out);
            if (*by_transformer) write_name(projection, name);
            return *by_transformer ? SOSIA_PLACED_BY_POLYNOMIAL : SOSIA_ONLY_POINTS;
        }
        if (is_flat(transform)) return SOSIA_FLAT_TRANSFORM;
        by = SOSIA_PLACED_BY_POINTS;
    } else if (by != SOSIA_PLACED) {
        *by_transformer = sosia_gdal.items(dataset, "RPC") && transformed(dataset, "METHOD=RPC", out);
        return *by_transformer ? SOSIA_PLACED_BY_COEFFICIENTS : by;
    }
    write_name(projection, name);
    void *own = sosia_gdal.srs_clone(projection);
    sosia_places *places = calloc(1, sizeof *places);
    sosia_placement result = own && places ? placed(places, own) : SOSIA_NO_OPERATION;
    if (own) sosia_gdal.srs_free(own);
    if (result == SOSIA_PLACED) {
        *out = places;
        return by;
    }
    sosia_places_close(places);
    return result;
}

sosia_placement sosia_raster_places(sosia_raster *raster, double transform[6], char name[SOSIA_RASTER_NAME_SIZE],
                                    sosia_places **out, int *by_transformer) {
    *by_transformer = 0;
    memset(name, 0, SOSIA_RASTER_NAME_SIZE);
    memset(transform, 0, 6 * sizeof transform[0]);
    *out = NULL;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    const sosia_placement result = find(raster->dataset, transform, name, out, by_transformer);
    sosia_gdal_unlisten();
    return result;
}

void sosia_places_close(sosia_places *places) {
    if (!places) return;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    if (places->to_earth) sosia_gdal.operation_free(places->to_earth);
    if (places->from_earth) sosia_gdal.operation_free(places->from_earth);
    if (places->transformer) sosia_gdal.transformer_free(places->transformer);
    sosia_gdal_unlisten();
    free(places);
}

// What has no counterpart becomes NaN.
static int operated(sosia_places *places, int is_inverse, int count, double *x, double *y) {
    if (count < 1) return 0;
    int *success = calloc((size_t)count, sizeof *success);
    double *z = calloc((size_t)count, sizeof *z);
    if (success && z) {
        sosia_gdal_listener listener;
        sosia_gdal_listen(&listener, NULL);
        if (places->transformer) sosia_gdal.transformer_run(places->transformer, is_inverse, count, x, y, z, success);
        else sosia_gdal.operate(is_inverse ? places->from_earth : places->to_earth, count, x, y, NULL, success);
        sosia_gdal_unlisten();
        for (int i = 0; i < count; i++)
            if (!success[i] || !isfinite(x[i]) || !isfinite(y[i])) x[i] = y[i] = NAN;
    }
    const int is_done = success && z;
    free(success);
    free(z);
    return is_done;
}

int sosia_places_to_earth(sosia_places *places, int count, double *x, double *y) {
    return operated(places, 0, count, x, y);
}

int sosia_places_from_earth(sosia_places *places, int count, double *x, double *y) {
    return operated(places, 1, count, x, y);
}
