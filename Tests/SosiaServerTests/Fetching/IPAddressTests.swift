import NIOCore
import Testing

@testable import SosiaServer

struct IPAddressTests {
    @Test(arguments: [
        "0.0.0.0", "1.2.3.4", "255.255.255.255", "::", "::1", "1::", "1:2:3:4:5:6:7:8", "2001:db8::8:800:200c:417a",
        "::ffff:1.2.3.4", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
        "FE80::ABCD",
    ])
    func readsWhatTheSystemReads(_ text: String) throws {
        let address = try #require(IPAddress(text))
        let system = try SocketAddress(ipAddress: text, port: 1)
        // Written and read again by the system, it is the same address.
        #expect(try SocketAddress(ipAddress: address.description, port: 1) == system)
        #expect(address.isV4 == (system.protocol == .inet))
        #expect(system.ipAddress.flatMap { IPAddress($0) } == address)
    }

    @Test(arguments: [
        "", ".", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "0x1.2.3.4", "1.2.3.-4", "1.2.3.+4",
        " 1.2.3.4", "1.2.3.4 ", "1..2.3", "１.2.3.4", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
        "12345::", "g::", "::1%eth0", "[::1]", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4::", ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:", "1:2:3:4::5:6:7:8", "::+1",
    ])
    func refusesWhatIsNotOne(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    /// A table of its own, written from the registries: the first and last address of each block, and its neighbours.
    @Test(arguments: [
        ("0.0.0.0", "0.255.255.255", AddressKind.thisNetwork), ("10.0.0.0", "10.255.255.255", .privateNetwork),
        ("100.64.0.0", "100.127.255.255", .sharedSpace), ("127.0.0.0", "127.255.255.255", .loopback),
        ("169.254.0.0", "169.254.255.255", .linkLocal), ("172.16.0.0", "172.31.255.255", .privateNetwork),
        ("192.0.0.0", "192.0.0.255", .protocolAssignment), ("192.0.2.0", "192.0.2.255", .documentation),
        ("192.88.99.0", "192.88.99.255", .embedsIPv4), ("192.168.0.0", "192.168.255.255", .privateNetwork),
        ("198.18.0.0", "198.19.255.255", .benchmarking), ("198.51.100.0", "198.51.100.255", .documentation),
        ("203.0.113.0", "203.0.113.255", .documentation), ("224.0.0.0", "239.255.255.255", .multicast),
        ("240.0.0.0", "255.255.255.254", .reserved), ("255.255.255.255", "255.255.255.255", .broadcast),
        ("::", "::", .unspecified), ("::1", "::1", .loopback), ("::2", "::255.255.255.255", .embedsIPv4),
        ("::ffff:0.0.0.0", "::ffff:255.255.255.255", .embedsIPv4), ("::ffff:0:0:0", "::ffff:0:ffff:ffff", .embedsIPv4),
        ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", .embedsIPv4),
        ("100::", "100::ffff:ffff:ffff:ffff", .discarded), ("2001::", "2001:0:ffff:ffff::", .embedsIPv4),
        ("2001:1::", "2001:1ff:ffff::", .protocolAssignment), ("2001:db8::", "2001:db8:ffff::", .documentation),
        ("2002::", "2002:ffff:ffff::", .embedsIPv4), ("3fff::", "3fff:fff:ffff::", .documentation),
        ("5f00::", "5f00:ffff::", .segmentRouting), ("fc00::", "fdff:ffff::", .privateNetwork),
        ("fe80::", "febf:ffff::", .linkLocal), ("fec0::", "feff:ffff::", .privateNetwork),
        ("ff00::", "ffff:ffff::", .multicast), ("4000::", "5eff:ffff::", .reserved),
        ("1000::", "1fff:ffff::", .reserved),
    ])
    func blocksHaveTheirEdges(_ first: String, _ last: String, _ kind: AddressKind) {
        #expect(IPAddress(first)?.specialKind == kind)
        #expect(IPAddress(last)?.specialKind == kind)
    }

    @Test(arguments: [
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "93.184.216.34",
        "2000::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::", "2606:2800:220:1::1", "3ffe:ffff::",
        "3fff:1000::", "64:ff9b::8.8.8.8",
    ])
    func publicAddressesAreFine(_ text: String) throws {
        #expect(try #require(IPAddress(text)).specialKind == nil)
    }

    @Test(arguments: [
        ("64:ff9b::127.0.0.1", AddressKind.loopback), ("64:ff9b::a00:1", .privateNetwork),
        ("64:ff9b::169.254.169.254", .cloudMetadata), ("168.63.129.16", .cloudMetadata),
        ("100.100.100.200", .cloudMetadata), ("192.0.0.192", .cloudMetadata), ("fd00:ec2::254", .cloudMetadata),
    ])
    func translatedAndMetadataAddressesAreNamed(_ text: String, _ kind: AddressKind) {
        #expect(IPAddress(text)?.specialKind == kind)
    }
}
