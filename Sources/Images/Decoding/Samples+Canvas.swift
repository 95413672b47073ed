import SosiaCore

extension Samples {
    /// The picture on the plan's canvas.
    /// - Returns: nil unless these are RGB samples of the size that the plan wants.
    func placed(on plan: ResizePlan) -> PixelImage? {
        guard channels == 3, width == plan.x.count, height == plan.y.count else { return nil }
        if plan.x.canvas == width, plan.y.canvas == height {
            return PixelImage(width: width, height: height, bytes: bytes)
        }
        var canvas = [UInt8](repeating: plan.fill, count: plan.x.canvas * plan.y.canvas * 3)
        for row in 0..<height {
            let to = ((row + plan.y.offset) * plan.x.canvas + plan.x.offset) * 3
            canvas.replaceSubrange(to..<to + width * 3, with: bytes[row * width * 3..<(row + 1) * width * 3])
        }
        return PixelImage(width: plan.x.canvas, height: plan.y.canvas, bytes: canvas)
    }
}
