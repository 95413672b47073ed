package import Embeddings
package import SosiaCore

/// Loads the networks of collections: the one place from which command line, server and library get their embedders.
package struct NetworkLoader: Sendable {
    /// - Throws: what ``Embeddings`` says of the card or the network.
    package let load: @Sendable (_ model: String, PrecisionChoice, ModelDirectory, _ jobs: Int) throws -> any Embedder

    package init(
        load: @escaping @Sendable (_ model: String, PrecisionChoice, ModelDirectory, _ jobs: Int) throws -> any Embedder
    ) {
        self.load = load
    }

    /// Networks that are installed.
    package static let standard = NetworkLoader { model, precision, models, jobs in
        try NetworkEmbedder(installed: models.model(named: model), precision: precision, requests: jobs)
    }

    /// The one that is used; tests put another one in its place for a task.
    @TaskLocal package static var current = NetworkLoader.standard
}
