// SPDX-License-Identifier: Apache-2.0
import CMicroHTTPD
import CServe
import Foundation
import Synchronization

/// One request and its answer, from the first line of the head to the last byte sent.
///
/// The library calls in from its own threads, one at a time for a connection: `access` when the head is there, for each
/// piece of the body, when all is there, and again after the connection was resumed; `complete` at the very end. While
/// the answer is worked out the connection is suspended: it holds no thread, and the library does not look at it.
final class Exchange: Sendable {
  private enum Phase {
    case head
    case body(BodySink)
    /// The rest of a body is read and dropped; then comes this answer.
    case draining(HTTPResponse, left: Int)
    case working(Task<Void, Never>)
    /// Nil when there was no memory to put the answer into.
    case ready(PreparedResponse?)
    case sending
    case over
  }

  private struct State {
    var phase = Phase.head
    var method = ""
    var request: HTTPRequest?
    var status = 0
    var producer: Task<Void, Never>?
    var stream: HTTPStream?
  }

  /// A refused body that is shorter is read to its end, so that the client sees the answer and not a broken connection.
  private static let drainedBytes = 8 << 20

  let connection: Connection
  private let handle: ConnectionHandle
  private let target: String
  private let core: ListenerCore
  private let began = ContinuousClock.now
  private let state: Mutex<StateBox>

  /// The sink is a class that only the library's calls touch, one after the other.
  private struct StateBox: @unchecked Sendable {
    var state = State()
  }

  init(target: String, connection: Connection, handle: ConnectionHandle, core: ListenerCore) {
    self.target = target
    self.connection = connection
    self.handle = handle
    self.core = core
    state = Mutex(StateBox())
  }

  // MARK: - Calls of the library

  /// - Parameters:
  ///   - piece: the next bytes of the body; empty when the head or the whole request has come.
  /// - Returns: whether the connection goes on.
  func access(method: String, piece: UnsafeRawBufferPointer) -> Bool {
    state.withLock { box in
      switch box.state.phase {
      case .head: return takeHead(method, &box.state)
      case .body(let sink): return piece.isEmpty ? takeBody(sink, &box.state) : takePiece(piece, sink, &box.state)
      case .draining(let response, let left):
        if piece.isEmpty { return queue(response, &box.state) }
        box.state.phase = .draining(response, left: left - piece.count)
        return left > piece.count
      case .ready(let prepared): return prepared.map { queue($0, &box.state) } ?? false
      case .working, .sending, .over: return true
      }
    }
  }

  /// The answer went out, or the connection broke.
  func complete(isComplete: Bool) {
    let ended = state.withLock { box -> StateBox in
      defer { box.state.phase = .over }
      return box
    }.state
    if case .working(let task) = ended.phase { task.cancel() }
    if case .ready(let prepared) = ended.phase { prepared?.destroy() }
    ended.stream?.detach()
    ended.producer?.cancel()
    if case .file(let path, _) = ended.request?.body { unlink(path) }
    connection.endAnswer()
    core.configuration.log?(
      HTTPLogEntry(
        peer: ended.request?.peer ?? connection.peer, method: ended.method,
        target: String(target.prefix { $0 != "?" }), status: ended.status, seconds: began.duration(to: .now).seconds,
        isComplete: isComplete))
  }

  // MARK: - Calls of the listener

  /// The client has gone: work for it stops.
  func abandon() {
    state.withLock { box in
      if case .working(let task) = box.state.phase { task.cancel() }
      // In this order, so that who is cancelled finds the stream gone.
      box.state.stream?.detach()
      box.state.producer?.cancel()
    }
  }

  /// The listener stops: whoever still works on an answer is too late.
  func giveUp() {
    let task = state.withLock { box -> Task<Void, Never>? in
      if case .working(let task) = box.state.phase { task } else { nil }
    }
    // The answer first: one that is cancelled may come up with its own at once.
    finish(Self.stopping)
    task?.cancel()
    abandon()
  }

  /// Lets a stream end after what it has sent so far.
  func endStream() {
    state.withLock { box in
      box.state.stream?.finish()
      box.state.producer?.cancel()
    }
  }

  func beat(at now: ContinuousClock.Instant) {
    state.withLock { $0.state.stream }?.beat(at: now)
  }

  // MARK: - Steps

