internal import Foundation

/// How many files and sockets the process may have open, and has.
package enum OpenFiles {
    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif

    /// The soft limit, beyond which nothing more is opened; nil if unknown.
    package static var limit: Int? { limits().map { Int(clamping: $0.rlim_cur) } }

    /// How many are open; nil if unknown.
    package static var count: Int? {
        #if os(Linux)
            (try? Folder.names(in: "/proc/self/fd"))?.count
        #else
            (try? Folder.names(in: "/dev/fd"))?.count
        #endif
    }

    /// Raises the soft limit to `wanted`, or as far as the hard limit allows; never lowers it.
    package static func raise(to wanted: Int) {
        guard var limits = limits() else { return }
        let raised = min(rlim_t(wanted), limits.rlim_max)
        guard raised > limits.rlim_cur else { return }
        limits.rlim_cur = raised
        // A limit that cannot be raised is lived with: fewer connections are admitted.
        _ = setrlimit(resource, &limits)
    }

    private static func limits() -> rlimit? {
        var limits = rlimit()
        return getrlimit(resource, &limits) == 0 ? limits : nil
    }
}
