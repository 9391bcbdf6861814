// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

@Suite("Address policy")
struct AddressPolicyTests {
  @Test(
    "addresses that are not of the public internet are refused",
    arguments: [
      "127.0.0.1", "127.255.0.3", "0.0.0.0", "10.1.2.3", "100.64.0.1", "169.254.169.254", "172.16.0.1",
      "172.31.255.255", "192.168.1.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::",
      "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
      "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:1::1", "2001:db8::1",
      "64:ff9b:1::1", "100::1",
    ])
  func refused(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(!AddressPolicy.publicInternet.permits(address))
    #expect(AddressPolicy.any.permits(address))
  }

  @Test(
    "addresses of the public internet are permitted",
    arguments: [
      "8.8.8.8", "172.32.0.1", "172.15.255.255", "100.128.0.1", "192.167.1.1", "2a00:1450::1", "2001:4860::8888",
      "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8",
    ])
  func permitted(text: String) throws {
    #expect(AddressPolicy.publicInternet.permits(try #require(IPAddress(text))))
  }

  @Test("a network that is allowed is permitted, its neighbours are not")
  func allowing() throws {
    let policy = AddressPolicy(allowing: [
      try #require(IPNetwork("10.20.0.0/14")), try #require(IPNetwork("fd12:3456::/32")),
      try #require(IPNetwork("127.0.0.1")),
    ])
    let expected = [
      "10.20.0.1": true, "10.23.255.255": true, "10.24.0.0": false, "10.19.255.255": false, "fd12:3456::9": true,
      "fd12:3457::9": false, "127.0.0.1": true, "127.0.0.2": false, "::ffff:10.21.0.1": true, "8.8.8.8": true,
    ]
    for (text, isPermitted) in expected { #expect(policy.permits(try #require(IPAddress(text))) == isPermitted) }
  }

  @Test("what is no address or network is none")
  func malformed() {
    for text in ["", "localhost", "1.2.3", "1.2.3.4.5", "0x7f000001", "2130706433", "1.2.3.256", ":::"] {
      #expect(IPAddress(text) == nil)
    }
    for text in ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0.0/", "::/129"] {
      #expect(IPNetwork(text) == nil)
    }
    #expect(IPAddress("::ffff:1.2.3.4")?.description == "1.2.3.4")
    #expect(IPAddress("2001:db8::1")?.description == "2001:db8:0:0:0:0:0:1")
  }
}
