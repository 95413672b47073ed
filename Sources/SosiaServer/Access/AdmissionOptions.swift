/// How much work is let in at once.
public struct AdmissionOptions: Hashable, Sendable {
    public static let minimumRunning = 1
    public static let maximumRunning = 1_024
    public static let minimumWaiting = 0
    public static let defaultWaiting = 64
    public static let maximumWaiting = 100_000
    public static let defaultPatience = Duration.seconds(10)

    /// So many run at a time.
    public let running: Int
    /// So many more wait for their turn.
    public let waiting: Int
    /// None waits longer than that.
    public let patience: Duration

    /// Values outside the limits are brought to the nearest.
    public init(
        running: Int, waiting: Int = defaultWaiting, patience: Duration = defaultPatience
    ) {
        self.running = min(max(running, Self.minimumRunning), Self.maximumRunning)
        self.waiting = min(max(waiting, Self.minimumWaiting), Self.maximumWaiting)
        self.patience = max(patience, .zero)
    }
}
