import Sosia
import SosiaCore

/// Fetches the pictures that a request names by their addresses: a few of them, at a rate, in turn, and counted.
struct FetchHandler: Sendable {
    /// Requests whose pictures are fetched at once. Hosts are slow: searches and uploads do not lend them their turns.
    static let running = 8

    let fetcher: PictureFetcher
    let admission: AdmissionQueue
    let rate: FetchRate
    /// Addresses of one request.
    let maximum: Int

    /// - Returns: a picture for each address.
    /// - Throws: ``FetchError``; ``Problem`` if there are too many, now or at all, or no room for them; ``Overload``.
    func fetch(_ addresses: [String], _ context: ServerContext) async throws -> [FetchedPicture] {
        guard fetcher.options.fetchesAnything else { throw FetchError.disabled }
        guard addresses.count <= maximum else {
            throw Problem(
                .invalidBody, "\(addresses.count) addresses, at most \(maximum) are taken",
                facts: [("got", .integer(Int64(addresses.count))), ("maximum", .integer(Int64(maximum)))])
        }
        try rate.take(addresses.count, of: context.caller)
        return try await admission.run {
            var pictures: [FetchedPicture] = []
            for address in addresses {
                pictures.append(try await fetcher.fetch(address) { bytes in try context.held.take(bytes) })
            }
            return pictures
        }
    }
}
