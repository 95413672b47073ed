/// How stored rows and columns become an upright picture (EXIF tag 0x0112).
enum Orientation: Int {
    case upright = 1, mirrored, turned, flipped, transposed, clockwise, transversed, counterclockwise

    /// Unknown values mean upright, as every viewer takes them.
    init(exif value: Int) {
        self = Orientation(rawValue: value) ?? .upright
    }

    var swapsSides: Bool { rawValue >= 5 }

    /// The upright picture's size.
    func upright(width: Int, height: Int) -> (width: Int, height: Int) {
        swapsSides ? (height, width) : (width, height)
    }

    private var reversesStoredColumns: Bool {
        switch self {
        case .mirrored, .turned, .transversed, .counterclockwise: true
        default: false
        }
    }

    private var reversesStoredRows: Bool {
        switch self {
        case .turned, .flipped, .clockwise, .transversed: true
        default: false
        }
    }

    /// What to resample from the stored picture to get the wanted part of the upright one.
    func storedRegion(of plan: ResizePlan) -> SourceRegion {
        let across = swapsSides ? plan.y : plan.x
        let down = swapsSides ? plan.x : plan.y
        return SourceRegion(
            x: SourceAxis(across, reversed: reversesStoredColumns), y: SourceAxis(down, reversed: reversesStoredRows))
    }
}

/// One direction of a resize in source pixels: output i covers `start + i * step ... start + (i + 1) * step`.
struct SourceAxis: Equatable {
    let start: Double
    let step: Double
    let source: Int
    let count: Int

    init(start: Double, step: Double, source: Int, count: Int) {
        self.start = start
        self.step = step
        self.source = source
        self.count = count
    }

    init(_ side: ResizePlan.Side, reversed: Bool) {
        let first = reversed ? side.resized - side.first - side.count : side.first
        let before = reversed ? side.total - side.before - side.source : side.before
        let step = Double(side.source) / Double(side.resized)
        self.init(start: Double(before) + Double(first) * step, step: step, source: side.total, count: side.count)
    }

    /// Source pixels that the triangle filter touches.
    var reach: Range<Int> {
        let support = max(step, 1) + 1
        let low = (start - support).rounded(.down)
        let high = (start + Double(count) * step + support).rounded(.up)
        return Int(max(low, 0))..<Int(min(high, Double(source)))
    }

    /// The same output from pixels of which `dropped` were cut off before and each stands for `shrink` of the old.
    func reduced(dropped: Int, shrink: Int, source: Int) -> SourceAxis {
        SourceAxis(
            start: (start - Double(dropped)) / Double(shrink), step: step / Double(shrink), source: source,
            count: count)
    }
}

struct SourceRegion: Equatable {
    let x: SourceAxis
    let y: SourceAxis
}
