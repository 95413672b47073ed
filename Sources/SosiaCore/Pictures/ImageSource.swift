/// Where a picture was seen, and what the place said of itself then.
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

    public let location: SourceLocation
    /// nil when the place has no stamps; such a source is always read again.
    public let stamp: Stamp?

    public init(location: SourceLocation, stamp: Stamp? = nil) {
        self.location = location
        self.stamp = stamp
    }
}
