import Foundation
import Images
import SosiaCore
import Workers

extension Store {
    /// The query and its answer as one picture: the query framed, then the hits with rank and distance.
    /// - Parameters:
    ///   - query: the bytes of the query; nil leaves it out.
    /// - Returns: JPEG bytes.
    public func sheet(of answer: Answer, query: [UInt8]?) async throws -> [UInt8] {
        let origins = try await engine.origins(of: answer.hits.map(\.record.id))
        var pictures: [(bytes: [UInt8]?, caption: String)] = query.map { [($0, "query")] } ?? []
        for (index, hit) in answer.hits.enumerated() {
            var bytes: [UInt8]?
            if let origin = origins[index] { bytes = try? await original(of: origin).bytes }
            pictures.append((bytes, String(format: "%d  %.4f", index + 1, hit.distance)))
        }
        let isAsked = query != nil
        return try await queries.run { [pictures] in
            let cells = pictures.enumerated().map { position, picture in
                self.cell(picture.bytes, caption: picture.caption, isFramed: isAsked && position == 0)
            }
            guard let image = ContactSheet(cells: cells).rendered() else { return [] }
            return try ImageEncoder.jpeg(image)
        }
    }

    private func cell(_ bytes: [UInt8]?, caption: String, isFramed: Bool) -> ContactSheet.Cell {
        let picture = bytes.flatMap { try? decoder.decode($0, maxSide: ContactSheet.cellSide.standard).pixels }
        return ContactSheet.Cell(picture: picture, caption: caption, isFramed: isFramed)
    }
}
