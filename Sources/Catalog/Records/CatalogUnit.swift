package import SosiaCore

/// Where the vector of a new row comes from.
package enum RowOrigin: Sendable, Hashable {
    /// That of an entry, by its position in the unit.
    case entry(Int)
    /// A copy of another row.
    case slot(Int)
}

/// A unit on its way into the catalog, with the checksums of its vectors.
package struct CatalogUnit: Sendable {
    package let unit: IngestUnit
    /// Of the row that each entry would get; what stands for an entry without content is not looked at.
    package let checksums: [UInt32]

    package init(_ unit: IngestUnit, checksums: [UInt32]) {
        self.unit = unit
        self.checksums = checksums
    }
}
