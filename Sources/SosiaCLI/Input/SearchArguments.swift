import ArgumentParser
import Foundation
import Sosia
import SosiaCore

/// How a command searches, and which pictures may be in its answers.
struct SearchArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Find only pictures whose attributes match, such as \"price < 50 AND shop IN ('A', 'B')\".",
            valueName: "filter"))
    var `where`: String?

    // A western longitude begins with a minus.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Find only pictures taken inside a box, in degrees, or inside the polygons of a GeoJSON file.",
            valueName: "west,south,east,north|file"))
    var within: String?

    @Option(help: "Of overlapping tiles, show only the nearest (merge) or all of them (keep).")
    var overlaps = PictureSearch.Overlaps.merge

    @Option(help: ArgumentHelp("Find only pictures up to this distance.", valueName: "distance"))
    var maxDistance: Float?

    @Flag(help: "Give only an answer that is proven equal to a scan of every vector.")
    var exact = false

    @Flag(help: "Search an index that may miss neighbours; it is built if there is none.")
    var approximate = false

    @Option(help: "The share of the true neighbours that --approximate is to find on average.")
    var recall: Double?

    @Option(
        help: ArgumentHelp(
            "Search this index; it is built if there is none. `flat` scans every vector.", valueName: "kind"))
    var index: String?

    func validate() throws {
        guard !(exact && approximate) else { throw ValidationError("--exact and --approximate exclude each other.") }
        guard recall == nil || approximate else { throw ValidationError("--recall goes with --approximate.") }
        if let recall { try (SearchRequest.minimumRecall...SearchRequest.maximumRecall).check(recall, "--recall") }
        if maxDistance?.isNaN == true { throw ValidationError("--max-distance is not a number.") }
        do {
            _ = try `where`.map { try Filter(parsing: $0) }
        } catch {
            throw ValidationError("--where: \(error)")
        }
    }

    func question(_ examples: [PictureExample], k: Int) throws -> PictureSearch {
        var question = PictureSearch(examples)
        (question.k, question.mode, question.index) = (k, mode, index)
        (question.filter, question.maximumDistance) = (try filter(), maxDistance)
        question.overlaps = overlaps
        return question
    }

    /// Builds what the searches need and the collection lacks.
    func prepare(_ collection: Store) async throws {
        // An exact search needs nothing, and must not build what it then refuses; nor is there anything to build for a scan.
        guard !exact, index != "flat", let demand = index.map(IndexDemand.named) ?? (approximate ? .approximate : nil)
        else { return }
        let line = ProgressLine()
        line.show("building the index", done: 0, total: 0)
        try await collection.prepareIndexes(demand)
        line.clear()
    }

    /// Says why an answer is exact although --approximate was given.
    func explain(_ plan: SearchPlan, by collection: Store) async throws {
        guard approximate, plan.exact, index == nil else { return }
        let status = try await collection.status()
        let measured = status.engine.indexes.filter { !$0.isExact && $0.calibration != nil }
        let reason =
            if !status.abilities.upkeep.contains(.indexes) {
                "this engine has no index that is approximate"
            } else if measured.isEmpty {
                "\(status.engine.pictures) pictures are too few for an index to be faster"
            } else {
                "no index finds so many of the neighbours here; `sosia status` shows what they find"
            }
        Console.error("note: answered exactly: \(reason)")
    }

    /// What was asked to be left out, for reports.
    var facts: [(name: String, value: String)] {
        [("where", `where`), ("within", within), ("up to the distance", maxDistance.map { "\($0)" })]
            .compactMap { name, value in value.map { (name, $0) } }
    }

    private var mode: SearchRequest.Mode {
        if approximate { return .approximate(recall: recall ?? SearchRequest.defaultRecall) }
        return exact ? .exact : .automatic
    }

    private func filter() throws -> Filter? {
        let attributes = try `where`.map { try Filter(parsing: $0) }
        guard let within else { return attributes }
        let place = Filter.within(try AreaArgument.area(within))
        return attributes.map { .and($0, place) } ?? place
    }
}

/// What `--within` takes: `west,south,east,north` in degrees, or the path of a GeoJSON file.
enum AreaArgument {
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
            throw InputFile.Unreadable(path: argument, reason: "it is not UTF-8 text")
        }
        do {
            return try GeoArea(text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        } catch {
            throw InputFile.Unreadable(path: argument, reason: error.description)
        }
    }
}
