/// From columns and rows to the coordinates of a projection. Not flat: the C side sees to it.
struct AffineTransform {
    private let origin: (x: Double, y: Double)
    private let column: (x: Double, y: Double)
    private let row: (x: Double, y: Double)

    /// - Parameter numbers: Six, in GDAL's order: x = t0 + t1 column + t2 row, y = t3 + t4 column + t5 row.
    init(_ numbers: [Double]) {
        origin = (numbers[0], numbers[3])
        column = (numbers[1], numbers[4])
        row = (numbers[2], numbers[5])
    }

    func applied(to pixel: (x: Double, y: Double)) -> (x: Double, y: Double) {
        (
            origin.x + column.x * pixel.x + row.x * pixel.y,
            origin.y + column.y * pixel.x + row.y * pixel.y
        )
    }

    func undone(at point: (x: Double, y: Double)) -> (x: Double, y: Double) {
        let (x, y) = (point.x - origin.x, point.y - origin.y)
        let area = column.x * row.y - row.x * column.y
        return ((x * row.y - y * row.x) / area, (y * column.x - x * column.y) / area)
    }
}
