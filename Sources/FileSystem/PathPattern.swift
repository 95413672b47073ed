/// A pattern by the rules of gitignore (https://git-scm.com/docs/gitignore, "Pattern format"; git's wildmatch.c): `*`, `?`
/// and `[a-z]` within a name, `**` over folders. A pattern with a slash other than at its end begins at the root, all
/// others match names at any depth; a slash at the end is for folders only, `!` at the beginning takes back.
///
/// Names are compared by Unicode scalars, so that `?` stands for one of them; git does it by bytes.
package struct PathPattern: Sendable, Hashable {
    package let text: String
    /// Whether it takes back what patterns before it match.
    package let isNegated: Bool
    /// Whether it is held against the whole path and not against names.
    package let isAnchored: Bool
    private let isForFolders: Bool
    private let parts: [Part]

    private enum Part: Hashable {
        /// `**`: any number of names.
        case names
        case name([Token])
    }

    private enum Token: Hashable {
        case scalar(Unicode.Scalar)
        case anyScalar
        /// `*`: any number of scalars.
        case scalars
        case oneOf(ScalarSet)
        /// Ends a name.
        case slash
    }

    /// - Returns: nil for what matches nothing: an empty pattern, an open bracket, a backslash at the end.
    package init?(_ text: String) {
        var scalars = Array(text.unicodeScalars)
        isNegated = scalars.first == "!"
        if isNegated { scalars.removeFirst() }
        isForFolders = scalars.last == "/"
        if isForFolders { scalars.removeLast() }
        isAnchored = scalars.contains("/")
        guard !scalars.isEmpty, var tokens = Self.tokens(scalars) else { return nil }
        if isAnchored, tokens.first == .slash { tokens.removeFirst() }
        self.text = text
        guard isAnchored else {
            parts = [.name(tokens)]
            return
        }
        var parts = tokens.split(separator: .slash, omittingEmptySubsequences: false).map { name in
            name.count > 1 && name.allSatisfy { $0 == .scalars } ? Part.names : .name(Array(name))
        }
        // At the end it stands for what is in a folder, not for the folder itself.
        if parts.last == .names { parts.insert(.name([.scalars]), at: parts.count - 1) }
        self.parts = parts
    }

    /// The same pattern as if it had been written in a folder: held against absolute paths, it matches below that folder
    /// only. Patterns that match at any depth stay as they are.
    /// - Parameter folder: absolute.
    package func written(in folder: String) -> String {
        let own = isNegated ? text.dropFirst() : text[...]
        guard isAnchored, !own.hasPrefix("**/") else { return text }
        let escaped = folder.unicodeScalars.map { #"\*?["#.unicodeScalars.contains($0) ? "\\\($0)" : "\($0)" }.joined()
        let stem = folder == "/" ? "" : escaped
        return (isNegated ? "!" : "") + stem + (own.utf8.first == UInt8(ascii: "/") ? "" : "/") + own
    }

    /// - Parameter names: of a path, from the root on; the last one is the entry's own.
    package func matches(_ names: [[Unicode.Scalar]], isFolder: Bool) -> Bool {
        if isForFolders, !isFolder { return false }
        return Self.covers(parts, isAnchored ? names[...] : names.suffix(1), isRun: { $0 == .names }) { part, name in
            guard case .name(let tokens) = part else { return false }
            return Self.covers(tokens, name[...], isRun: { $0 == .scalars }) { token, scalar in
                switch token {
                case .scalar(scalar), .anyScalar: true
                case .oneOf(let set): set.contains(scalar)
                default: false
                }
            }
        }
    }

    /// Whether a pattern covers all elements. Only the last run that was met is ever lengthened, since whatever a longer
    /// earlier one would cover, the last one covers, too; so it takes at most pattern times elements steps.
    private static func covers<Token, Element>(
        _ pattern: [Token], _ elements: ArraySlice<Element>, isRun: (Token) -> Bool, matches: (Token, Element) -> Bool
    ) -> Bool {
        var (token, element) = (0, elements.startIndex)
        var run: (token: Int, element: Int)?
        while element < elements.endIndex {
            if token < pattern.count, isRun(pattern[token]) {
                run = (token + 1, element)
                token += 1
            } else if token < pattern.count, matches(pattern[token], elements[element]) {
                (token, element) = (token + 1, element + 1)
            } else if let last = run {
                run = (last.token, last.element + 1)
                (token, element) = (last.token, last.element + 1)
            } else {
                return false
            }
        }
        return pattern[token...].allSatisfy(isRun)
    }

    private static func tokens(_ scalars: [Unicode.Scalar]) -> [Token]? {
        var tokens: [Token] = []
        var at = 0
        while at < scalars.count {
            switch scalars[at] {
            case "*": tokens.append(.scalars)
            case "?": tokens.append(.anyScalar)
            case "/": tokens.append(.slash)
            case "[":
                guard let set = ScalarSet(scalars, at: &at) else { return nil }
                tokens.append(.oneOf(set))
            case "\\":
                at += 1
                guard at < scalars.count else { return nil }
                tokens.append(scalars[at] == "/" ? .slash : .scalar(scalars[at]))
            default: tokens.append(.scalar(scalars[at]))
            }
            at += 1
        }
        return tokens
    }
}

/// What stands in brackets: scalars, ranges and POSIX classes, or all but those.
private struct ScalarSet: Hashable {
    private var isNegated = false
    private var ranges: [ClosedRange<UInt32>] = []

    /// ASCII only, as in git.
    private static let classes: [String: [ClosedRange<UInt32>]] = [
        "alnum": [48...57, 65...90, 97...122], "alpha": [65...90, 97...122], "blank": [9...9, 32...32],
        "cntrl": [0...31, 127...127], "digit": [48...57], "graph": [33...126], "lower": [97...122],
        "print": [32...126], "punct": [33...47, 58...64, 91...96, 123...126], "space": [9...13, 32...32],
        "upper": [65...90], "xdigit": [48...57, 65...70, 97...102],
    ]

    /// - Parameter at: of the opening bracket; of the closing one afterwards.
    /// - Returns: nil when there is no closing bracket, or an unknown class.
    init?(_ scalars: [Unicode.Scalar], at position: inout Int) {
        var at = position + 1
        func scalar(_ offset: Int = 0) -> Unicode.Scalar? { at + offset < scalars.count ? scalars[at + offset] : nil }
        if scalar() == "!" || scalar() == "^" {
            isNegated = true
            at += 1
        }
        // What a range may begin with.
        var first: Unicode.Scalar?
        var isEmpty = true
        while let next = scalar(), next != "]" || isEmpty {
            isEmpty = false
            var value = next
            if next == "[", scalar(1) == ":" {
                guard let end = scalars[(at + 2)...].firstIndex(of: "]") else { return nil }
                if end > at + 2, scalars[end - 1] == ":" {
                    var name = String.UnicodeScalarView()
                    name.append(contentsOf: scalars[(at + 2)..<max(end - 1, at + 2)])
                    guard let ranges = Self.classes[String(name)] else { return nil }
                    self.ranges += ranges
                    (first, at) = (nil, end + 1)
                    continue
                }
            }
            if next == "-", let begin = first, let end = scalar(1), end != "]" {
                at += 1
                if end == "\\" { at += 1 }
                guard let last = scalar() else { return nil }
                if begin.value <= last.value { ranges.append(begin.value...last.value) }
                (first, at) = (nil, at + 1)
                continue
            }
            if next == "\\" {
                at += 1
                guard let escaped = scalar() else { return nil }
                value = escaped
            }
            ranges.append(value.value...value.value)
            (first, at) = (value, at + 1)
        }
        guard scalar() == "]" else { return nil }
        position = at
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }
}
