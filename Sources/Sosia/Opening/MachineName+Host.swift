import Foundation
public import SosiaCore

extension MachineName {
    /// This machine: `$SOSIA_MACHINE`, else the host's name. A disk that several machines share gets one name by setting
    /// the variable on all of them.
    public static let host = host(ProcessInfo.processInfo.environment)

    /// - Parameter environment: variables by name.
    package static func host(_ environment: [String: String]) -> MachineName {
        if let name = environment["SOSIA_MACHINE"], !name.isEmpty { return MachineName(nearest: name) }
        // Asked of the system alone: the host's name of Foundation may wait for a name server.
        var name = [CChar](repeating: 0, count: maximumBytes + 1)
        guard gethostname(&name, name.count) == 0 else { return MachineName(nearest: "") }
        return MachineName(
            nearest: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
