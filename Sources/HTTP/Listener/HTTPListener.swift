// SPDX-License-Identifier: Apache-2.0
import CMicroHTTPD
import Foundation
import Synchronization

/// Serves HTTP/1.1 until it is stopped.
///
/// A few threads move the bytes of all connections. A request that waits for its answer holds none of them; the answer
/// is worked out on further threads, which may block.
public final class HTTPListener: Sendable {
  private struct Daemon: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  /// The port that it listens on, also when 0 was asked for.
  public let port: Int
  private let core: ListenerCore
  private let daemon: Mutex<Daemon?>
  private let ended = DispatchSemaphore(value: 0)

  /// Starts to listen.
  ///
  /// - Throws: `HTTPError.addressInUse`, `.addressInvalid`, `.certificateInvalid`, `.notStarted`.
  public init(_ configuration: HTTPConfiguration, handler: any HTTPHandler) throws(HTTPError) {
    let certificate = try Self.text(configuration.certificateFile)
    let key = try Self.text(configuration.keyFile)
    guard (certificate == nil) == (key == nil) else {
      throw HTTPError(.certificateInvalid, "TLS needs both a certificate and its private key, not one of them alone")
    }
    Self.allowOpenFiles(configuration.connectionLimit + 256)
    let socket = try ListeningSocket(address: configuration.address, port: configuration.port)
    port = socket.port
    core = ListenerCore(configuration: configuration, handler: handler, isSecure: certificate != nil)
    guard let pointer = core.start(socket, certificate: certificate, key: key) else {
      close(socket.descriptor)
      guard certificate == nil else {
        throw HTTPError(
          .certificateInvalid,
          "cannot serve with the certificate \(configuration.certificateFile ?? "") and the key "
            + "\(configuration.keyFile ?? ""): both must be PEM and belong together")
      }
      throw HTTPError(
        .notStarted, "the HTTP library did not start; the limit of open files or threads may be too low")
    }
    daemon = Mutex(Daemon(pointer: pointer))
    startWatch()
  }

  deinit { stop(within: 0) }

  /// Connections that are open now.
  public var connectionCount: Int { core.connectionCount }

  /// Takes no more connections, finishes the answers at hand, ends streams, and returns when all is closed.
  ///
  /// - Parameter seconds: how long answers may take; what then is not ready gets status 503.
  public func stop(within seconds: Double = 10) {
    guard
      let daemon = daemon.withLock({ daemon in
        defer { daemon = nil }; return daemon
      })
    else { return }
    // New connections are cut from now on. The library's own way to stop listening (`MHD_quiesce_daemon`) races with its
    // threads in version 0.9.75 and ends the process.
    core.beginStopping()
    for exchange in core.allExchanges { exchange.endStream() }
    if core.running.wait(timeout: .now() + seconds) == .timedOut {
      for exchange in core.allExchanges { exchange.giveUp() }
      _ = core.running.wait(timeout: .now() + 1)
    }
    ended.signal()
    // Whoever began to wait meanwhile would stop the library in its tracks.
    for exchange in core.allExchanges { exchange.giveUp() }
    MHD_stop_daemon(daemon.pointer)
  }

  private func startWatch() {
    let thread = Thread { [core, ended] in
      while ended.wait(timeout: .now() + 0.25) == .timedOut { core.lookAround() }
    }
    thread.name = "http watch"
    thread.start()
  }

  /// Raises the number of files that this process may have open, which is often 1024, up to what the system allows;
  /// further connections than fit wait until others close.
  public static func allowOpenFiles(_ count: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(count) else {
      return
    }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  private static func text(_ path: String?) throws(HTTPError) -> String? {
    guard let path else { return nil }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw HTTPError(.certificateInvalid, "cannot read \(path): the listener needs it to speak TLS")
    }
    return text
  }
}
