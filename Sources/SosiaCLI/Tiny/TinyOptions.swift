import ArgumentParser
import TinyImages

/// Which file of tiny images.
struct TinyFileOptions: ParsableArguments {
    @Option(name: .customLong("db"), help: ArgumentHelp("The file of tiny images.", valueName: "file.bin"))
    var path: String

    /// Says on standard error when the last record is not whole.
    func open() throws -> TinyImageFile {
        let file = try TinyImageFile(path)
        if file.truncatedBytes > 0 {
            Console.error(
                "\(Console.oneLine(path)): the last \(file.truncatedBytes) bytes are no whole tiny image and are left out"
            )
        }
        return file
    }
}

/// How many threads.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Threads that work at once; as many as cores when not given.")
    var threads: Int = TinySearchOptions.threads.standard

    func validate() throws {
        let range = TinySearchOptions.threads.minimum...TinySearchOptions.threads.maximum
        guard range.contains(threads) else {
            throw ValidationError("--threads is \(threads), expected \(range.lowerBound) to \(range.upperBound).")
        }
    }
}
