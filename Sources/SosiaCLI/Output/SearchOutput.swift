import Foundation
import Sosia
import SosiaCore

/// What `sosia search` prints.
struct SearchOutput: Encodable {
    struct Hit: Encodable {
        let rank: Int
        let id: ImageID
        let distance: Float
        let path: String
        let attributes: Attributes
        /// Of a picture that was cut from a larger one; `path` is the file's, with the position behind it for a record of
        /// a file of tiny images.
        let tile: TileOutput?
    }

    let query: String
    let model: String
    let timings: Store.Timings
    let plan: SearchPlan
    let hits: [Hit]
    private let lines: [String]

    private enum CodingKeys: String, CodingKey {
        case query, model, plan, hits
        case timings = "took_ms"
    }

    /// - Parameter collection: the one that was searched.
    init(query: String, answer: Store.Answer, in collection: Store) {
        self.query = query
        model = collection.model.name
        let machine = collection.machine
        timings = answer.timings
        plan = answer.response.plan
        hits = answer.hits.enumerated().map { index, hit in
            Hit(
                rank: index + 1, id: hit.record.id, distance: hit.distance,
                path: hit.record.path(on: machine), attributes: hit.record.allAttributes,
                tile: hit.record.tile.map(TileOutput.init))
        }
        lines = answer.hits.map { Self.line($0, machine) }
    }

    /// A tile's line ends with the longitude and latitude of its centre, where they are known.
    private static func line(_ hit: SearchHit, _ machine: MachineName) -> String {
        let name = hit.record.name(on: machine)
        var parts = [String(format: "%.4f", hit.distance), "\(hit.record.id)", Console.printable(name)]
        if hit.record.tile != nil, let position = hit.record.facts.position {
            parts += [position.longitude, position.latitude].map { String(format: "%.6f", $0) }
        }
        return parts.joined(separator: "\t")
    }

    func print(json: Bool) throws {
        if json { return try Console.json(self) }
        for line in lines { Console.print(line) }
    }
}

extension ImageRecord {
    /// The picture's file: a tile's window is told besides, a record's position is not.
    /// - Parameter machine: whose files are named by their paths alone.
    func path(on machine: MachineName) -> String {
        if let tile, tile.position == nil { tile.file(on: machine) } else { name(on: machine) }
    }
}

extension Tile {
    /// - Parameter machine: whose files are named by their paths alone.
    func file(on machine: MachineName) -> String {
        SourceLocation.file(path: source, machine: self.machine).text(on: machine)
    }
}
