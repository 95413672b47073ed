import Sosia
import SosiaCore

/// The answer to a search: hits, timings, plan and the cursor of the next page.
struct SearchAnswer: JSONWritable {
    let answer: Store.Answer
    let collection: ServedCollection
    let showsPaths: Bool
    /// Hits on the pages before.
    let returned: Int
    /// The hit that reaches so many bytes is the page's last.
    var bytes = LargeAnswer.pageBytes

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
            var rank = 0
            let written = json.member("results", answer.hits, upTo: bytes) { json, hit in
                rank += 1
                json.object { json in
                    json.member("rank", rank)
                    json.member("distance", hit.distance)
                    PictureAnswer(record: hit.record, collection: collection, showsPath: showsPaths)
                        .writeMembers(to: &json)
                }
            }
            json.member("next_cursor", cursor(behind: written)?.description)
        }
    }

    private func cursor(behind written: Int) -> SearchCursor? {
        guard written < answer.hits.count, written > 0 else { return answer.response.nextCursor }
        let last = answer.hits[written - 1]
        return SearchCursor(distance: last.distance, id: last.record.id, returned: returned + written)
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
