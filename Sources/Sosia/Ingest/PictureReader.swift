import Images
import SosiaCore

/// Bytes to vector: the first two rooms, which a query passes exactly like a picture that is added.
struct PictureReader: Sendable {
    let decoder: ImageDecoder
    let embedder: any Embedder

    func draft(_ content: FileContent, path: String, attributes: Attributes) throws(SkipReason) -> ImageDraft {
        do {
            let picture = try decoder.decode(content.bytes, for: embedder.input)
            return ImageDraft(
                hash: content.hash, embedding: try embedder.embed(picture.pixels), facts: picture.facts,
                source: ImageSource(location: path, stamp: content.stamp), attributes: attributes)
        } catch let error as DecodeError {
            throw .decoding(error)
        } catch {
            throw .embedding("\(error)")
        }
    }
}
