public import ArgumentParser
public import Sosia
import SosiaCore

extension ImageID: ExpressibleByArgument {
    /// `12` or `id:12`.
    public init?(argument: String) {
        let digits = argument.hasPrefix("id:") ? argument.dropFirst(3) : argument[...]
        guard let number = Int64(digits), number > 0 else { return nil }
        self.init(rawValue: number)
    }
}

extension PixelRegion: ExpressibleByArgument {
    /// `x,y,width,height`, whole numbers.
    public init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
            let height = numbers[3], width > 0, height > 0
        else { return nil }
        self.init(x: x, y: y, width: width, height: height)
    }
}

extension ClosedRange where Bound: CustomStringConvertible {
    /// - Throws: `ValidationError`, which names the option and the range.
    func check(_ value: Bound, _ option: String) throws {
        guard contains(value) else {
            throw ValidationError("\(option) is \(value), expected \(lowerBound) to \(upperBound).")
        }
    }
}

/// The arithmetic of a network; `auto` leaves it to the processor.
enum PrecisionArgument: String, CaseIterable, ExpressibleByArgument {
    case auto
    case f32
    case bf16

    var precision: Precision? { Precision(rawValue: rawValue) }
}

extension PictureSearch.Overlaps: ExpressibleByArgument {}
