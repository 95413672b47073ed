#include "CImages.h"
#include "scratch.h"

#include <stdio.h>
#include <string.h>
#include <turbojpeg.h>

static sosia_image_status judged(tjhandle handle, int *warning, char *message) {
    const char *text = tjGetErrorStr2(handle);
    snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "%s", text ? text : "unknown");
    if (strstr(message, "Premature end")) return SOSIA_IMAGE_TRUNCATED;
    if (tjGetErrorCode(handle) != TJERR_WARNING) {
        if (strstr(message, "emory")) return SOSIA_IMAGE_NO_MEMORY;
        // Kinds that this build was not made for; another reader may know them.
        if (strstr(message, "nsupported") || strstr(message, "not compiled") || strstr(message, "Arithmetic"))
            return SOSIA_IMAGE_DECLINED;
        return SOSIA_IMAGE_DAMAGED;
    }
    // Bytes between segments and odd headers leave the pixels whole; a bad code in the data does not.
    if (strstr(message, "extraneous bytes") || !strstr(message, "Corrupt JPEG data")) {
        *warning = 1;
        return SOSIA_IMAGE_OK;
    }
    return SOSIA_IMAGE_DAMAGED;
}

static sosia_axis scaled(sosia_axis axis, double factor, int source_size) {
    return (sosia_axis){axis.start * factor, axis.step * factor, source_size, axis.count};
}

sosia_image_status sosia_jpeg_decode(const uint8_t *bytes, size_t size, int width, int height, int denominator,
                                     sosia_axis x, sosia_axis y, uint8_t *out, int *channels, int *warning,
                                     char message[SOSIA_IMAGE_MESSAGE_SIZE]) {
    *warning = 0;
    message[0] = 0;
    tjhandle handle = tjInitDecompress();
    if (!handle) return SOSIA_IMAGE_NO_MEMORY;
    uint8_t *storage = NULL;
    int found_width = 0, found_height = 0, subsampling = -1, colors = -1;
    sosia_image_status status = SOSIA_IMAGE_OK;
    if (tjDecompressHeader3(handle, bytes, size, &found_width, &found_height, &subsampling, &colors) != 0) {
        status = judged(handle, warning, message);
        if (strstr(message, "subsampling")) status = SOSIA_IMAGE_DECLINED;
    } else if (subsampling < 0 || subsampling >= TJ_NUMSAMP || (colors != TJCS_YCbCr && colors != TJCS_GRAY)) {
        status = SOSIA_IMAGE_DECLINED;
    } else if (found_width != width || found_height != height) {
        snprintf(message, SOSIA_IMAGE_MESSAGE_SIZE, "the header names two sizes");
        status = SOSIA_IMAGE_DAMAGED;
    }
    if (status != SOSIA_IMAGE_OK) goto done;

    const tjscalingfactor factor = {1, denominator};
    const int scaled_width = TJSCALED(width, factor), scaled_height = TJSCALED(height, factor);
    const int planes = subsampling == TJSAMP_GRAY ? 1 : 3;
    uint8_t *plane[3] = {NULL, NULL, NULL};
    int plane_width[3] = {0}, plane_height[3] = {0};
    size_t offset[3] = {0}, total = 0;
    for (int i = 0; i < planes; i++) {
        plane_width[i] = tjPlaneWidth(i, scaled_width, subsampling);
        plane_height[i] = tjPlaneHeight(i, scaled_height, subsampling);
        if (plane_width[i] <= 0 || plane_height[i] <= 0) {
            status = SOSIA_IMAGE_DECLINED;
            goto done;
        }
        offset[i] = total;
        total += (size_t)plane_width[i] * (size_t)plane_height[i];
    }
    const size_t count = (size_t)x.count * (size_t)y.count;
    storage = sosia_scratch_take(total + count * (size_t)planes);
    if (!storage) {
        status = SOSIA_IMAGE_NO_MEMORY;
        goto done;
    }
    for (int i = 0; i < planes; i++) plane[i] = storage + offset[i];
    uint8_t *resized = storage + total;

    // The planes are resized before they become RGB: chroma stays as small as it is stored.
    if (tjDecompressToYUVPlanes(handle, bytes, size, plane, scaled_width, NULL, scaled_height, TJFLAG_LIMITSCANS) != 0)
        status = judged(handle, warning, message);
    for (int i = 0; i < planes && status == SOSIA_IMAGE_OK; i++) {
        const double across = i == 0 ? 1 : tjMCUWidth[subsampling] / 8;
        const double down = i == 0 ? 1 : tjMCUHeight[subsampling] / 8;
        status = sosia_resample(plane[i], (size_t)plane_width[i], 1,
                                scaled(x, 1 / (denominator * across), plane_width[i]),
                                scaled(y, 1 / (denominator * down), plane_height[i]),
                                planes == 1 ? out : resized + (size_t)i * count);
    }
    if (status == SOSIA_IMAGE_OK && planes == 3)
        sosia_ycc_to_rgb(resized, resized + count, resized + 2 * count, out, count);
    *channels = planes;
done:
    sosia_scratch_give(storage);
    tjDestroy(handle);
    return status;
}

sosia_image_status sosia_jpeg_encode(const uint8_t *rgb, int width, int height, int quality, uint8_t **out,
                                     size_t *size) {
    *out = NULL;
    *size = 0;
    tjhandle handle = tjInitCompress();
    if (!handle) return SOSIA_IMAGE_NO_MEMORY;
    unsigned long length = 0;
    unsigned char *bytes = NULL;
    const int failed = tjCompress2(handle, rgb, width, 0, height, TJPF_RGB, &bytes, &length, TJSAMP_420, quality, 0);
    tjDestroy(handle);
    if (failed) {
        tjFree(bytes);
        return SOSIA_IMAGE_NO_MEMORY;
    }
    *out = bytes;
    *size = length;
    return SOSIA_IMAGE_OK;
}

void sosia_jpeg_free(uint8_t *bytes) {
    tjFree(bytes);
}
