import Sosia

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
