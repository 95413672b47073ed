import FileSystem
import Foundation

/// A password. It cannot be printed, only used.
package struct Secret: Sendable, Hashable {
    package static let variable = "SOSIA_PASSWORD"
    package static let fileVariable = "SOSIA_PASSWORD_FILE"
    /// Of a file that holds one.
    package static let maximumBytes = 4_096

    package let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// The first line of a file that only its owner may read.
    /// - Throws: ``StoreAddressError/readableByOthers(path:)``, ``StoreAddressError/unreadable(path:reason:)``
    package init(readingFile path: String) throws(StoreAddressError) {
        let bytes: [UInt8]
        do {
            let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0o777
            guard permissions & 0o077 == 0 else { throw StoreAddressError.readableByOthers(path: path) }
            bytes = try FileReader.bytes(of: path, maximum: Self.maximumBytes)
        } catch let error as StoreAddressError {
            throw error
        } catch {
            throw .unreadable(path: path, reason: (error as? FileError)?.reason ?? "it cannot be read")
        }
        value = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    /// `$SOSIA_PASSWORD`, else what the file `$SOSIA_PASSWORD_FILE` holds.
    /// - Returns: nil when neither is set.
    package static func standard(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(StoreAddressError) -> Secret? {
        if let value = environment[variable], !value.isEmpty { return Secret(value) }
        guard let path = environment[fileVariable], !path.isEmpty else { return nil }
        return try Secret(readingFile: path)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(hidden)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