  private func takeHead(_ method: String, _ state: inout State) -> Bool {
    connection.beginBody()
    state.method = method
    let head = RequestHead(
      method: method, target: target, headers: RequestHead.headers(of: handle.pointer), connection: connection,
      core: core)
    guard case .good(let request) = head.verdict else {
      guard case .refused(let response) = head.verdict else { return false }
      return refuse(response, head, &state)
    }
    state.request = request
    switch core.handler.limits(for: request) {
    case .refuse(let response): return refuse(response, head, &state)
    case .memory(let limit):
      if let length = head.length, length > limit {
        return refuse(BodySink.Trouble.tooLarge(limit: limit).response, head, &state)
      }
      state.phase = .body(BodySink(memoryUpTo: limit, expected: head.length))
    case .file(let limit, let folder):
      if let length = head.length, length > limit {
        return refuse(BodySink.Trouble.tooLarge(limit: limit).response, head, &state)
      }
      // A request without a body needs no file.
      let sink =
        head.hasBody
        ? BodySink(fileIn: folder, upTo: limit, expected: head.length) : BodySink(memoryUpTo: 0, expected: 0)
      if let trouble = sink.trouble { return refuse(trouble.response, head, &state) }
      state.phase = .body(sink)
    }
    return true
  }

  /// Answers without the handler: at once when a long body would follow, else when the request has come in.
  private func refuse(_ response: HTTPResponse, _ head: RequestHead, _ state: inout State) -> Bool {
    let isSmall = head.length.map { $0 <= Self.drainedBytes } ?? false
    let waits = state.request?.headers["Expect"] != nil
    guard head.hasBody, waits || !isSmall else {
      state.phase = .draining(response, left: Self.drainedBytes + 1)
      return true
    }
    return queue(response, &state)
  }

  private func takePiece(_ piece: UnsafeRawBufferPointer, _ sink: BodySink, _ state: inout State) -> Bool {
    connection.receive(piece.count)
    sink.append(piece)
    guard let trouble = sink.trouble else { return true }
    // The library takes no answer in the middle of a body: a little more is read, then the connection is cut.
    state.phase = .draining(trouble.response, left: Self.drainedBytes)
    return true
  }

  private func takeBody(_ sink: BodySink, _ state: inout State) -> Bool {
    if let trouble = sink.trouble { return queue(trouble.response, &state) }
    guard var request = state.request else { return false }
    // Whoever began to wait now would never be woken.
    if core.isStopping { return queue(Self.stopping, &state) }
    connection.beginAnswer()
    request.body = sink.take()
    // Kept to be removed in the end; bytes in the memory are the handler's alone.
    if case .file = request.body { state.request?.body = request.body }
    let handler = core.handler
    let wanted = request
    MHD_suspend_connection(handle.pointer)
    state.phase = .working(
      Task(executorPreference: WorkerPool.shared) { [self] in finish(await handler.respond(to: wanted)) })
    return true
  }

  /// Takes the answer from the thread that made it, and wakes the connection.
  private func finish(_ response: HTTPResponse) {
    let request = state.withLock { $0.state.request }
    let prepared = PreparedResponse(response, to: request, connection: handle)
    let isTaken = state.withLock { box in
      guard case .working = box.state.phase else { return false }
      box.state.phase = .ready(prepared)
      MHD_resume_connection(handle.pointer)
      return true
    }
    if !isTaken { prepared?.destroy() }
  }

  private static let stopping = HTTPResponse.problem(
    503, kind: "http.stopping", detail: "the server is being stopped: try again later")

  private func queue(_ response: HTTPResponse, _ state: inout State) -> Bool {
    guard let prepared = PreparedResponse(response, to: state.request, connection: handle) else { return false }
    return queue(prepared, &state)
  }

  private func queue(_ prepared: PreparedResponse, _ state: inout State) -> Bool {
    connection.beginAnswer()
    state.phase = .sending
    state.status = prepared.status
    if core.isStopping { MHD_add_response_header(prepared.response, "Connection", "close") }
    let result = MHD_queue_response(handle.pointer, UInt32(prepared.status), prepared.response)
    MHD_destroy_response(prepared.response)
    guard result == .YES, let stream = prepared.stream else { return result == .YES }
    if core.isStopping { stream.detach() }
    state.stream = stream
    state.producer = Task(executorPreference: WorkerPool.shared) {
      await stream.produce(stream)
      stream.finish()
    }
    return true
  }
}
