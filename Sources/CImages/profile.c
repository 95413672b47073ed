// Little CMS comes with libvips and is opened when the first picture carries a profile. What is declared here is its
// stable C interface (lcms2.h, version 2).
#include "CImages.h"
#include "sosia_library.h"

#include <pthread.h>
#include <string.h>

// Bytes a sample | channels << 3 | colour space << 16, as in lcms2.h.
#define LAYOUT(space, channels) ((uint32_t)((space) << 16 | (channels) << 3 | 1))
enum { SPACE_GREY = 3, SPACE_RGB = 4, SPACE_CMYK = 6, INTENT_PERCEPTUAL = 0, NO_ONE_PIXEL_CACHE = 0x40 };
enum { SIGNATURE_GREY = 0x47524159, SIGNATURE_RGB = 0x52474220, SIGNATURE_CMYK = 0x434d594b };

static struct {
    void *(*open)(const void *bytes, uint32_t size);
    int (*close)(void *profile);
    uint32_t (*space)(void *profile);
    void *(*srgb)(void);
    void *(*transform)(void *in, uint32_t in_layout, void *out, uint32_t out_layout, uint32_t intent, uint32_t flags);
    void (*apply)(const void *transform, const void *in, void *out, uint32_t pixels);
    void (*release)(void *transform);
} cms;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int available = 0;

static void open_cms(void) {
    static const char *const names[] = {"liblcms2.so.2", "liblcms2.2.dylib", "/opt/homebrew/lib/liblcms2.2.dylib",
                                        "/usr/local/lib/liblcms2.2.dylib", NULL};
    void *library = sosia_library_open(names);
    if (!library) return;
    const sosia_library_function needed[] = {
        {&cms.open, "cmsOpenProfileFromMem"},    {&cms.close, "cmsCloseProfile"},
        {&cms.space, "cmsGetColorSpace"},        {&cms.srgb, "cmsCreate_sRGBProfile"},
        {&cms.transform, "cmsCreateTransform"},  {&cms.apply, "cmsDoTransform"},
        {&cms.release, "cmsDeleteTransform"},
    };
    if (!sosia_library_bind(library, needed, sizeof needed / sizeof needed[0])) return;
    available = 1;
}

sosia_image_status sosia_profile_open(const uint8_t *bytes, size_t size, int channels, void **out) {
    *out = NULL;
    pthread_once(&opened, open_cms);
    if (!available) return SOSIA_IMAGE_NO_LIBRARY;
    if (size < 128 || size > 0x7fffffff) return SOSIA_IMAGE_DECLINED;
    void *profile = cms.open(bytes, (uint32_t)size);
    if (!profile) return SOSIA_IMAGE_DECLINED;
    const uint32_t space = cms.space(profile);
    uint32_t layout = 0;
    if (channels == 1 && space == SIGNATURE_GREY) layout = LAYOUT(SPACE_GREY, 1);
    if (channels == 3 && space == SIGNATURE_RGB) layout = LAYOUT(SPACE_RGB, 3);
    if (channels == 4 && space == SIGNATURE_CMYK) layout = LAYOUT(SPACE_CMYK, 4);
    void *srgb = layout ? cms.srgb() : NULL;
    // The one-pixel cache is the only part of a transform that threads would share.
    if (srgb)
        *out = cms.transform(profile, layout, srgb, LAYOUT(SPACE_RGB, 3), INTENT_PERCEPTUAL, NO_ONE_PIXEL_CACHE);
    if (srgb) cms.close(srgb);
    cms.close(profile);
    return *out ? SOSIA_IMAGE_OK : SOSIA_IMAGE_DECLINED;
}

void sosia_profile_apply(const void *transform, const uint8_t *samples, uint8_t *rgb, uint32_t count) {
    cms.apply(transform, samples, rgb, count);
}

void sosia_profile_close(void *transform) {
    if (transform) cms.release(transform);
}
