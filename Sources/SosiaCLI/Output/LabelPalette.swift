import Foundation
import Sosia
import SosiaCore

/// A colour for each value of an attribute: those of Paul Tol's "muted" and "bright" schemes, which people with colour
/// blindness can tell apart; more values than colours start again from the front.
struct LabelPalette {
    private static let colors: [UInt32] = [
        0x332288, 0x88CCEE, 0x44AA99, 0x117733, 0x999933, 0xDDCC77, 0xCC6677, 0x882255, 0xAA4499, 0x4477AA, 0xEE6677,
        0x228833, 0xCCBB44, 0x66CCEE, 0xAA3377, 0xBBBBBB,
    ]

    private let places: [String: Int]

    /// - Parameter labels: any number of times each; their sorted order decides, not that of the pictures.
    init(_ labels: [String]) {
        let sorted = Set(labels).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element, $0.offset) })
    }

    private func value(_ label: String) -> UInt32 { Self.colors[(places[label] ?? 0) % Self.colors.count] }

    func color(_ label: String) -> Mosaic.Color {
        let value = value(label)
        return Mosaic.Color(
            red: UInt8(value >> 16 & 255), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
    }

    /// `#rrggbb` by label.
    var hexadecimal: [String: String] {
        Dictionary(uniqueKeysWithValues: places.keys.map { ($0, String(format: "#%06x", value($0))) })
    }
}
