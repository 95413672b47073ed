/// Where a picture was seen.
public struct ImageSource: Sendable, Hashable {
    /// What tells, without opening it, that a file is still the one that was read.
    public struct Stamp: Sendable, Hashable {
        /// Bytes.
        public let size: Int64
        /// Nanoseconds since 1970.
        public let modified: Int64

        public init(size: Int64, modified: Int64) {
            self.size = size
            self.modified = modified
        }
    }

    /// An absolute path or an address, unique in the collection.
    public let location: String
    /// nil when the place has no stamps; such a source is always read again.
    public let stamp: Stamp?

    public init(location: String, stamp: Stamp? = nil) {
        self.location = location
        self.stamp = stamp
    }
}
