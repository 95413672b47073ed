import EngineConformance
import Sosia

/// Runs what the documentation shows, one part after the other, on the folder `Pictures` and the file `query.jpg`.
@main
enum Tour {
    static func main() async throws {
        try await addAndSearch()
        try await filtersAndPages()
        try await ownEngine()
    }
}

func addAndSearch() async throws {
    let store = try await Store(creating: "photos.sosia")
    let report = try await store.add(["Pictures"])
    print("\(report.added) added")
    for hit in try await store.search(file: "query.jpg", k: 5).hits {
        print(hit.distance, hit.record.name(on: store.machine))
    }
}

func filtersAndPages() async throws {
    let store = try await Store(opening: "photos.sosia")
    var search = PictureSearch(.file("query.jpg"))
    search.k = 4
    search.filter = try Filter(parsing: "width >= 300 AND format IN ('jpeg', 'png')")
    repeat {
        let answer = try await store.search(search)
        for hit in answer.hits { print(hit.distance, hit.record.id, hit.record.facts.width) }
        search.cursor = answer.response.nextCursor
    } while search.cursor != nil
}

func ownEngine() async throws {
    // The network of another collection; any `Embedder` does.
    let embedder = try await Store(opening: "photos.sosia").embedder()
    // The engine in memory stands here for one of your own.
    let engine = MemoryEngine(CollectionDescription(model: embedder.identity, machine: .host))
    let store = Store(engine: engine, embedder: embedder)
    let report = try await store.add(["Pictures"])
    print("\(report.added) added to the \(store.abilities.engine) engine")
}
