/// What every engine refuses at its door. Whoever brings attributes asks earlier, before anything is read or written.
extension Attributes {
    /// Of all attributes of a picture together, as JSON.
    public static var maximumBytes: Int { 65_536 }

    /// - Parameter picture: whose attributes these are, for errors.
    /// - Throws: `EngineError.zeroCharacter` for U+0000 in a name or anywhere in a value, `.attributesTooDeep` beyond
    ///   ``JSONValue/maximumDepth``, `.attributeNameTooLong` beyond ``JSONValue/maximumNameBytes``,
    ///   `.attributesTooLarge` beyond ``maximumBytes``.
    public func check(of picture: String) throws(EngineError) {
        for (name, value) in self {
            switch JSONValue.fault(name, value, depth: JSONValue.maximumDepth - 1) {
            case nil: continue
            case .zeroCharacter: throw .zeroCharacter(attribute: name)
            case .tooDeep: throw .attributesTooDeep(picture: picture, maximum: JSONValue.maximumDepth)
            case .nameTooLong:
                throw .attributeNameTooLong(picture: picture, maximum: JSONValue.maximumNameBytes)
            }
        }
        try Self.check(bytes: json.count, of: picture)
    }

    /// - Parameter bytes: of a picture's attributes, as JSON.
    /// - Throws: `EngineError.attributesTooLarge`
    package static func check(bytes: Int, of picture: String) throws(EngineError) {
        guard bytes <= maximumBytes else {
            throw .attributesTooLarge(picture: picture, bytes: bytes, maximum: maximumBytes)
        }
    }

    /// A picture's attributes after a change may still be too large if they were before, but may not grow.
    /// - Parameters:
    ///   - bytes: after the change, as JSON.
    ///   - before: likewise before it.
    /// - Throws: `EngineError.attributesTooLarge`
    package static func check(bytes: Int, before: Int, of id: ImageID) throws(EngineError) {
        if bytes > before { try check(bytes: bytes, of: "picture \(id)") }
    }
}

extension JSONValue {
    fileprivate enum Fault {
        case zeroCharacter, tooDeep, nameTooLong
    }

    /// - Parameter depth: how deep this may be; nothing is looked at beyond.
    fileprivate func fault(depth: Int) -> Fault? {
        switch self {
        case .null, .bool, .integer, .number: return nil
        case .string(let text): return text.utf8.contains(0) ? .zeroCharacter : nil
        case .array(let values):
            guard depth > 0 else { return .tooDeep }
            // Each value once: a lazy sequence would look at its first one again and again, at every level.
            for value in values {
                if let fault = value.fault(depth: depth - 1) { return fault }
            }
            return nil
        case .object(let members):
            guard depth > 0 else { return .tooDeep }
            for (name, value) in members {
                if let fault = Self.fault(name, value, depth: depth - 1) { return fault }
            }
            return nil
        }
    }

    /// Of a member.
    fileprivate static func fault(_ name: String, _ value: JSONValue, depth: Int) -> Fault? {
        if name.utf8.contains(0) { return .zeroCharacter }
        return name.utf8.count > maximumNameBytes ? .nameTooLong : value.fault(depth: depth)
    }
}
