import SosiaCore

/// RGB pixels that are drawn on; what lies outside is left out.
struct Canvas {
    typealias Color = (red: UInt8, green: UInt8, blue: UInt8)

    let width: Int
    let height: Int
    private var bytes: [UInt8]

    var image: PixelImage? { PixelImage(width: width, height: height, bytes: bytes) }

    init(width: Int, height: Int, color: Color) {
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: 0, count: width * height * 3)
        fill(left: 0, top: 0, width: width, height: height, color)
    }

    mutating func fill(left: Int, top: Int, width: Int, height: Int, _ color: Color) {
        let columns = max(left, 0)..<max(min(left + width, self.width), max(left, 0))
        for row in max(top, 0)..<max(min(top + height, self.height), max(top, 0)) {
            for column in columns {
                let at = (row * self.width + column) * 3
                bytes[at] = color.red
                bytes[at + 1] = color.green
                bytes[at + 2] = color.blue
            }
        }
    }

    /// In the middle of a square; of a larger picture the centre is drawn.
    mutating func draw(_ picture: PixelImage, centredIn side: Int, left: Int, top: Int) {
        let shown = (width: min(picture.width, side), height: min(picture.height, side))
        let from = (x: (picture.width - shown.width) / 2, y: (picture.height - shown.height) / 2)
        let to = (x: left + (side - shown.width) / 2, y: top + (side - shown.height) / 2)
        guard to.x >= 0, to.y >= 0, to.x + shown.width <= width, to.y + shown.height <= height else { return }
        for row in 0..<shown.height {
            let source = ((from.y + row) * picture.width + from.x) * 3
            let target = ((to.y + row) * width + to.x) * 3
            bytes.replaceSubrange(
                target..<target + shown.width * 3, with: picture.bytes[source..<source + shown.width * 3])
        }
    }
}
