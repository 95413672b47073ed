internal import CImages
import Synchronization

/// A conversion from an embedded ICC profile to sRGB.
///
/// Unchecked, because the pointer is to a Little CMS transform that was made without its only mutable part.
final class ProfileTransform: @unchecked Sendable {
    private let native: UnsafeMutableRawPointer
    /// True when no value moves by more than one level: the profile is sRGB by another name.
    let isIdentity: Bool

    /// - Returns: nil when the profile is damaged or is not for this number of channels.
    /// - Throws: `libraryMissing`: without Little CMS the same picture would give other pixels than elsewhere.
    init?(profile: [UInt8], channels: Int) throws(DecodeError) {
        var opened: UnsafeMutableRawPointer?
        let status = profile.withUnsafeBufferPointer {
            sosia_profile_open($0.baseAddress, $0.count, Int32(channels), &opened)
        }
        guard status != SOSIA_IMAGE_NO_LIBRARY else {
            throw .libraryMissing(library: "Little CMS", package: "liblcms2-2")
        }
        guard status == SOSIA_IMAGE_OK, let opened else { return nil }
        native = opened
        isIdentity = channels == 3 && Self.isIdentity(opened)
    }

    deinit {
        sosia_profile_close(native)
    }

    func apply(_ samples: UnsafePointer<UInt8>, _ rgb: UnsafeMutablePointer<UInt8>, _ pixels: Int) {
        sosia_profile_apply(native, samples, rgb, UInt32(clamping: pixels))
    }

    private static func isIdentity(_ transform: UnsafeMutableRawPointer) -> Bool {
        let levels = (0...16).map { UInt8(clamping: $0 * 16) }
        let grid = levels.flatMap { r in levels.flatMap { g in levels.flatMap { b in [r, g, b] } } }
        let converted = [UInt8](unsafeUninitializedCapacity: grid.count) { out, count in
            grid.withUnsafeBufferPointer {
                sosia_profile_apply(transform, $0.baseAddress, out.baseAddress, UInt32(grid.count / 3))
            }
            count = grid.count
        }
        return zip(grid, converted).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
    }
}

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
