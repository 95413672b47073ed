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
