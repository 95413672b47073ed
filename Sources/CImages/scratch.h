#ifndef SOSIA_SCRATCH_H
#define SOSIA_SCRATCH_H

#include <stddef.h>

// Memory of this thread for the length of one decode, kept for the next: giving a megabyte back to the system after
// every picture and faulting it in again costs a quarter of the time. Only one user at a time on a thread.
// NULL without memory. Every pointer that is taken is given back.
void *sosia_scratch_take(size_t size);
void sosia_scratch_give(void *memory);

#endif
