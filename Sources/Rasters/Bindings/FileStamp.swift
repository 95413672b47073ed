internal import CGDAL

/// What changes when a file does: its size, its time, and which file it is.
struct FileStamp: Equatable {
    let isFile: Bool
    private let numbers: [Int64]
    private let identity: [UInt64]

    /// - Returns: nil when nothing is there.
    init?(of path: String) {
        var native = sosia_file_stamp()
        guard sosia_file_stamp_read(path, &native) != 0 else { return nil }
        isFile = native.is_file != 0
        numbers = [native.size, native.seconds, native.nanoseconds]
        identity = [native.node, native.device]
    }
}
