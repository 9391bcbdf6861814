// SPDX-License-Identifier: Apache-2.0
import CMicroHTTPD
import CServe
import Foundation
import Synchronization

/// What the callbacks of the library share.
final class ListenerCore: Sendable {
  let configuration: HTTPConfiguration
  let handler: any HTTPHandler
  let isSecure: Bool
  /// Entered by every exchange, left when it is over.
  let running = DispatchGroup()
  private let stopping = Atomic(false)
  private let connections = Mutex<[ObjectIdentifier: Connection]>([:])
  private let exchanges = Mutex<[ObjectIdentifier: Exchange]>([:])

  init(configuration: HTTPConfiguration, handler: any HTTPHandler, isSecure: Bool) {
    self.configuration = configuration
    self.handler = handler
    self.isSecure = isSecure
  }

  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  func beginStopping() { stopping.store(true, ordering: .releasing) }

  var allExchanges: [Exchange] { exchanges.withLock { Array($0.values) } }

  var connectionCount: Int { connections.withLock { $0.count } }

  func add(_ connection: Connection) { connections.withLock { $0[ObjectIdentifier(connection)] = connection } }

  func remove(_ connection: Connection) {
    connection.close()
    connections.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  func add(_ exchange: Exchange) {
    running.enter()
    exchanges.withLock { $0[ObjectIdentifier(exchange)] = exchange }
  }

  func remove(_ exchange: Exchange) {
    let known = exchanges.withLock { $0.removeValue(forKey: ObjectIdentifier(exchange)) }
    if known != nil { running.leave() }
  }

  /// Cuts who dawdles, keeps streams alive, and finds out who has gone. Called a few times a second.
  func lookAround() {
    let now = ContinuousClock.now
    for connection in connections.withLock({ Array($0.values) }) { connection.cutIfLate(at: now, configuration) }
    let exchanges = allExchanges
    for exchange in exchanges { exchange.beat(at: now) }
    let busy = exchanges.filter { $0.connection.isBusy }
    var polls = busy.map { pollfd(fd: $0.connection.descriptor, events: Self.hangUp, revents: 0) }
    guard !polls.isEmpty, poll(&polls, nfds_t(polls.count), 0) > 0 else { return }
    for (exchange, poll) in zip(busy, polls) where poll.revents != 0 && exchange.connection.isBusy {
      exchange.abandon()
    }
  }

  /// The client has closed its side; `POLLERR` and `POLLHUP` are told without asking.
  private static let hangUp = Int16(0x2000)
}

// MARK: - Callbacks

extension ListenerCore {
  /// Starts the library's daemon; the socket is the daemon's from then on.
  func start(_ socket: ListeningSocket, certificate: String?, key: String?) -> OpaquePointer? {
    var options = serve_options()
    options.listening_socket = socket.descriptor
    options.threads = UInt32(max(1, configuration.threads))
    options.connections = UInt32(max(1, configuration.connectionLimit))
    options.connections_per_address = UInt32(max(0, configuration.perAddressLimit))
    options.idle_seconds = UInt32(max(0, configuration.idleSeconds))
    // Half of a connection's memory is left for what the library keeps beside the head.
    options.connection_memory = max(8 << 10, 2 * configuration.headerBytes)
    options.context = Unmanaged.passUnretained(self).toOpaque()
    options.begin = Self.begin
    options.accept = Self.accept
    options.access = Self.access
    options.completed = Self.completed
    options.connected = Self.connected
    func start(_ certificate: UnsafePointer<CChar>?, _ key: UnsafePointer<CChar>?) -> OpaquePointer? {
      options.certificate = certificate
      options.private_key = key
      return serve_start(&options)
    }
    guard let certificate, let key else { return start(nil, nil) }
    return certificate.withCString { certificate in key.withCString { start(certificate, $0) } }
  }

  private static func core(_ context: UnsafeMutableRawPointer?) -> ListenerCore? {
    context.map { Unmanaged<ListenerCore>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let begin:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
      context, target, pointer in
      guard let core = core(context), let pointer, let known = serve_connection_context(pointer) else { return nil }
      let exchange = Exchange(
        target: target.map { String(cString: $0) } ?? "",
        connection: Unmanaged<Connection>.fromOpaque(known).takeUnretainedValue(),
        handle: ConnectionHandle(pointer: pointer), core: core)
      core.add(exchange)
      return Unmanaged.passRetained(exchange).toOpaque()
    }

  private static let accept: MHD_AcceptPolicyCallback = { context, _, _ in
    core(context)?.isStopping == false ? .YES : .NO
  }

  private static let access: MHD_AccessHandlerCallback = { _, _, _, method, _, piece, count, request in
    guard let request = request?.pointee, let count else { return .NO }
    let exchange = Unmanaged<Exchange>.fromOpaque(request).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: piece, count: count.pointee)
    let goesOn = exchange.access(method: method.map { String(cString: $0) } ?? "", piece: bytes)
    count.pointee = 0
    return goesOn ? .YES : .NO
  }

  private static let completed: MHD_RequestCompletedCallback = { context, _, request, code in
    guard let pointer = request?.pointee else { return }
    request?.pointee = nil
    let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
    exchange.complete(isComplete: code == .REQUEST_TERMINATED_COMPLETED_OK)
    core(context)?.remove(exchange)
  }

  private static let connected: MHD_NotifyConnectionCallback = { context, pointer, place, code in
    guard let core = core(context), let pointer, let place else { return }
    if code == .CONNECTION_NOTIFY_STARTED {
      var text = [CChar](repeating: 0, count: 64)
      serve_peer(pointer, &text, text.count)
      var peer = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
      // An IPv4 client of a socket that listens on both families.
      if peer.hasPrefix("::ffff:"), peer.contains(".") { peer.removeFirst(7) }
      let connection = Connection(descriptor: serve_descriptor(pointer), peer: peer)
      core.add(connection)
      place.pointee = Unmanaged.passRetained(connection).toOpaque()
    } else if let known = place.pointee {
      place.pointee = nil
      core.remove(Unmanaged<Connection>.fromOpaque(known).takeRetainedValue())
    }
  }
}
