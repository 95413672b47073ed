import Foundation
import Images
import SosiaCore

extension Store {
    /// The query and its answer as one picture: the query framed, then the hits with rank and distance.
    /// - Parameters:
    ///   - query: the bytes of the query; nil leaves it out.
    /// - Returns: JPEG bytes.
    public func sheet(of answer: Answer, query: [UInt8]?) async throws -> [UInt8] {
        var cells: [ContactSheet.Cell] = []
        if let query { cells.append(cell(query, caption: "query", isFramed: true)) }
        for (index, hit) in answer.hits.enumerated() {
            let bytes = try? await original(of: hit.record).bytes
            let caption = String(format: "%d  %.4f", index + 1, hit.distance)
            cells.append(cell(bytes, caption: caption, isFramed: false))
        }
        guard let image = ContactSheet(cells: cells).rendered() else { return [] }
        return try ImageEncoder.jpeg(image)
    }

    private func cell(_ bytes: [UInt8]?, caption: String, isFramed: Bool) -> ContactSheet.Cell {
        let picture = bytes.flatMap { try? decoder.decode($0, maxSide: ContactSheet.cellSide.standard).pixels }
        return ContactSheet.Cell(picture: picture, caption: caption, isFramed: isFramed)
    }
}
