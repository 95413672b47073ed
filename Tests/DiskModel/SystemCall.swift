/// A call that changed files or folders, or that promised that a change stays.
package enum SystemCall: Hashable, Sendable {
    /// - Parameter file: a number that no other opening has.
    case open(file: Int, path: String, creates: Bool, empties: Bool)
    case write(file: Int, offset: Int, bytes: [UInt8])
    case truncate(file: Int, length: Int)
    case sync(file: Int)
    case rename(String, to: String)
    case link(String, to: String)
    case unlink(String)
    case makeFolder(String)
    case removeFolder(String)
    /// The program answered: what it did up to here has to stay.
    case answered
}

/// A call that the model of the disk cannot follow.
package struct UnknownCall: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
