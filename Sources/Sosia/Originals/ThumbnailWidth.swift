/// The widths that thumbnails have, so that the cache of them stays small whatever is asked for.
public enum ThumbnailWidth {
    public static let all = [64, 128, 256, 512, 1_024]
    public static let minimum = 1
    public static let standard = 256
    public static let maximum = 1_024

    /// The smallest that is at least so wide.
    /// - Throws: ``StoreError/invalidWidth(got:minimum:maximum:)``
    static func at(least width: Int) throws(StoreError) -> Int {
        guard width >= minimum, let next = all.first(where: { $0 >= width }) else {
            throw .invalidWidth(got: width, minimum: minimum, maximum: maximum)
        }
        return next
    }
}
