// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A socket that waits for connections.
struct ListeningSocket {
  let descriptor: Int32
  let port: Int

  /// Binds to the first address that a name stands for.
  init(address: String, port: Int) throws(HTTPError) {
    guard (0...65535).contains(port) else {
      throw HTTPError(.addressInvalid, "the port is \(port): give one from 1 to 65535, or 0 for any that is free")
    }
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(address, String(port), &hints, &found)
    guard code == 0, let info = found?.pointee else {
      throw HTTPError(
        .addressInvalid,
        "cannot listen at \(address): \(String(cString: gai_strerror(code))). Give an address of this machine, e.g. "
          + "127.0.0.1, or 0.0.0.0 for all of them")
    }
    defer { freeaddrinfo(found) }
    let descriptor = socket(info.ai_family, Int32(SOCK_STREAM.rawValue) | Self.flags, 0)
    guard descriptor >= 0 else { throw Self.failure(address, port) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, listen(descriptor, 511) == 0 else {
      let error = Self.failure(address, port)
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    self.port = Self.port(of: descriptor) ?? port
  }

  private static let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

  private static func port(of descriptor: Int32) -> Int? {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let code = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    // Both families keep the port in the same place.
    return code == 0 ? Int(UInt16(bigEndian: storage.sin6_port)) : nil
  }

  private static func failure(_ address: String, _ port: Int) -> HTTPError {
    let code = errno
    let reason = String(cString: strerror(code))
    switch code {
    case EADDRINUSE:
      return HTTPError(
        .addressInUse,
        "cannot listen at \(address):\(port): \(reason). Another server runs there: stop it or take another port")
    case EACCES:
      return HTTPError(
        .addressInvalid, "cannot listen at \(address):\(port): \(reason). Ports below 1024 need the right to them")
    default:
      return HTTPError(.addressInvalid, "cannot listen at \(address):\(port): \(reason)")
    }
  }
}
