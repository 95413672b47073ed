internal import Dispatch
internal import SosiaCore
internal import Synchronization

/// At most `limit` requests of one network, made when they are first needed and lent to one thread at a time.
///
/// The lock is held only to take and give back; nobody waits for another thread's inference unless all requests run.
final class RequestPool: Sendable {
    private let network: CompiledNetwork
    private let card: ModelCard
    private let free: Mutex<[NetworkRequest]>
    private let places: DispatchSemaphore

    init(network: CompiledNetwork, card: ModelCard, limit: Int) throws(EmbeddingError) {
        self.network = network
        self.card = card
        free = Mutex([try NetworkRequest(network: network, card: card)])
        places = DispatchSemaphore(value: limit)
    }

    func run(_ image: PixelImage) throws(EmbeddingError) -> [Float] {
        places.wait()
        defer { places.signal() }
        let request: NetworkRequest
        if let waiting = free.withLock({ $0.popLast() }) {
            request = waiting
        } else {
            request = try NetworkRequest(network: network, card: card)
        }
        defer { free.withLock { $0.append(request) } }
        return try request.run(image)
    }
}
