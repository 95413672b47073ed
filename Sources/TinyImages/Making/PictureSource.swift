import Foundation
import Images

/// The pictures of a folder or an archive, one at a time, in no particular order.
///
/// Like elsewhere, only files that are called like pictures are taken, and hidden ones are not. Links to folders are
/// not followed.
struct PictureSource {
    /// One file, read.
    struct Item {
        /// Below the folder, or in the archive.
        let name: String
        let content: Result<[UInt8], Skipped>
    }

    /// Why one file was passed over.
    struct Skipped: Error {
        let reason: String
    }

    private let path: String
    /// Of a folder, the next one last.
    private var pending: [String] = []
    /// nil for a folder, and at the end.
    private var archive: Archive?
    private static let maximumBytes = DecodeLimits.fileBytes.standard

    init(_ path: String) throws(TinyImageError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unreadable(path: path, reason: "there is no such file or folder")
        }
        self.path = path
        archive = isFolder.boolValue ? nil : try Archive(path)
        if isFolder.boolValue { pending = try Self.files(below: path) }
    }

    /// - Returns: nil at the end.
    mutating func next() throws(TinyImageError) -> Item? {
        if let archive {
            if let item = try Self.next(of: archive) { return item }
            self.archive = nil
            return nil
        }
        return pending.popLast().map { Item(name: $0, content: Self.read(path + "/" + $0)) }
    }

    private static func next(of archive: Archive) throws(TinyImageError) -> Item? {
        while let entry = try archive.next() {
            guard entry.isFile, isPicture(entry.name) else { continue }
            guard entry.size <= maximumBytes else {
                return Item(name: entry.name, content: .failure(tooLarge(entry.size)))
            }
            return Item(name: entry.name, content: .success(try archive.read(count: Int(max(entry.size, 0)))))
        }
        return nil
    }

    private static func read(_ path: String) -> Result<[UInt8], Skipped> {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            let data = try handle.read(upToCount: maximumBytes + 1) ?? Data()
            return data.count > maximumBytes ? .failure(tooLarge(Int64(data.count))) : .success([UInt8](data))
        } catch {
            return .failure(Skipped(reason: "cannot be read (\(error.localizedDescription))"))
        }
    }

    private static func tooLarge(_ size: Int64) -> Skipped {
        Skipped(reason: "the file has \(size) bytes, the limit is \(maximumBytes)")
    }

    /// In falling order, so that the last one comes first.
    private static func files(below path: String) throws(TinyImageError) -> [String] {
        guard let names = FileManager.default.enumerator(atPath: path) else {
            throw .unreadable(path: path, reason: "the folder cannot be listed")
        }
        var files: [String] = []
        while let name = names.nextObject() as? String {
            if isPicture(name), names.fileAttributes?[.type] as? FileAttributeType != .typeDirectory {
                files.append(name)
            }
        }
        return files.sorted { RecordNames.precedes($1, $0) }
    }

    private static func isPicture(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        guard let last = parts.last, let dot = last.lastIndex(of: "."),
            !parts.contains(where: { $0.hasPrefix(".") && $0 != "." })
        else { return false }
        return PictureFormat.fileExtensions.contains(last[last.index(after: dot)...].lowercased())
    }
}
