/// What can be wrong with a file of keys, or with a change to it.
public enum KeyFileError: Error, Hashable, Sendable {
    case damaged(path: String, reason: String)
    case nameTaken(String)
    case noScopes(String)
    /// Others than its owner may read or write the file.
    case open(path: String)
    case tooMany(maximum: Int)
    case unknownName(String)
    case unknownVersion(Int, path: String)
    case unusable(path: String, reason: String)
    case unusableName(String)
}

extension KeyFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .damaged(let path, let reason): "\(path) is not a file of keys: \(reason)"
        case .nameTaken(let name): "there is a key named \(name) already"
        case .noScopes(let name): "the key \(name) would allow nothing; give it a scope, read or write"
        case .open(let path): "others may read or write \(path); run: chmod 600 \(path)"
        case .tooMany(let maximum): "there are \(maximum) keys already"
        case .unknownName(let name): "there is no key named \(name)"
        case .unknownVersion(let version, let path): "\(path) is of version \(version), which is not known here"
        case .unusable(let path, let reason): "\(path) cannot be used: \(reason)"
        case .unusableName:
            "a key's name has 1 to \(KeyRing.maximumNameLength) letters, digits, . _ - and spaces within"
        }
    }
}
