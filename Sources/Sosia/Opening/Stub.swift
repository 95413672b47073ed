import SosiaCore
extension CollectionOpener {
    package static let standard = CollectionOpener(
        open: { address, _, _ in throw StoreError.missing(path: address.description) },
        create: { address, _, _ in throw StoreError.missing(path: address.description) }, exists: { _ in false },
        directory: { address, _ in throw StoreError.missing(path: address.description) })
}
