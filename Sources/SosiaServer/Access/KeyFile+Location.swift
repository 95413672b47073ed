internal import FileSystem
public import Foundation

extension KeyFile {
    /// `$SOSIA_KEYS`, else `sosia/keys.json` in the user's configuration folder (XDG Base Directory Specification:
    /// `$XDG_CONFIG_HOME`, else `~/.config`).
    /// - Parameter environment: variables by name.
    public static func standardPath(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let keys = environment["SOSIA_KEYS"], !keys.isEmpty { return keys }
        return UserFolders(environment).config + "/sosia/keys.json"
    }
}
