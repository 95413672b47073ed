public import ArgumentParser
public import Sosia

extension ImageID: ExpressibleByArgument {
    /// `12` or `id:12`.
    public init?(argument: String) {
        let digits = argument.hasPrefix("id:") ? argument.dropFirst(3) : argument[...]
        guard let number = Int64(digits), number > 0 else { return nil }
        self.init(rawValue: number)
    }
}

extension PrecisionChoice: ExpressibleByArgument {}
