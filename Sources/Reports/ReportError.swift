/// Why a report was not written.
public enum ReportError: Error, Hashable, Sendable {
    case libraryMissing(library: String, package: String)
    case unwritable(path: String, reason: String)
}

extension ReportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .libraryMissing(let library, let package):
            "\(library) is missing or too old: apt-get install \(package)"
        case .unwritable(let path, let reason): "the report \(path) cannot be written: \(reason)"
        }
    }
}
