#ifndef SOSIA_LIBRARY_H
#define SOSIA_LIBRARY_H

#include <stddef.h>

// Libraries that are opened at run time: the package builds where they are missing, and a process that does not need
// them does not load them.

// Where the address of a function goes, and its name.
typedef struct {
    void *slot;
    const char *name;
} sosia_library_function;

// Opens the first of `names` (ended by NULL) that exists; NULL when none does.
void *sosia_library_open(const char *const *names);

// Returns 0 when one of the functions is missing.
int sosia_library_bind(void *library, const sosia_library_function *functions, size_t count);

#endif
