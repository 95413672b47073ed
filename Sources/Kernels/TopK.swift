public import SosiaCore

/// The `k` nearest of all neighbours offered, by distance, ties by id.
///
/// A binary heap with the worst kept neighbour on top: an offer costs O(log k) when it is kept, one comparison when not.
public struct TopK: Sendable {
    public let k: Int
    private var heap: [Neighbor] = []

    public init(k: Int) {
        self.k = k
        heap.reserveCapacity(min(k, 1024))
    }

    public var count: Int { heap.count }
    public var isFull: Bool { heap.count >= k }

    /// The worst distance that is still kept, infinite as long as there is room. What is farther can be left out
    /// unseen; what is exactly as far may still win by its id.
    public var cutoff: Float {
        guard isFull else { return .infinity }
        return heap.first?.distance ?? -.infinity
    }

    /// - Returns: whether it is kept; never when the distance is NaN.
    @discardableResult
    public mutating func offer(_ neighbor: Neighbor) -> Bool {
        guard !neighbor.distance.isNaN else { return false }
        if heap.count < k {
            heap.append(neighbor)
            siftUp(from: heap.count - 1)
            return true
        }
        guard let worst = heap.first, neighbor < worst else { return false }
        heap[0] = neighbor
        siftDown()
        return true
    }

    public mutating func merge(_ other: TopK) {
        for neighbor in other.heap { offer(neighbor) }
    }

    /// What was kept, nearest first.
    public func sorted() -> [Neighbor] { heap.sorted() }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[parent] < heap[child] else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var largest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[largest] < heap[child] {
                largest = child
            }
            guard largest != parent else { return }
            heap.swapAt(parent, largest)
            parent = largest
        }
    }
}

/// The value that would stand at position `rank` if the values were sorted (Hoare's *Find*, 1961). Reorders them; none
/// is NaN.
public func value(ofRank rank: Int, in values: inout MutableSpan<Float>) -> Float {
    precondition(values.indices.contains(rank), "a rank among the values")
    var (first, last) = (0, values.count - 1)
    while first < last {
        let pivot = values[first + (last - first) / 2]
        var (low, high) = (first, last)
        while low <= high {
            while values[low] < pivot { low += 1 }
            while values[high] > pivot { high -= 1 }
            guard low <= high else { break }
            values.swapAt(low, high)
            (low, high) = (low + 1, high - 1)
        }
        if rank <= high {
            last = high
        } else if rank >= low {
            first = low
        } else {
            return values[rank]
        }
    }
    return values[rank]
}
