#ifndef SOSIA_GDAL_LIBRARY_H
#define SOSIA_GDAL_LIBRARY_H

#include <dlfcn.h>
#include <stddef.h>

// Opens the first of `names` (ended by NULL) that exists.
static inline void *sosia_library_open(const char *const *names) {
    for (; *names; names++) {
        void *handle = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
        if (handle) return handle;
    }
    return NULL;
}

#endif
