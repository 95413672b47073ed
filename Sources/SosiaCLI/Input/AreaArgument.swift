import ArgumentParser
import Foundation
import Sosia

/// What `--within` takes: `west,south,east,north` in degrees, or the path of a GeoJSON file.
enum AreaArgument {
    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path): \(reason)" }
    }

    static func area(_ argument: String) throws -> GeoArea {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
            .map { Double($0.trimmingCharacters(in: .whitespaces)) }
        if numbers.count == 4, let west = numbers[0], let south = numbers[1], let east = numbers[2],
            let north = numbers[3]
        {
            do {
                return try GeoArea(west: west, south: south, east: east, north: north)
            } catch {
                throw ValidationError("--within: \(error).")
            }
        }
        let bytes = try PictureFile.bytes(argument)
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw Unreadable(path: argument, reason: "it is not UTF-8 text")
        }
        do {
            return try GeoArea(text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        } catch {
            throw Unreadable(path: argument, reason: error.description)
        }
    }
}
