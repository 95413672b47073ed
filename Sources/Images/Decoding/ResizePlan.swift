import SosiaCore

/// Which pixels of the resized upright picture are wanted, and where they go on the canvas.
///
/// The rounding is that of torchvision's `Resize` and `CenterCrop`, which the published weights were trained with.
struct ResizePlan: Equatable {
    /// One direction: `source` pixels of the picture, behind `before` of its `total`, become `resized`; `count` of them
    /// from `first` on are wanted and lie at `offset` of a canvas of `canvas` pixels.
    struct Side: Equatable {
        private(set) var before = 0
        private(set) var total: Int
        let source: Int
        let resized: Int
        let first: Int
        let count: Int
        let canvas: Int
        let offset: Int

        /// The centre of the resized side, or all of it amid an empty border where the canvas is longer.
        init(source: Int, resized: Int, canvas: Int) {
            self.source = source
            total = source
            self.resized = resized
            self.canvas = canvas
            count = min(resized, canvas)
            let spare = Double(resized - count) / 2
            first = Int(spare.rounded(.toNearestOrEven))
            offset = (canvas - count) / 2
        }

        /// The same pixels as a part of a longer side.
        func within(_ total: Int, behind before: Int) -> Side {
            var side = self
            (side.before, side.total) = (before, total)
            return side
        }
    }

    private(set) var x: Side
    private(set) var y: Side
    /// Grey level of the canvas where there is no picture.
    let fill: UInt8

    init(width: Int, height: Int, geometry: InputGeometry) throws(DecodeError) {
        try DecodeLimits.checkOutput(width: geometry.width, height: geometry.height)
        switch geometry.rule {
        case .stretch:
            x = Side(source: width, resized: geometry.width, canvas: geometry.width)
            y = Side(source: height, resized: geometry.height, canvas: geometry.height)
            fill = 0
        case .centerCrop(let shortSide):
            try DecodeLimits.checkOutput(width: shortSide, height: shortSide)
            let short = min(width, height)
            x = Side(source: width, resized: shortSide * width / short, canvas: geometry.width)
            y = Side(source: height, resized: shortSide * height / short, canvas: geometry.height)
            fill = 0
        case .letterbox(let grey):
            let scale = min(Double(geometry.width) / Double(width), Double(geometry.height) / Double(height))
            let fitted = { (source: Int, canvas: Int) in
                min(max(Int((Double(source) * scale).rounded()), 1), canvas)
            }
            x = Side(source: width, resized: fitted(width, geometry.width), canvas: geometry.width)
            y = Side(source: height, resized: fitted(height, geometry.height), canvas: geometry.height)
            fill = grey
        }
    }

    /// The plan of a part as one of the whole picture. At the part's edges the filter sees the pixels beyond.
    func within(width: Int, height: Int, at part: PixelRegion) -> ResizePlan {
        var plan = self
        plan.x = x.within(width, behind: part.x)
        plan.y = y.within(height, behind: part.y)
        return plan
    }

    /// The whole picture, its longer side at most `maxSide`; never enlarged.
    init(width: Int, height: Int, maxSide: Int) throws(DecodeError) {
        try DecodeLimits.checkOutput(width: maxSide, height: maxSide)
        let scale = min(1, Double(maxSide) / Double(max(width, height)))
        let side = { (source: Int) in
            let resized = min(max(Int((Double(source) * scale).rounded()), 1), maxSide)
            return Side(source: source, resized: resized, canvas: resized)
        }
        x = side(width)
        y = side(height)
        fill = 0
    }
}
