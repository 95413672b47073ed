package import SosiaCore

/// The one row that describes the collection as a whole.
package struct CatalogState: Sendable, Hashable {
    package let model: ModelIdentity
    /// Which writing of the vector file the slots refer to; compaction counts it up.
    package let generation: Int64
    /// Counts the commits that changed a slot.
    package let revision: Int64
    /// Rows of the vector file that were ever named since the last compaction: the next picture gets this slot.
    package let rows: Int
}
