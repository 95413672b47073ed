public import ArgumentParser
public import Sosia

struct StoreOptions: ParsableArguments {
    @Option(name: .customLong("store"), help: ArgumentHelp("The collection's folder.", valueName: "store"))
    var text: String?

    @OptionGroup var machine: MachineOptions

    @Flag(help: "Print the result as JSON.")
    var json = false

    /// May hold a password, so it is not for printing.
    var address: String { text ?? StoreAddress.standard() }

    func validate() throws {
        if text == "" { throw ValidationError("--store names no folder.") }
    }

    func open(
        writable: Bool = false, jobs: Int = IngestOptions.defaultJobs, memory: MemoryBudget? = nil
    ) async throws -> Store {
        try await Store(opening: address, writable: writable, jobs: jobs, memory: memory, machine: machine.name)
    }
}

struct MachineOptions: ParsableArguments {
    @Option(
        name: .customLong("machine"),
        help: ArgumentHelp(
            "The name of this machine; give machines that share a disk the same.",
            valueName: "name"))
    var name = MachineName.host
}

extension MachineName: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    /// Help texts are the same on every machine.
    public var defaultValueDescription: String { "$SOSIA_MACHINE, or the host's name" }
}

struct MemoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Limit resident memory, for example to 512M or 1G.", valueName: "size"))
    var memory: MemoryBudget?
}

extension MemoryBudget: ExpressibleByArgument {
    /// A number of bytes, or of K, M, G or T (powers of 1,024).
    public init?(argument: String) {
        let units = Array("KMGT")
        let last = argument.last.flatMap { units.firstIndex(of: Character($0.uppercased())) }
        guard let number = Int(last == nil ? argument[...] : argument.dropLast()), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (10 * (last.map { $0 + 1 } ?? 0)))
        guard !overflow else { return nil }
        self.init(bytes: bytes)
    }
}
