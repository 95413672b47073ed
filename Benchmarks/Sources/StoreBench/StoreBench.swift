import Foundation
import Sosia

/// `sosia-bench-store STORE`: searches a collection through the library as lines of JSON on standard input say, and
/// answers each with one line on standard output. `Benchmarks/serving` sets it against the server.
@main
enum StoreBench {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else { throw UsageError() }
        let store = try await Store(opening: CommandLine.arguments[1])
        let pictures = try await store.count()
        while let line = readLine(strippingNewline: true) {
            let load = try JSONDecoder().decode(Load.self, from: Data(line.utf8))
            var answer = try JSONEncoder().encode(await load.run(on: store, pictures: pictures))
            answer.append(UInt8(ascii: "\n"))
            try FileHandle.standardOutput.write(contentsOf: answer)
        }
    }
}

struct UsageError: Error, CustomStringConvertible {
    var description: String { "usage: sosia-bench-store STORE" }
}
