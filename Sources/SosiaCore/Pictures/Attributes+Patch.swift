extension JSONValue {
    /// This value changed by a JSON Merge Patch (RFC 7396): objects are patched name by name, null takes a name away,
    /// and anything else takes this value's place.
    public func patched(with patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var object: [String: JSONValue] = [:]
        if case .object(let own) = self { object = own }
        for (name, change) in changes {
            object[name] = change == .null ? nil : (object[name] ?? .null).patched(with: change)
        }
        return .object(object)
    }
}

extension Attributes {
    /// These attributes changed by a JSON Merge Patch (RFC 7396).
    public func patched(with patch: Attributes) -> Attributes {
        guard case .object(let changed) = JSONValue.object(self).patched(with: .object(patch)) else { return self }
        return changed
    }
}
