@testable import Images
import SosiaCore
import Testing

struct ResizePlanTests {
    /// What torchvision's Resize(256) and CenterCrop(224) do with 640 x 427.
    @Test func centerCropRoundsAsTorchvision() throws {
        let geometry = InputGeometry(width: 224, height: 224, rule: .centerCrop(shortSide: 256))
        let plan = try ResizePlan(width: 640, height: 427, geometry: geometry)
        #expect((plan.x.resized, plan.y.resized) == (383, 256))
        #expect((plan.x.first, plan.y.first) == (80, 16))
        #expect((plan.x.count, plan.x.offset, plan.x.canvas) == (224, 0, 224))
    }

    @Test func letterboxFitsTheLongerSide() throws {
        let geometry = InputGeometry(width: 100, height: 100, rule: .letterbox(fill: 7))
        let plan = try ResizePlan(width: 50, height: 200, geometry: geometry)
        #expect((plan.x.resized, plan.x.offset, plan.y.resized, plan.y.offset) == (25, 37, 100, 0))
        #expect(plan.fill == 7)
    }

    @Test func maxSideNeverEnlarges() throws {
        let small = try ResizePlan(width: 30, height: 20, maxSide: 100)
        #expect((small.x.canvas, small.y.canvas) == (30, 20))
        let long = try ResizePlan(width: 4000, height: 3, maxSide: 100)
        #expect((long.x.canvas, long.y.canvas) == (100, 1))
    }

    @Test(arguments: [0, -3, 16_385]) func refusesAnOutputOutOfRange(side: Int) {
        let expected = DecodeError.outputOutOfRange(width: side, height: 10, maximumSide: 16_384)
        #expect(throws: expected) {
            try ResizePlan(width: 5, height: 5, geometry: InputGeometry(width: side, height: 10, rule: .stretch))
        }
        #expect(throws: DecodeError.self) { try ResizePlan(width: 5, height: 5, maxSide: side) }
    }

    @Test func everyShapeStaysInside() throws {
        var random = SplitMix(seed: 3)
        for _ in 0..<2_000 {
            let width = Int.random(in: 1...70_000, using: &random)
            let height = Int.random(in: 1...70_000, using: &random)
            let rule: InputGeometry.Rule =
                switch Int.random(in: 0...2, using: &random) {
                case 0: .stretch
                case 1: .centerCrop(shortSide: Int.random(in: 1...400, using: &random))
                default: .letterbox(fill: 0)
                }
            let geometry = InputGeometry(
                width: Int.random(in: 1...300, using: &random), height: Int.random(in: 1...300, using: &random),
                rule: rule)
            let plan = try ResizePlan(width: width, height: height, geometry: geometry)
            for (side, canvas) in [(plan.x, geometry.width), (plan.y, geometry.height)] {
                #expect(side.canvas == canvas)
                #expect(side.count > 0 && side.first >= 0 && side.first + side.count <= side.resized)
                #expect(side.offset >= 0 && side.offset + side.count <= canvas)
            }
        }
    }
}
