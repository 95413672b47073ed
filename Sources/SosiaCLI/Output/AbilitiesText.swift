import Sosia
import SosiaCore

/// What an engine can do, in words.
struct AbilitiesText {
    /// What it promises.
    let promises: String
    /// How much it takes, and which upkeep it has.
    let limits: String

    init(_ abilities: EngineAbilities) {
        let promises = [
            abilities.isExactProven ? "exact answers are proven" : "exact answers are not proven",
            abilities.isRecallCalibrated ? "recall is measured" : "recall is not measured",
            abilities.keepsVectorBits ? "vectors keep every bit" : "vectors are rounded",
            abilities.writers == .one ? "one writer" : "many writers",
            abilities.visibility == .atOnce ? "changes are seen at once" : "changes are seen after a while",
        ]
        self.promises = "\(abilities.engine): \(promises.joined(separator: ", "))"
        let upkeep = abilities.upkeep.map(\.rawValue).joined(separator: ", ")
        limits =
            "\(abilities.maximumK) hits, \(abilities.maximumDimension) dimensions, "
            + "\(Console.size(Int64(abilities.maximumAttributeBytes))) of attributes a picture; "
            + "\(abilities.metrics.map(\.rawValue).joined(separator: ", ")); "
            + (upkeep.isEmpty ? "no upkeep" : "upkeep: \(upkeep)")
    }
}
