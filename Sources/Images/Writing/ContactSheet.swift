package import SosiaCore

/// Pictures in a grid, each with a short caption: the answer of a search as one image.
package struct ContactSheet: Sendable {
    /// One cell of the grid.
    package struct Cell: Sendable {
        /// nil leaves the cell grey, for a picture that can no longer be read. Pictures larger than a cell
        /// show their centre; decode them with `maxSide:` of the cell's side.
        package let picture: PixelImage?
        /// One line of letters, digits and common signs; what does not fit is left out.
        package let caption: String
        /// Draws a frame around the cell: the query.
        package let isFramed: Bool

        package init(picture: PixelImage?, caption: String, isFramed: Bool = false) {
            self.picture = picture
            self.caption = caption
            self.isFramed = isFramed
        }
    }

    package static let cellSide = (minimum: 32, standard: 224, maximum: 1_024)
    package static let columns = (minimum: 1, standard: 4, maximum: 32)
    /// Further cells are left out.
    package static let maximumCells = 400

    package let cells: [Cell]
    package let columns: Int
    package let cellSide: Int

    /// Values outside minimum...maximum are moved to the nearer end.
    package init(cells: [Cell], columns: Int = columns.standard, cellSide: Int = cellSide.standard) {
        self.cells = Array(cells.prefix(Self.maximumCells))
        self.columns = min(max(columns, Self.columns.minimum), Self.columns.maximum)
        self.cellSide = min(max(cellSide, Self.cellSide.minimum), Self.cellSide.maximum)
    }

    private static let gap = 12
    private static let frame = 4
    private static let captionHeight = 26
    private static let dot = 2

    private static let paper: Canvas.Color = (255, 255, 255)
    private static let ink: Canvas.Color = (40, 40, 40)
    private static let absent: Canvas.Color = (225, 225, 225)
    private static let accent: Canvas.Color = (214, 84, 32)

    /// - Returns: nil when there are no cells.
    package func rendered() -> PixelImage? {
        guard !cells.isEmpty else { return nil }
        let used = min(columns, cells.count)
        let rows = (cells.count + used - 1) / used
        let pitch = (x: cellSide + Self.gap, y: cellSide + Self.captionHeight + Self.gap)
        var canvas = Canvas(
            width: used * pitch.x + Self.gap, height: rows * pitch.y + Self.gap, color: Self.paper)
        for (index, cell) in cells.enumerated() {
            let left = Self.gap + index % used * pitch.x
            let top = Self.gap + index / used * pitch.y
            draw(cell, on: &canvas, left: left, top: top)
        }
        return canvas.image
    }

    /// - Returns: nil when there are no cells.
    package func jpeg(quality: Int = ImageEncoder.quality.standard) throws(EncodeError) -> [UInt8]? {
        guard let image = rendered() else { return nil }
        return try ImageEncoder.jpeg(image, quality: quality)
    }

    private func draw(_ cell: Cell, on canvas: inout Canvas, left: Int, top: Int) {
        if cell.isFramed {
            let side = cellSide + 2 * Self.frame
            canvas.fill(left: left - Self.frame, top: top - Self.frame, width: side, height: side, Self.accent)
            canvas.fill(left: left, top: top, width: cellSide, height: cellSide, Self.paper)
        }
        if let picture = cell.picture {
            canvas.draw(picture, centredIn: cellSide, left: left, top: top)
        } else {
            canvas.fill(left: left, top: top, width: cellSide, height: cellSide, Self.absent)
        }
        let advance = (BitmapFont.width + 1) * Self.dot
        let baseline = top + cellSide + Self.frame + 5
        let color = cell.isFramed ? Self.accent : Self.ink
        for (position, character) in cell.caption.prefix((cellSide + Self.dot) / advance).enumerated() {
            let x = left + position * advance
            for (row, bits) in BitmapFont.rows(of: character).enumerated() {
                for column in 0..<BitmapFont.width where bits >> (BitmapFont.width - 1 - column) & 1 == 1 {
                    canvas.fill(
                        left: x + column * Self.dot, top: baseline + row * Self.dot, width: Self.dot,
                        height: Self.dot, color)
                }
            }
        }
    }
}
