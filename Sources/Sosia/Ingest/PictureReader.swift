import Images
import SosiaCore

/// Bytes to vector: the first two rooms, which a query passes exactly like a picture that is added.
struct PictureReader: Sendable {
    let decoder: ImageDecoder
    let embedder: any Embedder

    func draft(_ content: FileContent, path: String, attributes: Attributes) throws(SkipReason) -> ImageDraft {
        try draft(
            content.bytes, hash: content.hash, source: ImageSource(location: path, stamp: content.stamp),
            attributes: attributes)
    }

    func draft(
        _ bytes: [UInt8], hash: ContentHash, source: ImageSource, attributes: Attributes
    ) throws(SkipReason) -> ImageDraft {
        do {
            let picture = try decoder.decode(bytes, for: embedder.input)
            return ImageDraft(
                hash: hash, embedding: try embedder.embed(picture.pixels), facts: picture.facts, source: source,
                attributes: attributes)
        } catch let error as DecodeError {
            throw .decoding(error)
        } catch {
            throw .embedding("\(error)")
        }
    }
}
