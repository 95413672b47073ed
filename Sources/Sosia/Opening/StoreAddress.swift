import FileSystem
public import Foundation
public import SosiaCore

/// Where a collection lies: a folder, or a service by `scheme://...`.
///
/// It can be printed anywhere: a password that was part of the text is held apart and never shown.
public struct StoreAddress: Sendable, Hashable {
    /// What an address names.
    public enum Target: Sendable, Hashable {
        /// A folder of this machine, by its absolute path.
        case folder(path: String)
        /// Something that a scheme knows; `rest` is what follows `//`, without user and password.
        case service(scheme: String, user: String?, rest: String)
    }

    public let target: Target
    /// What was written behind the user's name; see ``Secret/standard(_:)`` for better places.
    package let password: Secret?

    private init(_ target: Target, password: Secret?) {
        self.target = target
        self.password = password
    }

    /// A folder.
    /// - Parameter path: absolute, or relative to the working directory.
    public init(folder path: String) {
        self.init(.folder(path: AbsolutePath.of(path)), password: nil)
    }

    /// - Parameter text: the path of a folder, or `scheme://[user[:password]@]rest`.
    /// - Throws: ``StoreAddressError/malformed(scheme:)``
    public init(_ text: String) throws(StoreAddressError) {
        guard let (scheme, tail) = Self.scheme(of: text) else {
            self.init(folder: text)
            return
        }
        // A password may have any character but a slash, an `@` among them.
        let authority = tail.prefix { $0 != "/" && $0 != "?" }
        let at = authority.lastIndex(of: "@")
        let rest = at.map { tail[tail.index(after: $0)...] } ?? tail
        guard !rest.isEmpty, !rest.contains("@") || at == nil else { throw .malformed(scheme: scheme) }
        let credentials = at.map {
            authority[..<$0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        }
        let words = (credentials ?? []).map { $0.removingPercentEncoding ?? String($0) }
        self.init(
            .service(scheme: scheme, user: words.first, rest: String(rest)),
            password: words.count > 1 ? Secret(words[1]) : nil)
    }

    /// A letter, then letters, digits, `+`, `-` and `.` (RFC 3986, 3.1), before `://`.
    private static func scheme(of text: String) -> (name: String, tail: Substring)? {
        guard let mark = text.range(of: "://") else { return nil }
        let name = text[..<mark.lowerBound]
        guard let first = name.first, first.isASCII, first.isLetter,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        return (name.lowercased(), text[mark.upperBound...])
    }
}

extension StoreAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The path of a folder; else what was parsed, without the password.
    public var description: String {
        switch target {
        case .folder(let path): path
        case .service(let scheme, let user, let rest): "\(scheme)://" + (user.map { $0 + "@" } ?? "") + rest
        }
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["target": target]) }
}

extension StoreAddress {
    /// The user's collection when nobody names one: `$SOSIA_STORE`, else `sosia/photos.sosia` in the user's data folder
    /// (XDG Base Directory Specification: `$XDG_DATA_HOME`, else `~/.local/share`).
    /// - Parameter environment: variables by name.
    /// - Returns: the text of an address; it may hold a password, so it is not for printing.
    public static func standard(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let store = environment["SOSIA_STORE"], !store.isEmpty { return store }
        return UserFolders(environment).data + "/sosia/photos.sosia"
    }
}

extension MachineName {
    /// This machine: `$SOSIA_MACHINE`, else the host's name. A disk that several machines share gets one name by setting
    /// the variable on all of them.
    public static let host = host(ProcessInfo.processInfo.environment)

    /// - Parameter environment: variables by name.
    package static func host(_ environment: [String: String]) -> MachineName {
        if let name = environment["SOSIA_MACHINE"], !name.isEmpty { return MachineName(nearest: name) }
        return .system
    }
}

/// Why an address cannot be used. It never repeats a password.
public enum StoreAddressError: Error, Hashable, Sendable {
    /// Nothing follows `scheme://`, or it cannot be told where the password ends.
    case malformed(scheme: String)
    /// No engine of this build opens such addresses.
    case unknownScheme(String, known: [String])
    /// Others than its owner may read the file of a secret.
    case readableByOthers(path: String)
    /// The file of a secret.
    case unreadable(path: String, reason: String)
}

extension StoreAddressError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let scheme):
            "the address is not \(scheme)://[user[:password]@]name; write @, / and : of a password as %40, %2F and %3A"
        case .unknownScheme(let scheme, let known):
            "collections cannot be opened by \(scheme)://; an address is " + known.joined(separator: ", or ")
        case .readableByOthers(let path):
            "others may read \(path), which holds a secret; `chmod 600 \(path)` makes it yours alone"
        case .unreadable(let path, let reason): "\(path): \(reason)"
        }
    }
}
