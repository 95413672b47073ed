#include "sosia_library.h"

#include <dlfcn.h>
#include <string.h>

void *sosia_library_open(const char *const *names) {
    for (; *names; names++) {
        void *library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
    }
    return NULL;
}

int sosia_library_bind(void *library, const sosia_library_function *functions, size_t count) {
    for (size_t i = 0; i < count; i++) {
        void *address = dlsym(library, functions[i].name);
        if (!address) return 0;
        memcpy(functions[i].slot, &address, sizeof address);
    }
    return 1;
}
