#define _GNU_SOURCE
#include "CSystemCalls.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAXIMUM_FILES = 65536 };

// Held over a call and its record, so that the record has the system's order.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int is_recording;
static char root[PATH_MAX];
static struct recorded_call *calls;
static size_t count, capacity;
// By descriptor: the number of the opened file, 0 for one that lies elsewhere.
static _Atomic int64_t files[MAXIMUM_FILES];
static int64_t last_file;

static void append(struct recorded_call call) {
    if (count == capacity) {
        capacity = capacity ? 2 * capacity : 4096;
        calls = realloc(calls, capacity * sizeof *calls);
        if (!calls) abort();
    }
    calls[count++] = call;
}

static char *copy(const char *text) {
    char *copied = strdup(text);
    if (!copied) abort();
    return copied;
}

static int is_below(const char *path) {
    size_t length = strlen(root);
    return strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == 0);
}

// The absolute path of a name in a folder that may be given by descriptor.
static const char *absolute(int folder, const char *path, char *buffer) {
    if (path[0] == '/') return path;
    char link[64];
    if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, buffer, PATH_MAX / 2);
    if (length < 0) return path;
    snprintf(buffer + length, (size_t)(PATH_MAX - length), "/%s", path);
    return buffer;
}

static int64_t file_of(int descriptor) {
    if (!atomic_load(&is_recording) || descriptor < 0 || descriptor >= MAXIMUM_FILES) return 0;
    return files[descriptor];
}

static void append_unknown(const char *name) {
    append((struct recorded_call){.kind = RECORDED_UNKNOWN, .path = copy(name)});
}

// MARK: - The recorder

void recorder_start(const char *folder) {
    pthread_mutex_lock(&lock);
    for (size_t position = 0; position < count; position++) {
        free((void *)calls[position].bytes);
        free((void *)calls[position].path);
        free((void *)calls[position].other);
    }
    count = 0;
    snprintf(root, sizeof root, "%s", folder);
    atomic_store(&is_recording, 1);
    pthread_mutex_unlock(&lock);
}

void recorder_note(int64_t number) {
    pthread_mutex_lock(&lock);
    append((struct recorded_call){.kind = RECORDED_NOTE, .offset = number});
    pthread_mutex_unlock(&lock);
}

void recorder_stop(void) {
    pthread_mutex_lock(&lock);
    atomic_store(&is_recording, 0);
    pthread_mutex_unlock(&lock);
}

size_t recorder_count(void) { return count; }

struct recorded_call recorder_call(size_t position) { return calls[position]; }

// MARK: - Opening and closing

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    char buffer[PATH_MAX];
    const char *whole = absolute(folder, path, buffer);
    if (!atomic_load(&is_recording) || !is_below(whole)) {
        int descriptor = (int)syscall(SYS_openat, folder, path, flags, mode);
        if (descriptor >= 0 && descriptor < MAXIMUM_FILES) files[descriptor] = 0;
        return descriptor;
    }
    pthread_mutex_lock(&lock);
    struct stat status;
    int was_there = syscall(SYS_newfstatat, folder, path, &status, 0) == 0;
    int descriptor = (int)syscall(SYS_openat, folder, path, flags, mode);
    int error = errno;
    if (descriptor >= 0 && descriptor < MAXIMUM_FILES) {
        files[descriptor] = ++last_file;
        int recorded = (!was_there && (flags & O_CREAT) ? RECORDED_CREATES : 0)
            | (was_there && (flags & O_TRUNC) ? RECORDED_EMPTIES : 0);
        append((struct recorded_call){
            .kind = RECORDED_OPEN, .flags = recorded, .file = last_file, .path = copy(whole)});
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return descriptor;
}

static mode_t mode_of(int flags, va_list arguments) {
    return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(arguments, int) : 0;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(folder, path, flags, mode);
}

int __open_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int __openat_2(int folder, const char *path, int flags) { return open_at(folder, path, flags, 0); }
int __openat64_2(int folder, const char *path, int flags) { return open_at(folder, path, flags, 0); }

