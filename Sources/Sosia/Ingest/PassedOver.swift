import FileSystem
import Images

extension IngestReport {
    /// What walks through folders passed over without a word for each file.
    public struct PassedOver: Sendable, Hashable {
        /// Files of kinds that are not read, by the endings of their names in lower case; without an ending: "".
        public internal(set) var kinds: [String: Int] = [:]
        /// Files and folders whose names begin with a dot.
        public internal(set) var hidden = 0
        /// What systems and programs keep for themselves, such as thumbnails and deleted files, by name.
        public internal(set) var system: [String: Int] = [:]
        /// Files and folders that ``IngestOptions/exclusions`` or those of earlier runs exclude.
        public internal(set) var excluded = 0

        /// Whether nothing was.
        public var isEmpty: Bool { self == PassedOver() }

        /// Pictures of formats that are not read.
        var pictures: Int { kinds.reduce(0) { UnreadKind(ending: $1.key) == .picture ? $0 + $1.value : $0 } }

        mutating func count(_ ground: WalkRules.Ground, name: String) {
            switch ground {
            case .hidden: hidden += 1
            case .system: system[name, default: 0] += 1
            case .excluded: excluded += 1
            case .collection: break
            }
        }

        mutating func count(kindOf path: String) {
            kinds[PictureFormat.ending(of: AbsolutePath.name(path)), default: 0] += 1
        }

        mutating func merge(_ other: PassedOver) {
            kinds.merge(other.kinds, uniquingKeysWith: +)
            hidden += other.hidden
            system.merge(other.system, uniquingKeysWith: +)
            excluded += other.excluded
        }
    }
}
