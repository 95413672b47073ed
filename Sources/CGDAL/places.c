#include "functions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sosia_places {
    void *to_earth;
    void *from_earth;
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

static sosia_placement find(gdal_dataset dataset, double transform[6], char *name, sosia_places **out) {
    sosia_placement by = SOSIA_PLACED;
    void *projection = sosia_gdal.projection(dataset);
    if (sosia_gdal.transform(dataset, transform) >= ERROR_FAILURE) {
        if (sosia_gdal.point_count(dataset) < 1) return SOSIA_NO_TRANSFORM;
        if (!fitted(dataset, transform)) return SOSIA_ONLY_POINTS;
        projection = sosia_gdal.point_projection(dataset);
        by = SOSIA_PLACED_BY_POINTS;
    }
    if (is_flat(transform)) return SOSIA_FLAT_TRANSFORM;
    if (!projection) return SOSIA_NO_PROJECTION;
    const char *text = sosia_gdal.srs_name(projection);
    for (size_t i = 0; text && text[i] && i + 1 < SOSIA_RASTER_NAME_SIZE; i++)
        name[i] = text[i] >= 0x20 && text[i] <= 0x7e ? text[i] : '?';
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
                                    sosia_places **out) {
    memset(name, 0, SOSIA_RASTER_NAME_SIZE);
    memset(transform, 0, 6 * sizeof transform[0]);
    *out = NULL;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    const sosia_placement result = find(raster->dataset, transform, name, out);
    sosia_gdal_unlisten();
    return result;
}

void sosia_places_close(sosia_places *places) {
    if (!places) return;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    if (places->to_earth) sosia_gdal.operation_free(places->to_earth);
    if (places->from_earth) sosia_gdal.operation_free(places->from_earth);
    sosia_gdal_unlisten();
    free(places);
}

static int operated(void *operation, int count, double *x, double *y) {
    int *success = calloc((size_t)count, sizeof *success);
    if (!success) return 0;
    sosia_gdal_listener listener;
    sosia_gdal_listen(&listener, NULL);
    sosia_gdal.operate(operation, count, x, y, NULL, success);
    sosia_gdal_unlisten();
    int all = 1;
    for (int i = 0; i < count; i++) all = all && success[i] && isfinite(x[i]) && isfinite(y[i]);
    free(success);
    return all;
}

int sosia_places_to_earth(sosia_places *places, int count, double *x, double *y) {
    return count > 0 && operated(places->to_earth, count, x, y);
}

int sosia_places_from_earth(sosia_places *places, int count, double *x, double *y) {
    return count > 0 && operated(places->from_earth, count, x, y);
}
