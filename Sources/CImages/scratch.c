#include "scratch.h"

#include <pthread.h>
#include <stdlib.h>

// More than this is not kept: 24 megapixels of 4:2:0 at 1/2.
enum { KEPT_AT_MOST = 16 << 20 };

typedef struct {
    size_t size;
    void *memory;
} scratch;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int usable = 0;

static void dismiss(void *value) {
    scratch *own = value;
    free(own->memory);
    free(own);
}

static void make_key(void) {
    usable = pthread_key_create(&key, dismiss) == 0;
}

static scratch *own_scratch(void) {
    pthread_once(&once, make_key);
    if (!usable) return NULL;
    scratch *own = pthread_getspecific(key);
    if (own) return own;
    own = calloc(1, sizeof *own);
    if (own && pthread_setspecific(key, own) != 0) {
        free(own);
        own = NULL;
    }
    return own;
}

void *sosia_scratch_take(size_t size) {
    scratch *own = size <= KEPT_AT_MOST ? own_scratch() : NULL;
    if (!own) return malloc(size);
    if (own->size < size) {
        free(own->memory);
        own->memory = malloc(size);
        own->size = own->memory ? size : 0;
    }
    return own->memory;
}

void sosia_scratch_give(void *memory) {
    const scratch *own = own_scratch();
    if (!own || own->memory != memory) free(memory);
}
