internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

extension PictureFetcher {
    enum Answer {
        case picture([UInt8])
        case redirect(location: String)
    }

    /// Makes one request with a client of its own, so that no connection outlives the check of its address.
    func request(
        _ url: PictureURL, at address: IPAddress, _ count: (Int) throws -> Void
    ) async throws -> Answer {
        do {
            return try await HTTPClient.withHTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                configuration: configuration(for: url, at: address)
            ) { client in
                var request = HTTPClientRequest(url: url.description)
                request.headers = ["Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "sosia"]
                // The caller enforces the total timeout.
                let response = try await client.execute(request, deadline: .distantFuture)
                return try await answer(of: response, count)
            }
        } catch {
            throw meaning(of: error)
        }
    }

    private func meaning(of error: any Error) -> any Error {
        switch error {
        case is FetchError, is CancellationError, is Problem: error
        case _ where Task.isCancelled: CancellationError()
        case let error as HTTPClientError where error == .connectTimeout:
            FetchError.timedOut(after: options.connectTimeout)
        case is NIOConnectionError, is IOError: FetchError.connectionFailed(reason: "the host cannot be reached")
        case is NIOSSLError, is BoringSSLError:
            FetchError.connectionFailed(reason: "the host has no certificate that fits its name")
        default: FetchError.connectionFailed(reason: "\(error)")
        }
    }

    private func configuration(for url: PictureURL, at address: IPAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(Int64(options.connectTimeout / .nanoseconds(1)))))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if let trustRoots {
            configuration.tlsConfiguration = .makeClientConfiguration()
            configuration.tlsConfiguration?.trustRoots = trustRoots
        }
        // The name is used for the Host header and the certificate, the address for the connection.
        if case .name(let name) = url.host { configuration.dnsOverride = [name: address.description] }
        let checked = address
        configuration.http1_1ConnectionDebugInitializer = { channel in
            // Verify the connection itself, however the client read the URL.
            guard channel.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }) == checked else {
                return channel.eventLoop.makeFailedFuture(
                    FetchError.connectionFailed(reason: "the connection leads elsewhere"))
            }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        return configuration
    }

    private func answer(
        of response: HTTPClientResponse, _ count: (Int) throws -> Void
    ) async throws -> Answer {
        let status = Int(response.status.code)
        switch status {
        case 200: break
        case 301, 302, 303, 307, 308:
            guard let location = response.headers.first(name: "Location") else {
                throw FetchError.noLocation(status: status)
            }
            return .redirect(location: location)
        default: throw FetchError.status(status)
        }
        let length = max(0, response.headers.first(name: "Content-Length").flatMap(Int.init) ?? 0)
        guard length <= options.bytes else { throw FetchError.tooLarge(maximum: options.bytes) }
        // All that is announced is counted at once: of several that do not fit together, the first are whole, where
        // piece by piece none would be.
        var counted = length
        if length > 0 { try count(length) }
        var bytes: [UInt8] = []
        // An array that grows is copied again and again. What is only reserved takes no memory yet.
        bytes.reserveCapacity(length)
        for try await part in response.body {
            let size = bytes.count + part.readableBytes
            guard size <= options.bytes else { throw FetchError.tooLarge(maximum: options.bytes) }
            if size > counted {
                try count(size - counted)
                counted = size
            }
            bytes += part.readableBytesView
        }
        return .picture(bytes)
    }
}
