import ArgumentParser
import Foundation
import Sosia

/// Which pictures may be in the answer of `sosia search`.
struct SearchLimits: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only pictures whose attributes pass, such as \"price < 50 AND shop IN ('A', 'B')\".", valueName: "filter"))
    var `where`: String?

    // A western longitude begins with a minus.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only pictures whose place lies in a box, in degrees, or in the polygons of a GeoJSON file.",
            valueName: "west,south,east,north|file"))
    var within: String?

    @Option(help: "Of tiles that show the same place the nearest only (merge), or all (keep).")
    var overlaps = Overlaps.merge

    @Option(help: ArgumentHelp("Only pictures that are at most so far away.", valueName: "distance"))
    var maxDistance: Float?

    @Option(
        help: ArgumentHelp(
            "Search for this part of the first picture: pixels from its upper left corner.",
            valueName: "x,y,width,height"))
    var region: PixelRegion?

    func validate() throws {
        if maxDistance?.isNaN == true { throw ValidationError("--max-distance is not a number.") }
        do {
            _ = try `where`.map { try Filter(parsing: $0) }
        } catch {
            throw ValidationError("--where: \(error)")
        }
    }

    func filter() throws -> Filter? {
        let attributes = try `where`.map { try Filter(parsing: $0) }
        guard let within else { return attributes }
        let place = Filter.within(try AreaArgument.area(within))
        return attributes.map { .and($0, place) } ?? place
    }
}

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
        let bytes = try InputFile.bytes(argument)
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
