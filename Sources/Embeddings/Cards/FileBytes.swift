internal import Crypto
internal import Foundation

/// Bounded reading of files that come from outside.
enum FileBytes {
    /// The whole file, but never more than `limit` bytes of it.
    static func read(_ file: URL, limit: Int) throws(ModelCardError) -> Data {
        guard FileManager.default.fileExists(atPath: file.path) else { throw .fileMissing(path: file.path) }
        let bytes: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            bytes = try handle.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw .unreadable(path: file.path, reason: "no permission, or not a file")
        }
        guard bytes.count <= limit else {
            let facts = try? FileManager.default.attributesOfItem(atPath: file.resolvingSymlinksInPath().path)
            throw .tooLarge(bytes: (facts?[.size] as? NSNumber)?.intValue ?? bytes.count, limit: limit)
        }
        return bytes
    }

    /// SHA-256 of a file (FIPS 180-4), 64 lower-case hexadecimal digits, read a megabyte at a time.
    static func sha256(of file: URL) throws(EmbeddingError) -> String {
        guard FileManager.default.fileExists(atPath: file.path) else { throw .weightsMissing(path: file.path) }
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            var hash = SHA256()
            while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
                hash.update(data: part)
            }
            return hash.finalize().hexadecimal
        } catch {
            throw .modelUnreadable(path: file.path, reason: "no permission, or not a file")
        }
    }
}

extension SHA256.Digest {
    /// 64 lower-case digits.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
