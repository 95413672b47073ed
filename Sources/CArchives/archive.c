// What is declared here is the stable C interface of libarchive 3.
#include "CArchives.h"
#include "sosia_library.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { ENTRY_OK = 0, END = 1, WARNING = -20, REGULAR = 0100000, FOLDER = 0040000, BLOCK = 1 << 16 };

struct archive;
struct archive_entry;

static struct {
    struct archive *(*create)(void);
    int (*gzip)(struct archive *);
    int (*bzip2)(struct archive *);
    int (*xz)(struct archive *);
    int (*zstd)(struct archive *);
    int (*tar)(struct archive *);
    int (*open)(struct archive *, const char *path, size_t block);
    int (*next)(struct archive *, struct archive_entry **);
    const char *(*name_utf8)(struct archive_entry *);
    const char *(*name)(struct archive_entry *);
    const char *(*link_utf8)(struct archive_entry *);
    const char *(*link)(struct archive_entry *);
    unsigned (*type)(struct archive_entry *);
    int64_t (*size)(struct archive_entry *);
    ptrdiff_t (*data)(struct archive *, void *out, size_t count);
    const char *(*error)(struct archive *);
    int (*release)(struct archive *);
} library;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int is_available = 0;

static void open_library(void) {
    static const char *const names[] = {"libarchive.so.13", "libarchive.13.dylib", "libarchive.dylib", NULL};
    void *handle = sosia_library_open(names);
    if (!handle) return;
    const sosia_library_function needed[] = {
        {&library.create, "archive_read_new"},
        {&library.gzip, "archive_read_support_filter_gzip"},
        {&library.bzip2, "archive_read_support_filter_bzip2"},
        {&library.xz, "archive_read_support_filter_xz"},
        {&library.zstd, "archive_read_support_filter_zstd"},
        {&library.tar, "archive_read_support_format_tar"},
        {&library.open, "archive_read_open_filename"},
        {&library.next, "archive_read_next_header"},
        {&library.name_utf8, "archive_entry_pathname_utf8"},
        {&library.name, "archive_entry_pathname"},
        {&library.link_utf8, "archive_entry_hardlink_utf8"},
        {&library.link, "archive_entry_hardlink"},
        {&library.type, "archive_entry_filetype"},
        {&library.size, "archive_entry_size"},
        {&library.data, "archive_read_data"},
        {&library.error, "archive_error_string"},
        {&library.release, "archive_read_free"},
    };
    if (!sosia_library_bind(handle, needed, sizeof needed / sizeof needed[0])) return;
    is_available = 1;
}

static sosia_archive_status failed(struct archive *archive, char *message) {
    const char *text = library.error(archive);
    snprintf(message, SOSIA_ARCHIVE_MESSAGE_SIZE, "%s", text ? text : "no reason given");
    return SOSIA_ARCHIVE_DAMAGED;
}

sosia_archive_status sosia_archive_open(const char *path, void **out, char message[SOSIA_ARCHIVE_MESSAGE_SIZE]) {
    *out = NULL;
    message[0] = 0;
    pthread_once(&opened, open_library);
    if (!is_available) return SOSIA_ARCHIVE_NO_LIBRARY;
    struct archive *archive = library.create();
    if (!archive) {
        snprintf(message, SOSIA_ARCHIVE_MESSAGE_SIZE, "out of memory");
        return SOSIA_ARCHIVE_DAMAGED;
    }
    // A filter that was not built in is a warning: then the archive is not recognised.
    library.gzip(archive), library.bzip2(archive), library.xz(archive), library.zstd(archive);
    library.tar(archive);
    if (library.open(archive, path, BLOCK) != ENTRY_OK) {
        failed(archive, message);
        library.release(archive);
        return SOSIA_ARCHIVE_DAMAGED;
    }
    *out = archive;
    return SOSIA_ARCHIVE_OK;
}

sosia_archive_status sosia_archive_next(void *archive, sosia_archive_entry *out,
                                        char message[SOSIA_ARCHIVE_MESSAGE_SIZE]) {
    struct archive_entry *entry = NULL;
    message[0] = 0;
    const int result = library.next(archive, &entry);
    if (result == END) return SOSIA_ARCHIVE_END;
    // Warnings are about names and dates that were translated.
    if (result < WARNING || !entry) return failed(archive, message);
    const char *name = library.name_utf8(entry);
    if (!name) name = library.name(entry);
    const char *link = library.link_utf8(entry);
    if (!link) link = library.link(entry);
    const unsigned type = library.type(entry);
    *out = (sosia_archive_entry){name ? name : "", link, type == REGULAR, type == FOLDER, library.size(entry)};
    return SOSIA_ARCHIVE_OK;
}

sosia_archive_status sosia_archive_read(void *archive, uint8_t *out, size_t count, size_t *got,
                                        char message[SOSIA_ARCHIVE_MESSAGE_SIZE]) {
    *got = 0;
    message[0] = 0;
    while (*got < count) {
        const ptrdiff_t result = library.data(archive, out + *got, count - *got);
        if (result < 0) return failed(archive, message);
        if (result == 0) break;
        *got += (size_t)result;
    }
    return SOSIA_ARCHIVE_OK;
}

void sosia_archive_close(void *archive) {
    if (archive) library.release(archive);
}
