import Sosia

func addAndSearch() async throws {
    let store = try await Store(creating: "photos.sosia")
    let report = try await store.add(["Pictures"])
    print("\(report.added) added")
    for hit in try await store.search(file: "query.jpg", k: 5).hits {
        print(hit.distance, hit.record.name(on: store.machine))
    }
}
