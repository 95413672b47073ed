import Sosia
import SosiaCore

/// The answer to a search: hits, timings, plan and the cursor of the next page.
struct SearchAnswer: JSONWritable {
    let answer: Store.Answer
    let collection: ServedCollection

    func write(to json: inout JSONWriter) {
        let (plan, timings) = (answer.response.plan, answer.timings)
        let model = collection.store.model
        json.object { json in
            json.member("collection", collection.name)
            json.member("model", model.name)
            json.member("metric", model.metric.rawValue)
            json.member("timing_ms") { json in
                json.object { json in
                    json.member("decode", timings.decode)
                    json.member("embed", timings.embed)
                    json.member("search", timings.search)
                    json.member("total", timings.total)
                }
            }
            json.member("plan") { Self.write(plan, to: &$0) }
            json.member("results", answer.hits.enumerated()) { json, hit in
                json.object { json in
                    json.member("rank", hit.offset + 1)
                    json.member("distance", hit.element.distance)
                    PictureAnswer(record: hit.element.record, collection: collection).writeMembers(to: &json)
                }
            }
            json.member("next_cursor", answer.response.nextCursor?.description)
        }
    }

    private static func write(_ plan: SearchPlan, to json: inout JSONWriter) {
        json.object { json in
            json.member("index", plan.index)
            json.member("exact", plan.exact)
            json.member("scanned", plan.scanned)
            if let filter = plan.filter {
                json.member("filter") { json in
                    json.object { json in
                        json.member("way", filter.way.rawValue)
                        json.member("allowed", filter.allowed)
                    }
                }
            }
        }
    }
}
