internal import CGDAL
internal import FileSystem

/// Where relative paths begin.
enum WorkingFolder {
    /// - Returns: nil when the path is longer than the system's.
    static func absolute(_ path: String) -> String? {
        if AbsolutePath.isAbsolute(path) { return path }
        var characters = [CChar](repeating: 0, count: Int(SOSIA_RASTER_PATH_SIZE))
        guard sosia_working_folder(&characters, characters.count) != 0 else { return nil }
        let folder = String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return folder + "/" + path
    }
}
