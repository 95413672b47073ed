import FileSystem
public import Foundation

/// Where the user's collection lies when nobody names it.
public enum StoreLocation {
    /// `$SOSIA_STORE`, else `sosia/photos.sosia` in the user's data folder (XDG Base Directory Specification:
    /// `$XDG_DATA_HOME`, else `~/.local/share`).
    /// - Parameter environment: variables by name.
    public static func standard(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let store = environment["SOSIA_STORE"], !store.isEmpty { return store }
        return UserFolders(environment).data + "/sosia/photos.sosia"
    }

    /// Where the bytes of uploads lie in a collection that keeps them itself; part of the truth.
    /// - Parameter path: the collection's folder.
    public static func originals(of path: String) -> String {
        StoreLayout(root: AbsolutePath.of(path)).originals
    }
}
