import SosiaCore
import Synchronization

/// Pieces of pyramids that were made of late: those of the upper levels are quick to send and slow to make.
final class PieceCache: Sendable {
    struct Key: Hashable {
        let raster: Int64
        let stamp: ImageSource.Stamp
        let level: Int
        let x: Int
        let y: Int
    }

    private struct State {
        var pieces: [Key: [UInt8]] = [:]
        /// The oldest first.
        var order: [Key] = []
        var bytes = 0
    }

    static let capacity = 32 << 20

    private let state = Mutex(State())

    subscript(_ key: Key) -> [UInt8]? {
        get { state.withLock { $0.pieces[key] } }
        set {
            guard let newValue, newValue.count <= Self.capacity else { return }
            state.withLock { state in
                guard state.pieces.updateValue(newValue, forKey: key) == nil else { return }
                state.order.append(key)
                state.bytes += newValue.count
                var count = 0
                while state.bytes > Self.capacity, count < state.order.count {
                    state.bytes -= state.pieces.removeValue(forKey: state.order[count])?.count ?? 0
                    count += 1
                }
                state.order.removeFirst(count)
            }
        }
    }
}
