import Images
import SosiaCore

/// Bytes to vector: the first two rooms, which a query passes exactly like a picture that is added.
struct PictureReader: Sendable {
    let decoder: ImageDecoder
    let embedder: any Embedder

    func content(of bytes: [UInt8]) throws(SkipReason) -> IngestEntry.Content {
        do {
            let picture = try decoder.decode(bytes, for: embedder.input)
            return IngestEntry.Content(embedding: try embedder.embed(picture.pixels), facts: picture.facts)
        } catch let error as DecodeError {
            throw .decoding(error)
        } catch {
            throw .embedding("\(error)")
        }
    }
}
