extension PictureURL {
    /// The URL that a `Location` header means, seen from this one (RFC 3986, section 5.2; dot segments are left to the
    /// server, which has to deal with them anyway).
    /// - Throws: ``URLFlaw`` when the result is not a URL that a picture may be fetched from.
    func resolving(_ location: String) throws(URLFlaw) -> PictureURL {
        if location.isEmpty || location.hasPrefix("#") { return self }
        if location.hasPrefix("//") { return try PictureURL("\(scheme.rawValue):\(location)") }
        if location.hasPrefix("/") { return try PictureURL(origin + location) }
        let path = target.prefix { $0 != "?" }
        if location.hasPrefix("?") { return try PictureURL(origin + path + location) }
        // A colon before any slash ends a scheme.
        let first = location.prefix { !"/?#".contains($0) }
        if first.contains(":") { return try PictureURL(location) }
        return try PictureURL(origin + path[...(path.lastIndex(of: "/") ?? path.startIndex)] + location)
    }
}
