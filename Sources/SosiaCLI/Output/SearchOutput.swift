import Foundation
import Sosia
import SosiaCore

/// What `sosia search` prints.
struct SearchOutput {
    private struct Hit {
        let rank: Int
        let id: ImageID
        let distance: Float
        let path: String
        let attributes: Attributes
        /// Of a picture that was cut from a larger one; `path` is the file's, with the position behind it for a record of
        /// a file of tiny images.
        let tile: TileOutput?

        func json() throws -> JSONValue {
            var members: [String: JSONValue] = [
                "rank": .integer(Int64(rank)), "id": .integer(id.rawValue), "distance": .number(decimal: distance),
                "path": .string(path), "attributes": .object(attributes),
            ]
            members["tile"] = try tile.map(JSONValue.init(encoding:))
            return .object(members)
        }
    }

    private let query: String
    private let model: String
    private let timings: Store.Timings
    private let plan: SearchPlan
    private let hits: [Hit]
    private let lines: [String]

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

    func json() throws -> JSONValue {
        .object([
            "query": .string(query), "model": .string(model), "took_ms": try JSONValue(encoding: timings),
            "plan": try JSONValue(encoding: plan), "hits": .array(try hits.map { try $0.json() }),
        ])
    }

    func print(json isJSON: Bool) throws {
        if isJSON { return Console.json(try json()) }
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
