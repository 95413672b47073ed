import FileSystem
import SosiaCore

extension ImageSource.Stamp {
    /// What a file's status says of it, as the collection keeps it.
    init(_ stamp: FileStamp) {
        self.init(
            size: stamp.size, modified: stamp.modified, changed: stamp.changed, inode: stamp.inode,
            device: stamp.device)
    }
}
