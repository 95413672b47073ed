// Reading of tar archives, plain or compressed, through libarchive, which is opened at first use.
#ifndef SOSIA_ARCHIVES_H
#define SOSIA_ARCHIVES_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    SOSIA_ARCHIVE_OK = 0,
    SOSIA_ARCHIVE_END,        // no entry is left
    SOSIA_ARCHIVE_DAMAGED,    // with a message
    SOSIA_ARCHIVE_NO_LIBRARY, // libarchive is not installed
} sosia_archive_status;

enum { SOSIA_ARCHIVE_MESSAGE_SIZE = 256 };

typedef struct {
    const char *name; // as stored, mostly UTF-8; valid until the next entry
    const char *link; // of a hard link, the name of the file; else NULL
    int is_file;
    int is_folder;
    int64_t size;
} sosia_archive_entry;

// tar as it is or compressed with gzip, bzip2, xz or zstd; nothing else. On OK, `*out` is freed with
// sosia_archive_close.
sosia_archive_status sosia_archive_open(const char *path, void **out, char message[SOSIA_ARCHIVE_MESSAGE_SIZE]);
sosia_archive_status sosia_archive_next(void *archive, sosia_archive_entry *out,
                                        char message[SOSIA_ARCHIVE_MESSAGE_SIZE]);
// The bytes of the entry that came last, `*got` of at most `count`; less only at its end.
sosia_archive_status sosia_archive_read(void *archive, uint8_t *out, size_t count, size_t *got,
                                        char message[SOSIA_ARCHIVE_MESSAGE_SIZE]);
void sosia_archive_close(void *archive);

#endif
