import ArgumentParser
import Foundation
import Sosia
import TinyImages

struct TinyShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Write tiny images as one picture, row by row.",
        discussion: """
            Shows the given positions, or some that are drawn at random: 100, or as many as -n says. With -, positions \
            are read from standard input: the lines of `sosia tiny search`, or one position to a line.
            """)

    @OptionGroup var file: TinyFileOptions

    @Option(name: .short, help: ArgumentHelp("The picture to write.", valueName: "out.png|out.jpg"))
    var output: String

    @Option(name: .short, help: "Tiny images in a row; about as many as there are rows by default.")
    var columns: Int?

    @Option(name: .customShort("n"), help: "How many positions to draw at random.")
    var count: Int?

    /// Drawn when nothing else is said, or all if there are fewer.
    private static let standardCount = 100

    @Option(help: "The seed of the drawing; equal seeds draw equal positions.")
    var seed: UInt64 = 0

    @Argument(help: "Positions from 0, or - for standard input.")
    var positions: [String] = []

    func validate() throws {
        let cells = Mosaic.cells.minimum...Mosaic.cells.maximum
        if let columns { try cells.check(columns, "-c") }
        if let count { try cells.check(count, "-n") }
        guard count == nil || positions.isEmpty else {
            throw ValidationError("Name positions, or say with -n how many to draw at random, not both.")
        }
        for position in positions where position != "-" && Int(position) == nil {
            throw ValidationError("\(Console.printable(position)) is no position.")
        }
    }

    func run() async throws {
        let sheet = try OutputFile(output)
        let database = try file.open()
        let chosen = try chosen(in: database)
        guard Mosaic.cells.minimum...Mosaic.cells.maximum ~= chosen.count else {
            throw ValidationError("\(chosen.count) positions, expected 1 to \(Mosaic.cells.maximum).")
        }
        for position in chosen where position < 0 || position >= database.count {
            throw TinyImageError.positionBeyondEnd(position: position, count: database.count, path: file.path)
        }
        let mosaic = Mosaic(count: chosen.count, columns: columns, cellSide: TinyImage.side)
        try mosaic.write(to: sheet.path) { Mosaic.Cell(picture: try database.record(chosen[$0]).picture) }
    }

    private func chosen(in database: TinyImageFile) throws -> [Int] {
        if positions.isEmpty {
            let count = count ?? min(Self.standardCount, database.count)
            guard count <= database.count else {
                throw ValidationError("-n is \(count), and there are \(database.count) tiny images.")
            }
            return RecordSample.positions(count, of: database.count, seed: seed)
        }
        return try positions.flatMap { try $0 == "-" ? Self.read() : [Int($0) ?? -1] }
    }

    /// Takes the last number of a line that has one or two.
    private static func read() throws -> [Int] {
        let text = String(decoding: try StandardInput.bytes(), as: UTF8.self)
        return try text.split(whereSeparator: \.isNewline).map { line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard let field = fields.count > 1 ? fields[1] : fields.first, let position = Int(field) else {
                throw ValidationError("\"\(Console.printable(String(line)))\" on standard input has no position.")
            }
            return position
        }
    }
}
