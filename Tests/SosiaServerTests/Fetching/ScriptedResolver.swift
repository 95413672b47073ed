import Synchronization

@testable import SosiaServer

/// Answers each lookup of a name with the next answer it has for it, the last one again and again.
final class ScriptedResolver: HostResolver {
    private let answers: Mutex<[String: [[IPAddress]]]>
    private let asked = Mutex<[String]>([])

    /// The names that were looked up, in order.
    var lookups: [String] { asked.withLock { $0 } }

    init(_ answers: [String: [[String]]] = [:]) {
        self.answers = Mutex(answers.mapValues { $0.map { $0.compactMap { IPAddress($0) } } })
    }

    func addresses(of name: String) async throws -> [IPAddress] {
        asked.withLock { $0.append(name) }
        return answers.withLock { answers in
            guard let all = answers[name], let first = all.first else { return [] }
            if all.count > 1 { answers[name]?.removeFirst() }
            return first
        }
    }
}

extension FetchOptions {
    /// For tests that are not about time.
    static var untimed: FetchOptions {
        var options = FetchOptions()
        (options.timeout, options.connectTimeout) = (maximumTimeout, maximumTimeout)
        options.refusalTime = .zero
        return options
    }
}
