import SosiaCore

extension Store {
    /// The pictures that are like some and unlike others.
    ///
    /// Decoding, embedding and searching run on threads of their own.
    /// - Throws: ``ExampleError`` for a picture that cannot be read; `EngineError`; ``StoreError``.
    public func search(_ search: PictureSearch) async throws -> Answer {
        throw StoreError.failed(path: engine.layout.root, reason: "not there yet")
    }

    /// Several questions at once, which share the work where they can.
    /// - Returns: one answer a question, in order; the timings of each are those of all.
    /// - Throws: what the first question that fails throws.
    public func search(_ searches: [PictureSearch]) async throws -> [Answer] {
        throw StoreError.failed(path: engine.layout.root, reason: "not there yet")
    }
}

/// Why a picture that was asked with could not be used.
public struct ExampleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Among the examples of its question, from 0 on.
    public let position: Int
    public let reason: SkipReason

    public var description: String { "example \(position + 1): \(reason)" }
}
