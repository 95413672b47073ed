#ifndef CSYSTEMCALLS_H
#define CSYSTEMCALLS_H

#include <stddef.h>
#include <stdint.h>

/// What changes files and folders below one folder, in the order in which the system did it.
///
/// A program that links this calls these functions in place of the C library's, and so do the libraries that it loads
/// (ELF symbol interposition): what the C library calls within itself is not seen.
enum recorded_kind {
    /// `path` was opened as number `file`; `flags` says whether that made or emptied it.
    RECORDED_OPEN,
    RECORDED_WRITE,
    /// The length became `offset`.
    RECORDED_TRUNCATE,
    RECORDED_SYNC,
    /// `path` became `other`.
    RECORDED_RENAME,
    RECORDED_LINK,
    RECORDED_UNLINK,
    RECORDED_MKDIR,
    RECORDED_RMDIR,
    /// The program itself noted the number `offset`.
    RECORDED_NOTE,
    /// A call that changes files in a way that is not recorded; `path` names it.
    RECORDED_UNKNOWN,
};

enum recorded_flags { RECORDED_CREATES = 1, RECORDED_EMPTIES = 2 };

struct recorded_call {
    enum recorded_kind kind;
    int flags;
    /// Counts the opened files from 1.
    int64_t file;
    int64_t offset;
    size_t count;
    const uint8_t *_Nullable bytes;
    const char *_Nullable path;
    const char *_Nullable other;
};

/// Begins to record what happens below a folder, an absolute path without links; what was recorded before is forgotten.
void recorder_start(const char *_Nonnull folder);
void recorder_note(int64_t number);
void recorder_stop(void);
size_t recorder_count(void);
struct recorded_call recorder_call(size_t position);

#endif
