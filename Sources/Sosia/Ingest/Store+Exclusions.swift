import FileSystem
import SosiaCore
import Workers

extension Store {
    private static let exclusionsSetting = "exclude"

    /// The patterns of files and folders that are passed over when folders are added, as ``IngestOptions/exclusions`` of
    /// earlier runs left them: the last one that matches decides.
    /// - Throws: ``StoreError``
    public func exclusions() async throws -> [String] { Self.exclusions(in: try await engine.settings) }

    private static func exclusions(in settings: Attributes) -> [String] {
        guard case .array(let values)? = settings[exclusionsSetting] else { return [] }
        return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    /// What a walk passes over, with the patterns of this run, which are remembered.
    /// - Parameter roots: absolute paths.
    func walkRules(below roots: [String], _ options: IngestOptions) async throws -> WalkRules {
        var settings = try await engine.settings
        let known = Self.exclusions(in: settings)
        var patterns = known
        if !options.exclusions.isEmpty {
            let folders = try await walking.run { roots.filter { (try? FileStatus(path: $0))?.kind == .folder } }
            for pattern in options.exclusions.compactMap(PathPattern.init) {
                for text in pattern.isAnchored ? folders.map(pattern.written) : [pattern.text] {
                    // The last one decides, so one that is given again moves to the end.
                    patterns.removeAll { AbsolutePath.areSame($0, text) }
                    patterns.append(text)
                }
            }
            if !patterns.elementsEqual(known, by: AbsolutePath.areSame) {
                settings[Self.exclusionsSetting] = .array(patterns.map(JSONValue.string))
                try await engine.remember(settings)
            }
        }
        var rules = WalkRules()
        rules.includesHidden = options.includesHidden
        rules.patterns = patterns.compactMap(PathPattern.init)
        rules.collection = address?.folder
        return rules
    }
}

extension StoreAddress {
    /// Of this machine; nil for a service.
    fileprivate var folder: String? {
        if case .folder(let path) = target { path } else { nil }
    }
}
