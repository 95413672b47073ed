import ArgumentParser
import Foundation
import Sosia
import SosiaServer

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve collections: a page for people, an interface for programs.",
        discussion: """
            Prints its address when it is ready, and one line of JSON a request on standard error. It listens to this \
            machine only, unless keys say who else may come in (`sosia key`).
            """)

    @Option(help: ArgumentHelp("One collection; it is made when it is not there.", valueName: "folder"))
    var store: String?

    @Option(help: ArgumentHelp("All collections in a folder (NAME.sosia); more can be made.", valueName: "folder"))
    var root: String?

    @Option(help: "The address to listen to.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen to; 0 takes any that is free.")
    var port = 8080

    @Option(help: ArgumentHelp("Let only those in who have one of these keys.", valueName: "file"))
    var apiKeyFile: String?

    @Option(help: ArgumentHelp("A certificate with its chain (PEM), to serve over TLS.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's key (PEM).", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "Fetch pictures from public addresses that clients name.")
    var allowUrls = false

    @Option(help: ArgumentHelp("Clients may name files below this folder; repeatable.", valueName: "folder"))
    var allowRoot: [String] = []

    @Option(help: ArgumentHelp("Pages of this site may use the server; repeatable.", valueName: "origin"))
    var allowOrigin: [String] = []

    @Option(help: "Bytes of one picture file.")
    var maxFile = ServerLimits.fileBytes.standard

    @Option(help: "Bytes of one request with pictures.")
    var maxUpload = ServerLimits.uploadBytes.standard

    @Option(help: "Files of one request.")
    var maxFiles = ServerLimits.files.standard

    @Option(help: "Pixels of one picture.")
    var maxPixels = ServerLimits.pixels.standard

    @Option(help: "Searches and uploads that wait before others are turned away.")
    var queue = ServerOptions.waiting.standard

    @Flag(help: "Search only; another process may write.")
    var readOnly = false

    func validate() throws {
        guard store == nil || root == nil else { throw ValidationError("--store and --root exclude each other.") }
        guard (tlsCert == nil) == (tlsKey == nil) else { throw ValidationError("--tls-cert goes with --tls-key.") }
        try (0...65_535).check(port, "--port")
        let limits = ServerLimits.self
        try (limits.fileBytes.minimum...limits.fileBytes.maximum).check(maxFile, "--max-file")
        try (limits.uploadBytes.minimum...limits.uploadBytes.maximum).check(maxUpload, "--max-upload")
        try (limits.files.minimum...limits.files.maximum).check(maxFiles, "--max-files")
        try (limits.pixels.minimum...limits.pixels.maximum).check(maxPixels, "--max-pixels")
        try (ServerOptions.waiting.minimum...ServerOptions.waiting.maximum).check(queue, "--queue")
    }

    func run() async throws {
        try await serve(options) { address in
            print("serving", address, separator: "\t")
            fflush(nil)
        }
    }

    private var options: ServerOptions {
        var options = ServerOptions(root.map(CollectionSource.folder) ?? .store(store ?? StoreLocation.standard()))
        options.host = host
        options.port = port
        options.keyFile = apiKeyFile
        if let tlsCert, let tlsKey { options.tls = TLSFiles(certificate: tlsCert, key: tlsKey) }
        options.fetchesURLs = allowUrls
        options.allowedFolders = allowRoot
        options.allowedOrigins = allowOrigin
        options.limits.fileBytes = maxFile
        options.limits.uploadBytes = maxUpload
        options.limits.files = maxFiles
        options.limits.pixels = maxPixels
        options.waiting = queue
        options.isWritable = !readOnly
        return options
    }
}
