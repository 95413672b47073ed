/// Which addresses may be connected to.
public struct AddressPolicy: Sendable {
    /// Addresses of the public internet, nothing else.
    public static let publicOnly = AddressPolicy(exception: nil)

    /// One address and port that is allowed as well. Not public: only tests have a server of their own to reach.
    private let exception: Endpoint?

    struct Endpoint: Hashable, Sendable {
        let address: IPAddress
        let port: Int
    }

    init(exception: Endpoint?) {
        self.exception = exception
    }

    /// What forbids a connection; nil when nothing does.
    func objection(to endpoint: Endpoint) -> AddressKind? {
        endpoint == exception ? nil : endpoint.address.specialKind
    }
}
