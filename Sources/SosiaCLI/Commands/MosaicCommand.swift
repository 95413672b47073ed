import ArgumentParser
import Foundation
import Sosia

struct MosaicCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mosaic", abstract: "Write pictures as a grid.",
        discussion: """
            Takes ids, picture files, or - for standard input: ids or paths, one to a line, the lines of \
            `sosia search`, or its JSON. With --label, the border of each picture has the colour of that attribute's \
            value, and the colours are printed. A picture that can no longer be read leaves its cell grey and is named.
            """)

    @Argument(help: ArgumentHelp("id:N, N, a picture file, or - for standard input.", valueName: "picture"))
    var pictures: [String]

    @Option(name: .short, help: ArgumentHelp("The picture to write.", valueName: "out.png|out.jpg"))
    var output: String

    @Option(name: .short, help: "Pictures in a row; about as many as there are rows by default.")
    var columns: Int?

    @Option(help: "The side of a cell, in pixels.")
    var side: Int = Mosaic.cellSide.standard

    @Option(help: ArgumentHelp("Colour the borders by this attribute.", valueName: "attribute"))
    var label: String?

    @OptionGroup var store: StoreOptions

    func validate() throws {
        try (Mosaic.cellSide.minimum...Mosaic.cellSide.maximum).check(side, "--side")
        if let columns { try (Mosaic.cells.minimum...Mosaic.cells.maximum).check(columns, "-c") }
        guard !pictures.isEmpty else { throw ValidationError("Name at least one picture.") }
    }

    private struct Output: Encodable {
        let pictures: Int
        let absent: [String]
        let colors: [String: String]
    }

    func run() async throws {
        let sheet = try OutputFile(output)
        let listed = try pictures.flatMap { argument in
            try argument == "-" ? PictureArgument.list(StandardInput.bytes()) : [PictureArgument(listed: argument)]
        }
        guard Mosaic.cells.minimum...Mosaic.cells.maximum ~= listed.count else {
            throw ValidationError("\(listed.count) pictures, expected 1 to \(Mosaic.cells.maximum).")
        }
        let needsStore = label != nil || listed.contains(where: \.isImage)
        let collection = needsStore ? try await store.open(jobs: 1) : nil
        let labels = try await labels(of: listed, in: collection)
        let palette = LabelPalette(labels.compactMap(\.self))
        let mosaic = Mosaic(
            count: listed.count, columns: columns, cellSide: side, border: label == nil ? 0 : Mosaic.border.standard)

        // A row of the grid at a time, so that few pictures are in memory at once.
        let line = ProgressLine()
        defer { line.clear() }
        let loader = PictureLoader(collection: collection, side: side)
        let file = try mosaic.begin(sheet.path)
        var absent: [String] = []
        for start in stride(from: 0, to: listed.count, by: mosaic.columns) {
            var cells: [Mosaic.Cell] = []
            for index in start..<min(start + mosaic.columns, listed.count) {
                let picture = await loader.pixels(of: listed[index])
                if picture == nil { absent.append(listed[index].name) }
                cells.append(Mosaic.Cell(picture: picture, color: labels[index].map(palette.color)))
            }
            try mosaic.append(cells, to: file)
            line.show("drawing", done: start + cells.count, total: listed.count)
        }
        try file.finish()
        line.clear()

        for name in absent {
            Console.error("skipped \(Console.oneLine(name)): there is no such picture any more, or it cannot be read")
        }
        if store.json {
            try Console.json(Output(pictures: listed.count, absent: absent, colors: palette.hexadecimal))
        } else {
            for (label, color) in palette.hexadecimal.sorted(by: { $0.key < $1.key }) {
                Console.print(color, Console.oneLine(Console.printable(label)), separator: "\t")
            }
        }
        if !absent.isEmpty { throw ExitStatus.skippedFiles }
    }

    /// One for each picture; nil where it has none.
    private func labels(of listed: [PictureArgument], in collection: Store?) async throws -> [String?] {
        guard let label, let collection else { return listed.map { _ in nil } }
        var labels: [String?] = []
        for picture in listed {
            guard case .image(let id) = picture else {
                labels.append(nil)
                continue
            }
            do {
                labels.append(try await collection.record(id).allAttributes[label].map(AttributeText.text))
            } catch EngineError.unknownImage {
                // Its cell stays grey, and it is named with the others that are gone.
                labels.append(nil)
            }
        }
        return labels
    }
}
