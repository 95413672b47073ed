import Synchronization

/// Colour transforms by profile: cameras of one make embed the same few, and making one costs more than using it.
final class ProfileCache: Sendable {
    static let shared = ProfileCache(capacity: 32)

    private struct Key: Hashable {
        let profile: [UInt8]
        let channels: Int
    }

    private let capacity: Int
    /// Profiles that cannot be used are remembered too, as nil.
    private let transforms = Mutex<[Key: ProfileTransform?]>([:])

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// - Returns: nil when the profile is damaged or is not for this number of channels; it is then ignored.
    func transform(for profile: [UInt8], channels: Int) throws(DecodeError) -> ProfileTransform? {
        let key = Key(profile: profile, channels: channels)
        if let known = transforms.withLock({ $0[key] }) { return known }
        let transform = try ProfileTransform(profile: profile, channels: channels)
        transforms.withLock {
            if $0.count >= capacity { $0.removeAll() }
            $0[key] = .some(transform)
        }
        return transform
    }
}
