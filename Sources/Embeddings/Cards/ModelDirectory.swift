internal import FileSystem
public import Foundation

/// A model that is ready to be opened: its card and where its weights lie.
package struct InstalledModel: Sendable, Hashable {
    package let card: ModelCard
    package let weights: URL
}

/// The folders in which cards (`NAME.json`) and the weights beside them are looked up.
public struct ModelDirectory: Sendable, Hashable {
    /// What ``list()`` found.
    package struct Listing: Sendable {
        /// Sorted by name; where two folders hold the same name, the model of the earlier folder.
        package let models: [InstalledModel]
        /// Cards that cannot be used, with the reason.
        package let problems: [Problem]
    }

    /// A card that is no use, and why.
    package struct Problem: Sendable, Hashable {
        package let file: URL
        package let error: ModelCardError
    }

    /// In the order of preference.
    public let searchPath: [URL]
    /// Where ``add(card:weights:runtime:)`` stores a model; the first folder of the search path.
    package var additions: URL? { searchPath.first }

    public init(searchPath: [URL]) {
        self.searchPath = searchPath
    }

    /// The usual folders: `$SOSIA_MODELS` if set, `sosia/models` in the user's data directory (XDG Base Directory
    /// Specification 0.8), `.deps/models` in the folders above the executable and above the working directory.
    public static func standard(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: URL? = Bundle.main.executableURL
    ) -> ModelDirectory {
        let named = environment["SOSIA_MODELS"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
        let user = URL(fileURLWithPath: UserFolders(environment).data + "/sosia/models")
        return ModelDirectory(
            searchPath: [named, user].compactMap { $0 }
                + DependencyFolder.candidates("models", executable: executable))
    }

    /// Where compiled networks are kept: `sosia/networks` in the user's cache folder.
    package static func standardNetworkCache(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        URL(fileURLWithPath: UserFolders(environment).cache + "/sosia/networks")
    }

    /// All models, and the cards that are no use.
    package func list() -> Listing {
        var models: [String: InstalledModel] = [:]
        var problems: [Problem] = []
        for folder in searchPath {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix(".") {
                let file = folder.appendingPathComponent(name)
                do {
                    let model = try model(at: file)
                    if models[model.card.name] == nil { models[model.card.name] = model }
                } catch {
                    problems.append(Problem(file: file, error: error))
                }
            }
        }
        return Listing(models: models.values.sorted { $0.card.name < $1.card.name }, problems: problems)
    }

    /// - Throws: ``EmbeddingError/modelUnknown(name:known:)``; ``EmbeddingError/card(_:)`` when the card that should
    ///   describe it is no use.
    package func model(named name: String) throws(EmbeddingError) -> InstalledModel {
        if ModelCard.isFileName(name) {
            for folder in searchPath {
                let file = folder.appendingPathComponent(name + ".json")
                do {
                    let model = try model(at: file)
                    if model.card.name == name { return model }
                } catch .fileMissing {
                    continue
                } catch {
                    throw .card(error)
                }
            }
        }
        let listing = list()
        if let model = listing.models.first(where: { $0.card.name == name }) { return model }
        throw .modelUnknown(name: name, known: listing.models.map(\.card.name), searched: searchPath.map(\.path))
    }

    private func model(at file: URL) throws(ModelCardError) -> InstalledModel {
        let card = try ModelCard(contentsOf: file)
        return InstalledModel(
            card: card, weights: file.deletingLastPathComponent().appendingPathComponent(card.weights.file))
    }
}
