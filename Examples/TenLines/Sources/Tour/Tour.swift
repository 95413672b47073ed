/// Runs what the documentation shows, one part after the other, on the folder `Pictures` and the file `query.jpg`.
@main
enum Tour {
    static func main() async throws {
        try await addAndSearch()
        try await filtersAndPages()
        try await ownEngine()
    }
}
