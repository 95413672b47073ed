public import Foundation

extension KeyFile {
    /// `$SOSIA_KEYS`, else `sosia/keys.json` in the user's configuration folder (XDG Base Directory Specification:
    /// `$XDG_CONFIG_HOME`, else `~/.config`).
    /// - Parameter environment: variables by name.
    public static func standardPath(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let keys = environment["SOSIA_KEYS"], !keys.isEmpty { return keys }
        let home = environment["HOME"] ?? NSHomeDirectory()
        // The specification says to pass over relative paths.
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.config"
        return folder + "/sosia/keys.json"
    }
}
