package import SosiaCore

/// One file on its way into the catalog.
package struct CatalogEntry: Sendable {
    /// What only a file that was decoded and embedded has.
    package struct Content: Sendable {
        package let facts: PictureFacts
        /// Of the row in the vector file.
        package let checksum: UInt32
        /// nil for a picture of its own.
        package let tile: Tile?

        package init(facts: PictureFacts, checksum: UInt32, tile: Tile? = nil) {
            self.facts = facts
            self.checksum = checksum
            self.tile = tile
        }
    }

    package let hash: ContentHash
    package let source: ImageSource
    package let attributes: Attributes
    /// nil for a file whose bytes are those of a picture that is in the catalog.
    package let content: Content?
    /// Places of the same picture that are known to be gone: the file was moved.
    package let gone: [String]

    package init(
        hash: ContentHash, source: ImageSource, attributes: Attributes, content: Content?, gone: [String] = []
    ) {
        self.hash = hash
        self.source = source
        self.attributes = attributes
        self.content = content
        self.gone = gone
    }
}

/// What an entry turned out to be.
package enum CatalogOutcome: Sendable, Hashable {
    case added(ImageID)
    /// A known file with other bytes.
    case changed(ImageID)
    /// A known picture at a new place, the old one gone.
    case moved(ImageID)
    /// A known picture at one more place.
    case duplicate(ImageID)
    /// The same picture at the same place, with another time.
    case touched(ImageID)
    /// No picture has these bytes any more, and the entry has no content: nothing was done.
    case unknown

    package var id: ImageID? {
        switch self {
        case .added(let id), .changed(let id), .moved(let id), .duplicate(let id), .touched(let id): id
        case .unknown: nil
        }
    }
}
