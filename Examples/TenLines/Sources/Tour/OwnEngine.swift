import EngineConformance
import Sosia

func ownEngine() async throws {
    // The network of another collection; any `Embedder` does.
    let embedder = try await Store(opening: "photos.sosia").embedder()
    // The engine in memory stands here for one of your own.
    let engine = MemoryEngine(CollectionDescription(model: embedder.identity, machine: .host))
    let store = Store(engine: engine, embedder: embedder)
    let report = try await store.add(["Pictures"])
    print("\(report.added) added to the \(store.abilities.engine) engine")
}
