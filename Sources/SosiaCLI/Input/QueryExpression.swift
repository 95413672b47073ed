import ArgumentParser
import Foundation
import Sosia

/// Pictures joined by `+` and `-`, each with a weight in front where it has one: `a.jpg + 2:b.jpg - id:7`.
struct QueryExpression {
    struct Term: Equatable {
        let query: PictureArgument
        /// Negative after a minus.
        let weight: Float
    }

    let terms: [Term]

    /// - Throws: `ValidationError` unless pictures alternate with `+` and `-`.
    init(_ words: [String]) throws {
        var terms: [Term] = []
        for (index, word) in words.enumerated() {
            if index.isMultiple(of: 2) {
                let sign: Float = index > 0 && words[index - 1] == "-" ? -1 : 1
                terms.append(try Self.term(word, sign: sign))
            } else if word != "+" && word != "-" {
                throw ValidationError("Between two pictures stands + or -, not \(Console.printable(word)).")
            }
        }
        guard !words.count.isMultiple(of: 2) else {
            throw ValidationError("A picture is missing behind \(Console.printable(words.last ?? "search")).")
        }
        guard terms.count(where: { $0.query == .standardInput }) <= 1 else {
            throw ValidationError("Standard input holds one picture only.")
        }
        self.terms = terms
    }

    var name: String {
        terms.enumerated().map { index, term in
            let sign = index == 0 ? "" : term.weight < 0 ? " - " : " + "
            let weight = abs(term.weight) == 1 ? "" : "\(abs(term.weight)):"
            return sign + weight + term.query.name
        }
        .joined()
    }

    private static func term(_ word: String, sign: Float) throws -> Term {
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        // A file whose name happens to begin with a number and a colon is that file.
        if parts.count == 2, let weight = Float(parts[0]), !FileManager.default.fileExists(atPath: word) {
            guard weight > 0, weight.isFinite else {
                throw ValidationError("The weight in \(Console.printable(word)) is not above zero.")
            }
            return Term(query: try query(String(parts[1])), weight: sign * weight)
        }
        return Term(query: try query(word), weight: sign)
    }

    private static func query(_ word: String) throws -> PictureArgument {
        guard !word.isEmpty, let query = PictureArgument(argument: word) else {
            throw ValidationError("\(Console.printable(word)) is neither a picture file nor an id such as id:7.")
        }
        return query
    }
}
