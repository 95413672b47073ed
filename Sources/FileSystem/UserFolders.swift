internal import Foundation

/// The user's folders by the XDG Base Directory Specification 0.8; relative values are passed over, as it says.
package struct UserFolders: Sendable, Hashable {
    /// `$XDG_DATA_HOME`, else `~/.local/share`.
    package let data: String
    /// `$XDG_CACHE_HOME`, else `~/.cache`.
    package let cache: String
    /// `$XDG_CONFIG_HOME`, else `~/.config`.
    package let config: String

    /// - Parameter environment: variables by name. Without an absolute `$HOME` the system's entry of the user says
    ///   where home is.
    package init(_ environment: [String: String]) {
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        let home = absolute("HOME") ?? NSHomeDirectory()
        data = absolute("XDG_DATA_HOME") ?? home + "/.local/share"
        cache = absolute("XDG_CACHE_HOME") ?? home + "/.cache"
        config = absolute("XDG_CONFIG_HOME") ?? home + "/.config"
    }
}
