/// How a picture of any shape becomes the fixed shape that a network takes.
public struct InputGeometry: Sendable, Hashable, Codable {
    /// What happens to the part of the picture that does not have the network's proportions.
    public enum Rule: Sendable, Hashable {
        /// Both sides are scaled on their own; nothing is lost, proportions are.
        case stretch
        /// The shorter side is scaled to `shortSide` pixels, then the centre is cut out.
        case centerCrop(shortSide: Int)
        /// The longer side is scaled to fit and the rest is filled with `fill` grey (0...255).
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