int creat(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

static int temporary(char *template, int suffix, int flags) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    static atomic_uint next;
    char *random = template + strlen(template) - suffix - 6;
    for (int attempt = 0; attempt < 10000; attempt++) {
        unsigned number = atomic_fetch_add(&next, 1) * 7919u + (unsigned)getpid();
        for (int letter = 0; letter < 6; letter++, number /= 36) random[letter] = letters[number % 36];
        int descriptor = open_at(AT_FDCWD, template, flags | O_RDWR | O_CREAT | O_EXCL, 0600);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

int mkstemp(char *template) { return temporary(template, 0, 0); }
int mkstemp64(char *template) { return temporary(template, 0, 0); }
int mkostemp(char *template, int flags) { return temporary(template, 0, flags); }
int mkostemp64(char *template, int flags) { return temporary(template, 0, flags); }
int mkstemps(char *template, int suffix) { return temporary(template, suffix, 0); }
int mkstemps64(char *template, int suffix) { return temporary(template, suffix, 0); }

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < MAXIMUM_FILES) files[descriptor] = 0;
    return (int)syscall(SYS_close, descriptor);
}

// MARK: - Writing

static void append_write(int64_t file, int64_t offset, const void *bytes, size_t length) {
    uint8_t *kept = malloc(length ? length : 1);
    if (!kept) abort();
    memcpy(kept, bytes, length);
    append((struct recorded_call){
        .kind = RECORDED_WRITE, .file = file, .offset = offset, .count = length, .bytes = kept});
}

static ssize_t write_at(int descriptor, const void *bytes, size_t length, off_t offset, int moves) {
    int64_t file = file_of(descriptor);
    if (!file) {
        return moves ? syscall(SYS_write, descriptor, bytes, length)
                     : syscall(SYS_pwrite64, descriptor, bytes, length, offset);
    }
    pthread_mutex_lock(&lock);
    if (moves) offset = (off_t)syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
    if (fcntl(descriptor, F_GETFL) & O_APPEND) append_unknown("write with O_APPEND");
    ssize_t written = moves ? syscall(SYS_write, descriptor, bytes, length)
                            : syscall(SYS_pwrite64, descriptor, bytes, length, offset);
    int error = errno;
    if (written > 0) append_write(file, offset, bytes, (size_t)written);
    pthread_mutex_unlock(&lock);
    errno = error;
    return written;
}

ssize_t write(int descriptor, const void *bytes, size_t length) { return write_at(descriptor, bytes, length, 0, 1); }

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    return write_at(descriptor, bytes, length, offset, 0);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    return write_at(descriptor, bytes, length, offset, 0);
}

// Each part is a write of its own.
static ssize_t write_parts(int descriptor, const struct iovec *parts, int number, off_t offset, int moves) {
    ssize_t sum = 0;
    for (int part = 0; part < number; part++) {
        ssize_t written = write_at(descriptor, parts[part].iov_base, parts[part].iov_len, offset + sum, moves);
        if (written < 0) return sum ? sum : written;
        sum += written;
        if ((size_t)written < parts[part].iov_len) break;
    }
    return sum;
}

ssize_t writev(int descriptor, const struct iovec *parts, int number) {
    if (!file_of(descriptor)) return syscall(SYS_writev, descriptor, parts, number);
    return write_parts(descriptor, parts, number, 0, 1);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int number, off_t offset) {
    return write_parts(descriptor, parts, number, offset, 0);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int number, off64_t offset) {
    return write_parts(descriptor, parts, number, offset, 0);
}

int ftruncate(int descriptor, off_t length) {
    int64_t file = file_of(descriptor);
    if (!file) return (int)syscall(SYS_ftruncate, descriptor, length);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_ftruncate, descriptor, length);
    int error = errno;
    if (result == 0) append((struct recorded_call){.kind = RECORDED_TRUNCATE, .file = file, .offset = length});
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }

