package import SosiaCore

/// Which of the changes that are not durable a power cut undoes.
package struct Loss: Sendable {
    enum Fate: Sendable {
        case kept
        case lost
        /// Some of its sectors were written.
        case torn(seed: UInt64)
    }

    private enum Choice: Sendable {
        case nothing
        case everything
        case one(Int)
        case some([Fate])
    }

    private let choice: Choice

    /// The program was stopped, and the machine was not.
    package static let nothing = Loss(choice: .nothing)
    package static let everything = Loss(choice: .everything)

    package static func one(_ change: Int) -> Loss { Loss(choice: .one(change)) }

    /// A set of losses out of `count` changes.
    package static func some(of count: Int, using generator: inout SplitMix) -> Loss {
        let share = [0.2, 0.5, 0.8].randomElement(using: &generator) ?? 0.5
        return Loss(
            choice: .some(
                (0..<count).map { _ in
                    guard Double.random(in: 0..<1, using: &generator) < share else { return .kept }
                    return Int.random(in: 0..<3, using: &generator) == 0 ? .torn(seed: generator.next()) : .lost
                }))
    }

    func fate(of change: Int) -> Fate {
        switch choice {
        case .nothing: .kept
        case .everything: .lost
        case .one(let lost): lost == change ? .lost : .kept
        case .some(let fates): fates[change]
        }
    }
}

extension Disk.Change {
    private static let sectorBytes = 512

    /// The sectors of a write that reached the disk; other changes are whole or lost.
    func sectors(keptBy seed: UInt64) -> [Disk.Change] {
        guard case .write(let offset, let bytes) = kind else { return [] }
        var generator = SplitMix(seed: seed)
        var parts: [Disk.Change] = []
        var start = 0
        while start < bytes.count {
            // Sectors are counted from the start of the file.
            let end = min(bytes.count, start + Self.sectorBytes - (offset + start) % Self.sectorBytes)
            if Bool.random(using: &generator) {
                parts.append(
                    Disk.Change(node: node, kind: .write(offset: offset + start, bytes: Array(bytes[start..<end]))))
            }
            start = end
        }
        return parts
    }
}
