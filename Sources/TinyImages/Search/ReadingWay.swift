/// Whether a file is mapped or copied, whichever takes less time.
///
/// What lies in the file cache in large pieces is mapped twice as fast as it is copied; in small ones, which is how
/// some of it comes from a disk, copying is faster. Which is the case can only be tried.
struct ReadingWay {
    /// Parts at the front that say nothing: nearly all of their records are among the nearest so far.
    private static let passed = 4
    /// Parts of each way that are compared.
    private static let tried = 2
    /// Parts after which both are tried again.
    private static let period = 64

    private var number = 0
    private var mapped = Duration.zero
    private var copied = Duration.zero

    /// Does one part, and takes the time.
    mutating func measuring(_ body: (_ isCopied: Bool) throws -> Void) rethrows {
        let place = number % Self.period
        number += 1
        let isTrial = place >= Self.passed && place < Self.passed + 2 * Self.tried
        if place == Self.passed { (mapped, copied) = (.zero, .zero) }
        let isCopied = isTrial ? place % 2 == 1 : copied < mapped
        let start = ContinuousClock.now
        try body(isCopied)
        guard isTrial else { return }
        if isCopied { copied += ContinuousClock.now - start } else { mapped += ContinuousClock.now - start }
    }
}
