import ArgumentParser
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
