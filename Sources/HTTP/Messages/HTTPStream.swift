// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// An answer whose bytes come over time: server-sent events, or more bytes than fit into the memory.
///
/// `produce` starts when the head has gone out and is cancelled when the client goes away. It runs beside the listener:
/// a slow client makes `send` wait, and holds no thread meanwhile.
public final class HTTPStream: Sendable {
  /// Bytes that are said when nothing else was for a while, so that proxies keep the connection and a client that has
  /// gone is noticed.
  public struct Heartbeat: Sendable {
    public let bytes: [UInt8]
    public let seconds: Double

    public init(_ text: String, every seconds: Double) {
      bytes = Array(text.utf8)
      self.seconds = seconds
    }

    /// A comment of server-sent events every 15 s.
    public static let events = Heartbeat(": still here\n\n", every: 15)
  }

  private enum Sink {
    case none
    /// Calls back when bytes are there for a reader that found none.
    case attached(wake: @Sendable () -> Void)
    case gone
  }

  private struct State {
    var buffer: [UInt8] = []
    var used = 0
    var sink = Sink.none
    var isReaderWaiting = false
    var isFinished = false
    var isBroken = false
    var lastSent = ContinuousClock.now
    var senders: [CheckedContinuation<Void, Never>] = []
    /// How many bytes of the whole were handed in, and which of them are asked for.
    var position = 0
    var wanted = 0..<Int.max

    var count: Int { buffer.count - used }

    /// What is asked for of the next bytes.
    mutating func take(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
      let start = position
      position += bytes.count
      func inside(_ end: Int) -> Int { min(max(end - start, 0), bytes.count) }
      return bytes[inside(wanted.lowerBound)..<inside(wanted.upperBound)]
    }
  }

  /// A sender waits while more than this is on its way, bytes.
  private static let highWater = 256 << 10

  private let state = Mutex(State())
  private let heartbeat: Heartbeat?
  let length: Int?
  let produce: @Sendable (HTTPStream) async -> Void

  /// - Parameters:
  ///   - length: of the whole, bytes, where it is known. The client then sees how far it is, and a part of the bytes
  ///     may be asked for, as of a file: the answer needs an `ETag` that changes with them.
  ///   - produce: sends the bytes, all of them whatever part is wanted; the answer ends when it returns.
  public init(
    heartbeat: Heartbeat? = nil, length: Int? = nil, _ produce: @escaping @Sendable (HTTPStream) async -> Void
  ) {
    (self.heartbeat, self.length, self.produce) = (heartbeat, length, produce)
  }

  /// Whether nobody takes the bytes any more.
  public var isGone: Bool {
    state.withLock { if case .gone = $0.sink { true } else { false } }
  }

  /// Sends bytes, once those before them are on their way.
  ///
  /// - Returns: whether somebody still listens for more; false is the time to stop.
  @discardableResult
  public func send(_ bytes: [UInt8]) async -> Bool {
    guard !bytes.isEmpty else { return !isGone }
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let mayGoOn = state.withLock { state in
        if case .gone = state.sink { return true }
        if state.count < Self.highWater { return true }
        state.senders.append(continuation)
        return false
      }
      if mayGoOn { continuation.resume() }
    }
    return state.withLock { state in
      guard !state.isFinished else { return false }
      if case .gone = state.sink { return false }
      let part = state.take(bytes)
      if !part.isEmpty { Self.append(part, to: &state) }
      return state.position < state.wanted.upperBound
    }
  }

  /// Sends a text in UTF-8.
  @discardableResult
  public func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

  /// Sends one event of `text/event-stream`.
  @discardableResult
  public func sendEvent(_ data: String, name: String? = nil, id: String? = nil) async -> Bool {
    await send(Self.event(data, name: name, id: id))
  }

  /// The bytes of one event; line ends inside the data make further data lines.
  static func event(_ data: String, name: String?, id: String?) -> String {
    func oneLine(_ text: String) -> String {
      String(text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" && $0 != "\0" })
    }
    var text = ""
    if let id { text += "id: \(oneLine(id))\n" }
    if let name { text += "event: \(oneLine(name))\n" }
    let lines = data.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    for line in lines.split(separator: "\n", omittingEmptySubsequences: false) { text += "data: \(line)\n" }
    return text + "\n"
  }

  /// Ends the answer after the bytes sent so far; what is sent later is dropped.
  public func finish() {
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      Self.wakeReader(&state)
    }
  }

  /// Ends the answer, after the bytes sent so far, as one that is not whole: for a source that fails midway.
  public func breakOff() {
    state.withLock { $0.isBroken = true }
    finish()
  }

  private static func append(_ bytes: some Sequence<UInt8>, to state: inout State) {
    state.buffer.append(contentsOf: bytes)
    state.lastSent = .now
    wakeReader(&state)
  }

  private static func wakeReader(_ state: inout State) {
    guard state.isReaderWaiting, case .attached(let wake) = state.sink else { return }
    state.isReaderWaiting = false
    wake()
  }
}

// MARK: - The listener's side

extension HTTPStream {
  enum Piece {
    case bytes(Int)
    case wait
    case end
    case broken
  }

  /// Takes these of all bytes that are sent, and drops the others.
  func restrict(to range: Range<Int>) { state.withLock { $0.wanted = range } }

  /// Begins to take bytes. `wake` is called under the stream's lock, after a `next` that had to wait.
  func attach(wake: @escaping @Sendable () -> Void) {
    state.withLock { state in
      if case .none = state.sink { state.sink = .attached(wake: wake) }
    }
  }

  /// Copies what is there, or tells to wait; `suspend` is called before anybody can wake the reader.
  func next(into target: UnsafeMutableRawBufferPointer, suspend: () -> Void) -> Piece {
    var senders: [CheckedContinuation<Void, Never>] = []
    let piece = state.withLock { state -> Piece in
      if case .gone = state.sink { return .broken }
      let count = min(state.count, target.count)
      if count > 0 {
        state.buffer.withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[state.used..<state.used + count])) }
        state.used += count
        if state.used == state.buffer.count {
          state.buffer.removeAll(keepingCapacity: state.buffer.capacity <= Self.highWater)
          state.used = 0
        }
        if state.count <= Self.highWater / 2 { swap(&senders, &state.senders) }
        return .bytes(count)
      }
      if state.isFinished { return state.isBroken ? .broken : .end }
      state.isReaderWaiting = true
      suspend()
      return .wait
    }
    for sender in senders { sender.resume() }
    return piece
  }

  /// The client has gone, or never was: senders learn it, and a waiting reader is woken to end the answer.
  func detach() {
    let senders = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      Self.wakeReader(&state)
      state.sink = .gone
      state.buffer = []
      state.used = 0
      defer { state.senders = [] }
      return state.senders
    }
    for sender in senders { sender.resume() }
  }

  /// Says that the stream is alive when it has been quiet for long.
  func beat(at now: ContinuousClock.Instant) {
    guard let heartbeat else { return }
    state.withLock { state in
      guard !state.isFinished, state.count == 0, case .attached = state.sink,
        state.lastSent.duration(to: now) >= .seconds(heartbeat.seconds)
      else { return }
      Self.append(heartbeat.bytes, to: &state)
    }
  }
}