static int synchronize(int descriptor, long call) {
    int64_t file = file_of(descriptor);
    if (!file) return (int)syscall(call, descriptor);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(call, descriptor);
    int error = errno;
    if (result == 0) append((struct recorded_call){.kind = RECORDED_SYNC, .file = file});
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int fsync(int descriptor) { return synchronize(descriptor, SYS_fsync); }
// What fsync writes and fdatasync does not is no part of the model: times and rights.
int fdatasync(int descriptor) { return synchronize(descriptor, SYS_fdatasync); }

// MARK: - Names

static int change_name(
    enum recorded_kind kind, int folder, const char *path, int other_folder, const char *other, long call, long value
) {
    char buffer[PATH_MAX], other_buffer[PATH_MAX];
    const char *whole = absolute(folder, path, buffer);
    const char *other_whole = other ? absolute(other_folder, other, other_buffer) : NULL;
    int is_recorded = atomic_load(&is_recording) && (is_below(whole) || (other_whole && is_below(other_whole)));
    if (is_recorded) pthread_mutex_lock(&lock);
    int result = other ? (int)syscall(call, folder, path, other_folder, other, value)
                       : (int)syscall(call, folder, path, value);
    int error = errno;
    if (is_recorded) {
        if (result == 0) {
            append((struct recorded_call){
                .kind = kind, .path = copy(whole), .other = other_whole ? copy(other_whole) : NULL});
        }
        pthread_mutex_unlock(&lock);
    }
    errno = error;
    return result;
}

int renameat2(int folder, const char *path, int other_folder, const char *other, unsigned flags) {
    if (flags & ~(unsigned)RENAME_NOREPLACE) {
        errno = EINVAL;
        return -1;
    }
    return change_name(RECORDED_RENAME, folder, path, other_folder, other, SYS_renameat2, flags);
}

int renameat(int folder, const char *path, int other_folder, const char *other) {
    return renameat2(folder, path, other_folder, other, 0);
}

int rename(const char *path, const char *other) { return renameat2(AT_FDCWD, path, AT_FDCWD, other, 0); }

int linkat(int folder, const char *path, int other_folder, const char *other, int flags) {
    return change_name(RECORDED_LINK, folder, path, other_folder, other, SYS_linkat, flags);
}

int link(const char *path, const char *other) { return linkat(AT_FDCWD, path, AT_FDCWD, other, 0); }

int unlinkat(int folder, const char *path, int flags) {
    enum recorded_kind kind = flags & AT_REMOVEDIR ? RECORDED_RMDIR : RECORDED_UNLINK;
    return change_name(kind, folder, path, 0, NULL, SYS_unlinkat, flags);
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int remove(const char *path) {
    int result = unlink(path);
    return result != 0 && errno == EISDIR ? rmdir(path) : result;
}

int mkdirat(int folder, const char *path, mode_t mode) {
    return change_name(RECORDED_MKDIR, folder, path, 0, NULL, SYS_mkdirat, mode);
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

// MARK: - What the model does not know

static void note_unknown(int is_recorded, const char *name) {
    if (!is_recorded) return;
    pthread_mutex_lock(&lock);
    append_unknown(name);
    pthread_mutex_unlock(&lock);
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    int writes = (protection & PROT_WRITE) && (flags & MAP_TYPE) != MAP_PRIVATE;
    note_unknown(writes && file_of(descriptor), "mmap");
    return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off64_t offset) {
    return mmap(address, length, protection, flags, descriptor, offset);
}

int fallocate(int descriptor, int mode, off_t offset, off_t length) {
    note_unknown(file_of(descriptor) != 0, "fallocate");
    return (int)syscall(SYS_fallocate, descriptor, mode, offset, length);
}

int fallocate64(int descriptor, int mode, off64_t offset, off64_t length) {
    return fallocate(descriptor, mode, offset, length);
}

int posix_fallocate(int descriptor, off_t offset, off_t length) {
    return fallocate(descriptor, 0, offset, length) == 0 ? 0 : errno;
}

int posix_fallocate64(int descriptor, off64_t offset, off64_t length) {
    return posix_fallocate(descriptor, offset, length);
}

int truncate(const char *path, off_t length) {
    note_unknown(atomic_load(&is_recording) && is_below(path), "truncate");
    return (int)syscall(SYS_truncate, path, length);
}

int truncate64(const char *path, off64_t length) { return truncate(path, length); }

ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *offset, size_t length, unsigned flags) {
    note_unknown(file_of(to) != 0, "copy_file_range");
    return syscall(SYS_copy_file_range, from, start, to, offset, length, flags);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t length) {
    note_unknown(file_of(to) != 0, "sendfile");
    return syscall(SYS_sendfile, to, from, offset, length);
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) { return sendfile(to, from, offset, length); }

int symlinkat(const char *target, int folder, const char *path) {
    char buffer[PATH_MAX];
    note_unknown(atomic_load(&is_recording) && is_below(absolute(folder, path, buffer)), "symlink");
    return (int)syscall(SYS_symlinkat, target, folder, path);
}

int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

int dup(int descriptor) {
    note_unknown(file_of(descriptor) != 0, "dup");
    return (int)syscall(SYS_dup, descriptor);
}
#endif
