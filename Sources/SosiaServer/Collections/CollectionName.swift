/// What a collection may be called. The name is also that of a folder, so nothing in it can lead elsewhere.
enum CollectionName {
    static let pattern = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$"
    static let longest = 64

    static func isValid(_ name: some StringProtocol) -> Bool {
        (1...longest).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: "-")
            && name.utf8.allSatisfy(isPermitted)
    }

    /// The nearest valid name, for a collection whose folder is called otherwise.
    static func nearest(to name: String) -> String {
        let permitted = name.utf8.prefix(longest).map { isPermitted($0) ? $0 : UInt8(ascii: "_") }
        let text = String(decoding: permitted, as: UTF8.self)
        return isValid(text) ? text : "collection"
    }

    private static func isPermitted(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
