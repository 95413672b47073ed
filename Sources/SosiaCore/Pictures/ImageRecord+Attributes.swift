extension ImageRecord {
    /// The facts and the user's attributes under one roof; where both have a name, the user's word counts.
    ///
    /// Facts are called `format`, `width`, `height`, `captured`, `latitude`, `longitude`, `camera`; those that the file
    /// did not tell are missing.
    public var allAttributes: Attributes {
        var all: Attributes = [
            "format": .string(facts.format), "width": .integer(Int64(facts.width)),
            "height": .integer(Int64(facts.height)),
        ]
        if let captured = facts.captured { all["captured"] = .string(captured) }
        if let position = facts.position {
            all["latitude"] = .number(position.latitude)
            all["longitude"] = .number(position.longitude)
        }
        if let camera = facts.camera { all["camera"] = .string(camera) }
        return all.merging(attributes) { _, own in own }
    }
}
