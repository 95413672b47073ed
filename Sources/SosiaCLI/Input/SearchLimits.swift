import ArgumentParser
import Sosia

/// Which pictures may be in the answer of `sosia search`.
struct SearchLimits: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only pictures whose attributes pass, such as \"price < 50 AND shop IN ('A', 'B')\".", valueName: "filter"))
    var `where`: String?

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
            _ = try filter()
        } catch {
            throw ValidationError("--where: \(error)")
        }
    }

    func filter() throws(FilterError) -> Filter? {
        guard let text = `where` else { return nil }
        return try Filter(parsing: text)
    }
}
