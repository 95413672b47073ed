import ArgumentParser
import Sosia

/// Which files `sosia add` cuts into pictures, and how.
struct TileArguments: ParsableArguments {
    /// What follows `--tiles`: a number of pixels, or the first raster.
    enum Word: ExpressibleByArgument, CustomStringConvertible {
        case side(Int)
        case path(String)

        init(argument: String) {
            self = Int(argument).map(Word.side) ?? .path(argument)
        }

        var description: String {
            switch self {
            case .side(let side): "\(side)"
            case .path(let path): path
            }
        }
    }

    @Option(
        name: .customLong("tiles"), defaultAsFlag: .side(TileOptions.standardTile),
        help: ArgumentHelp(
            "Cut large images (GeoTIFF, JPEG 2000, VRT, PNG, JPEG) into tiles of this many pixels a side.",
            valueName: "side"))
    var word: Word?

    @Option(
        help: ArgumentHelp(
            "Pixels from one tile to the next; \(TileOptions.standardStride) by default.", valueName: "pixels"))
    var stride: Int?

    @Option(
        help: ArgumentHelp(
            "Drop tiles of which more than this share is empty; \(TileOptions.standardEmptyShare) by default.",
            valueName: "share"))
    var emptyShare: Double?

    @Option(
        help: ArgumentHelp(
            "Which pixels are empty: any of black, nodata, mask and alpha, joined by commas; all by default.",
            valueName: "rules"))
    var empty: String?

    @Option(
        help: ArgumentHelp(
            "Pixels up to this level are black; 0 by default, lossy files need a little more.", valueName: "level"))
    var blackLevel: UInt8?

    @Flag(help: "Add all pictures in files of tiny images (see `sosia tiny make`); they stay in their files.")
    var tiny = false

    /// The word after `--tiles` if it is a raster.
    var path: String? {
        if case .path(let path) = word { path } else { nil }
    }

    var isGiven: Bool { tiny || word != nil }

    func validate() throws {
        guard !tiny || word == nil else { throw ValidationError("--tiny and --tiles exclude each other.") }
        if word == nil {
            guard stride == nil, emptyShare == nil, empty == nil, blackLevel == nil else {
                throw ValidationError("--stride, --empty-share, --empty and --black-level go with --tiles.")
            }
        }
        do {
            _ = try options()
        } catch let error as ValidationError {
            throw error
        } catch {
            throw ValidationError("\(error).")
        }
    }

    /// - Returns: nil without `--tiles`.
    func options() throws -> TileOptions? {
        guard let word else { return nil }
        var tile = TileOptions.standardTile
        if case .side(let side) = word { tile = side }
        return try TileOptions(
            tile: tile, stride: stride ?? TileOptions.standardStride,
            emptyShare: emptyShare ?? TileOptions.standardEmptyShare, rule: rule())
    }

    private func rule() throws -> TileOptions.EmptinessRule {
        let words =
            empty.map { $0.split(separator: ",").map(String.init) }
            ?? TileOptions.EmptinessRule.Kind.allCases.map(\.rawValue)
        let kinds = try words.map { word in
            guard let kind = TileOptions.EmptinessRule.Kind(rawValue: word) else {
                let known = TileOptions.EmptinessRule.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--empty takes \(known), not \(Console.printable(word)).")
            }
            return kind
        }
        return TileOptions.EmptinessRule(
            kinds: Set(kinds), blackLevel: blackLevel ?? TileOptions.EmptinessRule.standardBlackLevel)
    }
}
