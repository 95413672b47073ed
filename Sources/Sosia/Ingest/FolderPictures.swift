import FileSystem
import SosiaCore
package import TinyImages

/// The pictures of a folder with all below it, for a file of tiny images: those that would be added to a collection.
package struct FolderPictures: PictureSource {
    package let path: String
    private let stem: String
    private var walk: FileWalk

    /// - Returns: nil when the path is no folder.
    /// - Throws: `TinyImageError.unreadable`
    package init?(below path: String) throws(TinyImageError) {
        do throws(FileError) {
            guard try FileStatus(path: path).kind == .folder else { return nil }
        } catch {
            throw .unreadable(path: path, reason: SkipReason(error).description)
        }
        self.path = path
        let absolute = AbsolutePath.of(path)
        stem = absolute == "/" ? absolute : absolute + "/"
        walk = FileWalk([absolute])
    }

    /// The next one in the order of their names.
    package mutating func next() throws -> SourcePicture? {
        while let item = walk.next() {
            switch item {
            case .odd(let path, _) where !FileWalk.isPicture(path): continue
            case .file(let path, _), .odd(let path, _):
                return SourcePicture(name: name(of: path), content: .file { try FileContent.bytes(reading: path) })
            case .skipped(let file):
                return SourcePicture(name: name(of: file.path), content: .file { throw file.reason })
            }
        }
        return nil
    }

    private func name(of path: String) -> String {
        path.hasPrefix(stem) ? String(path.dropFirst(stem.count)) : path
    }
}
