package import SosiaCore

/// Pictures in a grid without captions, row by row from the upper left, written one row of the grid at a time: as many
/// as are wanted. A ``ContactSheet`` is for few, with captions.
package struct Mosaic: Sendable {
    /// An RGB colour.
    package struct Color: Sendable, Hashable {
        package let red: UInt8
        package let green: UInt8
        package let blue: UInt8

        package init(red: UInt8, green: UInt8, blue: UInt8) {
            self.red = red
            self.green = green
            self.blue = blue
        }
    }

    /// One cell of the grid.
    package struct Cell: Sendable {
        /// nil leaves the cell grey. A picture larger than the cell shows its centre.
        package let picture: PixelImage?
        /// Of the border, where the mosaic has one; nil leaves it white.
        package let color: Color?

        package init(picture: PixelImage?, color: Color? = nil) {
            self.picture = picture
            self.color = color
        }
    }

    package static let cells = (minimum: 1, maximum: 1_000_000)
    /// Pixels.
    package static let cellSide = (minimum: 8, standard: 128, maximum: 1_024)
    /// Pixels.
    package static let border = (minimum: 0, standard: 4, maximum: 64)

    package let count: Int
    package let columns: Int
    package let cellSide: Int
    package let border: Int

    /// Values outside minimum...maximum are moved to the nearer end.
    /// - Parameter columns: about a square when nil.
    package init(count: Int, columns: Int? = nil, cellSide: Int = cellSide.standard, border: Int = 0) {
        self.count = min(max(count, Self.cells.minimum), Self.cells.maximum)
        let square = Int(Double(self.count).squareRoot().rounded(.up))
        self.columns = min(max(columns ?? square, 1), self.count)
        self.cellSide = min(max(cellSide, Self.cellSide.minimum), Self.cellSide.maximum)
        self.border = min(max(border, Self.border.minimum), Self.border.maximum)
    }

    private var pitch: Int { cellSide + 2 * border }
    /// Pixels.
    package var width: Int { columns * pitch }
    /// Pixels.
    package var height: Int { (count + columns - 1) / columns * pitch }

    private static let paper: Canvas.Color = (255, 255, 255)
    private static let absent: Canvas.Color = (225, 225, 225)

    /// Writes PNG or JPEG, as the name says.
    /// - Parameters:
    ///   - isSynced: see ``PictureFileWriter/finish(quality:isSynced:)``.
    ///   - cell: called once for each cell, in order.
    /// - Throws: `EncodeError`, what `cell` throws.
    package func write(to path: String, isSynced: Bool = true, cell: (Int) throws -> Cell) throws {
        let file = try begin(path)
        for row in stride(from: 0, to: count, by: columns) {
            try append((row..<min(row + columns, count)).map(cell), to: file)
        }
        try file.finish(isSynced: isSynced)
    }

    /// A file that takes the rows of the grid one after the other; it must be finished after the last.
    /// - Throws: `EncodeError`
    package func begin(_ path: String) throws(EncodeError) -> PictureFileWriter {
        try PictureFileWriter(creating: path, width: width, height: height)
    }

    /// One row of the grid.
    /// - Parameter cells: at most ``columns``; the rest of the row stays white.
    /// - Throws: `EncodeError`
    package func append(_ cells: [Cell], to file: PictureFileWriter) throws(EncodeError) {
        var canvas = Canvas(width: width, height: pitch, color: Self.paper)
        for (column, cell) in cells.prefix(columns).enumerated() { draw(cell, on: &canvas, left: column * pitch) }
        guard let band = canvas.image else { throw .outOfMemory }
        try file.append(band.bytes)
    }

    private func draw(_ cell: Cell, on canvas: inout Canvas, left: Int) {
        if border > 0, let color = cell.color {
            canvas.fill(left: left, top: 0, width: pitch, height: pitch, (color.red, color.green, color.blue))
            canvas.fill(left: left + border, top: border, width: cellSide, height: cellSide, Self.paper)
        }
        if let picture = cell.picture {
            canvas.draw(picture, centredIn: cellSide, left: left + border, top: border)
        } else {
            canvas.fill(left: left + border, top: border, width: cellSide, height: cellSide, Self.absent)
        }
    }
}
