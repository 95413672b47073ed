/// Where a picture was seen, and what the place said of itself then.
public struct ImageSource: Sendable, Hashable {
    /// What tells, without opening it, that a file is still the one that was read.
    public struct Stamp: Sendable, Hashable {
        /// Bytes.
        public let size: Int64
        /// When its bytes were last written, nanoseconds since 1970.
        public let modified: Int64
        /// When its bytes, name, links or permissions were last changed, nanoseconds since 1970; nil where unknown.
        public let changed: Int64?
        /// Its number on the device; nil where unknown.
        public let inode: UInt64?
        /// The device that it lies on; nil where unknown.
        public let device: UInt64?

        public init(
            size: Int64, modified: Int64, changed: Int64? = nil, inode: UInt64? = nil, device: UInt64? = nil
        ) {
            self.size = size
            self.modified = modified
            self.changed = changed
            self.inode = inode
            self.device = device
        }

        /// Whether a file is taken for the one that was read: by size and time of writing, which every stamp has.
        public func isSameFile(as other: Stamp) -> Bool { size == other.size && modified == other.modified }
    }

    public let location: SourceLocation
    /// nil when the place has no stamps; such a source is always read again.
    public let stamp: Stamp?

    public init(location: SourceLocation, stamp: Stamp? = nil) {
        self.location = location
        self.stamp = stamp
    }
}
