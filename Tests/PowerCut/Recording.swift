import CSystemCalls
import DiskModel

/// Records the calls of this process that change what lies in a folder.
enum Recording {
    static func start(in folder: String) { recorder_start(folder) }

    /// Notes that the program answered.
    static func answer() { recorder_note(0) }

    /// - Returns: the calls since the start, in their order.
    /// - Throws: `UnknownCall`
    static func stop() throws -> [SystemCall] {
        recorder_stop()
        return try (0..<recorder_count()).map { try SystemCall(recorder_call($0)) }
    }
}

extension SystemCall {
    fileprivate init(_ call: recorded_call) throws {
        let file = Int(call.file)
        let path = call.path.map { String(cString: $0) } ?? ""
        let other = call.other.map { String(cString: $0) } ?? ""
        switch call.kind {
        case RECORDED_OPEN:
            let flags = UInt32(call.flags)
            self = .open(
                file: file, path: path, creates: flags & RECORDED_CREATES.rawValue != 0,
                empties: flags & RECORDED_EMPTIES.rawValue != 0)
        case RECORDED_WRITE:
            let bytes = Array(UnsafeBufferPointer(start: call.bytes, count: call.count))
            self = .write(file: file, offset: Int(call.offset), bytes: bytes)
        case RECORDED_TRUNCATE: self = .truncate(file: file, length: Int(call.offset))
        case RECORDED_SYNC: self = .sync(file: file)
        case RECORDED_RENAME: self = .rename(path, to: other)
        case RECORDED_LINK: self = .link(path, to: other)
        case RECORDED_UNLINK: self = .unlink(path)
        case RECORDED_MKDIR: self = .makeFolder(path)
        case RECORDED_RMDIR: self = .removeFolder(path)
        case RECORDED_NOTE: self = .answered
        default: throw UnknownCall("the program calls \(path), which the model does not know")
        }
    }
}
