import Foundation
import Sosia

/// What `sosia search` prints.
struct SearchOutput: Encodable {
    struct Hit: Encodable {
        let rank: Int
        let id: ImageID
        let distance: Float
        let path: String
        let attributes: Attributes
    }

    let query: String
    let model: String
    let timings: Store.Timings
    let plan: SearchPlan
    let hits: [Hit]

    private enum CodingKeys: String, CodingKey {
        case query, model, plan, hits
        case timings = "took_ms"
    }

    init(query: String, model: ModelIdentity, answer: Store.Answer) {
        self.query = query
        self.model = model.name
        timings = answer.timings
        plan = answer.response.plan
        hits = answer.hits.enumerated().map { index, hit in
            Hit(
                rank: index + 1, id: hit.record.id, distance: hit.distance, path: hit.record.sources.first ?? "",
                attributes: hit.record.allAttributes)
        }
    }

    func print(json: Bool) throws {
        if json { return try Console.json(self) }
        for hit in hits {
            Swift.print(String(format: "%.4f", hit.distance), hit.id, Console.printable(hit.path), separator: "\t")
        }
    }
}
