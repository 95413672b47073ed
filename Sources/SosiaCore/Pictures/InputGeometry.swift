/// How a picture of any shape is fitted to a network's fixed input.
public struct InputGeometry: Sendable, Hashable, Encodable {
    /// What happens to a picture that does not have the network's proportions.
    public enum Rule: Sendable, Hashable {
        /// Both sides are scaled independently: nothing is cut off, but proportions change.
        case stretch
        /// The shorter side is scaled to `shortSide` pixels, then the centre is cut out.
        case centerCrop(shortSide: Int)
        /// The longer side is scaled to fit, and the rest is filled with the grey level `fill` (0...255).
        case letterbox(fill: UInt8)
    }

    public let width: Int
    public let height: Int
    public let rule: Rule

    public init(width: Int, height: Int, rule: Rule) {
        self.width = width
        self.height = height
        self.rule = rule
    }
}

/// As in a model card: `{"width":224,"height":224,"rule":"centerCrop","shortSide":256}`.
extension InputGeometry {
    private enum Key: String, CodingKey {
        case width, height, rule, shortSide, fill
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(width, forKey: .width)
        try container.encode(height, forKey: .height)
        switch rule {
        case .stretch:
            try container.encode("stretch", forKey: .rule)
        case .centerCrop(let shortSide):
            try container.encode("centerCrop", forKey: .rule)
            try container.encode(shortSide, forKey: .shortSide)
        case .letterbox(let fill):
            try container.encode("letterbox", forKey: .rule)
            try container.encode(fill, forKey: .fill)
        }
    }
}
