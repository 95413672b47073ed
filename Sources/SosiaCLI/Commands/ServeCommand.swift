import ArgumentParser
import Foundation
import Sosia
import SosiaServer

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve collections: a page for people, an interface for programs.",
        discussion: """
            Prints its address when it is ready, and logs each request as a line of JSON on standard error. It is \
            reachable from this machine only, unless keys say who else may use it (`sosia key`).
            """)

    @Option(help: ArgumentHelp("Serve one collection; it is created if it does not exist.", valueName: "store"))
    var store: String?

    @Option(
        help: ArgumentHelp("Serve all collections in a folder (NAME.sosia); more can be created.", valueName: "folder"))
    var root: String?

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port = 8080

    @Option(help: ArgumentHelp("Admit only clients that have one of these keys.", valueName: "file"))
    var apiKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "Serve over TLS with this certificate and its chain (PEM); SIGHUP reads them again.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "Fetch pictures from public addresses that clients name.")
    var allowUrls = false

    @Option(
        help: ArgumentHelp(
            "Fetch from these hosts and networks, too, public or not: NAME, NAME:PORT, ADDRESS, ADDRESS/LENGTH, with "
                + "commas between them.", valueName: "hosts"),
        transform: AllowedHosts.init)
    var allowUrlHosts = AllowedHosts.none

    @Option(help: ArgumentHelp("Let clients name files below this folder; repeatable.", valueName: "folder"))
    var allowRoot: [String] = []

    @Option(help: ArgumentHelp("Let pages of this site use the server; repeatable.", valueName: "origin"))
    var allowOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "What absolute addresses in answers begin with, when clients reach the server by another name.",
            valueName: "url"), transform: PublicURL.init)
    var publicUrl: PublicURL?

    @Option(
        help: ArgumentHelp(
            "With --root, the collection of clients that name none; else the one called default, or the only one.",
            valueName: "name"))
    var collection: String?

    @Option(help: "Largest picture file, in bytes.")
    var maxFile = ServerLimits.fileBytes.standard

    @Option(help: "Largest request with pictures, in bytes.")
    var maxUpload = ServerLimits.uploadBytes.standard

    @Option(help: "Most files in one request.")
    var maxFiles = ServerLimits.files.standard

    @Option(help: "Most pixels in one picture.")
    var maxPixels = ServerLimits.pixels.standard

    @Option(help: "Most addresses of pictures among the examples of one request.")
    var maxUrls = ServerLimits.addresses.standard

    @Option(help: "Most addresses of pictures that a key may name in a minute.")
    var urlRate = ServerLimits.addressRate.standard

    @Option(help: "Most searches and uploads that wait; others are turned away.")
    var queue = ServerOptions.waiting.standard

    @Flag(help: "Search only; another process may write.")
    var readOnly = false

    @OptionGroup var machine: MachineOptions

    func validate() throws {
        guard store == nil || root == nil else { throw ValidationError("--store and --root exclude each other.") }
        guard collection == nil || root != nil else { throw ValidationError("--collection goes with --root.") }
        guard (tlsCert == nil) == (tlsKey == nil) else { throw ValidationError("--tls-cert goes with --tls-key.") }
        try (0...65_535).check(port, "--port")
        let limits = ServerLimits.self
        try (limits.fileBytes.minimum...limits.fileBytes.maximum).check(maxFile, "--max-file")
        try (limits.uploadBytes.minimum...limits.uploadBytes.maximum).check(maxUpload, "--max-upload")
        try (limits.files.minimum...limits.files.maximum).check(maxFiles, "--max-files")
        try (limits.pixels.minimum...limits.pixels.maximum).check(maxPixels, "--max-pixels")
        try (limits.addresses.minimum...limits.addresses.maximum).check(maxUrls, "--max-urls")
        try (limits.addressRate.minimum...limits.addressRate.maximum).check(urlRate, "--url-rate")
        try (ServerOptions.waiting.minimum...ServerOptions.waiting.maximum).check(queue, "--queue")
    }

    func run() async throws {
        try await serve(options) { address in
            Console.print("serving", address, separator: "\t")
            fflush(nil)
        }
    }

    private var options: ServerOptions {
        var options = ServerOptions(root.map(CollectionSource.directory) ?? .store(store ?? StoreAddress.standard()))
        options.machine = machine.name
        options.host = host
        options.port = port
        options.keyFile = apiKeyFile
        if let tlsCert, let tlsKey { options.tls = TLSFiles(certificate: tlsCert, key: tlsKey) }
        options.fetchesURLs = allowUrls
        options.allowedHosts = allowUrlHosts
        options.allowedFolders = allowRoot
        options.allowedOrigins = allowOrigin
        options.publicURL = publicUrl
        options.standardCollection = collection
        options.limits.fileBytes = maxFile
        options.limits.uploadBytes = maxUpload
        options.limits.files = maxFiles
        options.limits.pixels = maxPixels
        options.limits.addresses = maxUrls
        options.limits.addressRate = urlRate
        options.waiting = queue
        options.isWritable = !readOnly
        return options
    }
}
