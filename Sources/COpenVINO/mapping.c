#include "COpenVINO.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void *sosia_file_map(const char *path, size_t *count) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return NULL;
    struct stat facts;
    void *bytes = MAP_FAILED;
    if (fstat(file, &facts) == 0) {
        if (!S_ISREG(facts.st_mode) || facts.st_size <= 0) {
            errno = EINVAL;
        } else {
            // Writable, because the importer takes a mutable pointer; private, so that the file never changes.
            bytes = mmap(NULL, (size_t)facts.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
            *count = (size_t)facts.st_size;
        }
    }
    const int reason = errno;
    close(file);
    errno = reason;
    return bytes == MAP_FAILED ? NULL : bytes;
}

void sosia_file_unmap(void *bytes, size_t count) {
    if (bytes) munmap(bytes, count);
}
