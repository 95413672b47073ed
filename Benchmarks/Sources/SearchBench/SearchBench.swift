import Foundation

/// `sosia-bench-search`: does what lines of JSON on standard input say and answers each with one line on standard
/// output. `Benchmarks/search` speaks the other side, to this program and to the peers alike.
@main
enum SearchBench {
    static func main() throws {
        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        var session = Session()
        while let line = readLine(strippingNewline: true) {
            let answer: Answer
            do {
                answer = try session.answer(decoder.decode(Command.self, from: Data(line.utf8)))
            } catch {
                answer = Answer(error: "\(error)")
            }
            var bytes = try encoder.encode(answer)
            bytes.append(UInt8(ascii: "\n"))
            try FileHandle.standardOutput.write(contentsOf: bytes)
        }
    }
}
