// SPDX-License-Identifier: Apache-2.0
import CCurl
import Foundation
import Synchronization

/// Fetches over HTTP and HTTPS from addresses that its policy permits.
///
/// Connections are kept for the next request. A request holds one of a few threads while it lasts; cancelling its task
/// ends it within about a second.
public final class HTTPClient: Sendable {
  let configuration: HTTPClientConfiguration
  private let idle = Mutex<[CurlHandle]>([])

  /// Long downloads must not keep short requests waiting.
  private static let requests = WorkerPool(limit: 16)
  static let downloads = WorkerPool(limit: 8)
  private static let keptHandles = 8

  public init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
    self.configuration = configuration
  }

  /// Fetches an address into the memory; transient failures are tried again.
  ///
  /// - Parameter limit: the longest body, unpacked, bytes.
  /// - Throws: `HTTPError.addressRefused`, `.notFetched`, `.tooLarge`, `.tooSlow`, `.malformed`; `CancellationError`.
  ///   An answer of any status is no error: see `HTTPClientResponse.checked`.
  public func get(
    _ url: String, headers: HTTPFields = [:], limit: Int = 16 << 20
  ) async throws -> HTTPClientResponse {
    try await send(.get, url, headers: headers, limit: limit)
  }

  /// Sends a body. Only a failure to connect is tried again: the server may have acted on anything later.
  ///
  /// - Throws: as `get`.
  public func post(
    _ url: String, body: [UInt8], type: String, headers: HTTPFields = [:], limit: Int = 16 << 20
  ) async throws -> HTTPClientResponse {
    var headers = headers
    headers["Content-Type"] = type
    return try await send(.post, url, headers: headers, body: body, limit: limit)
  }

  /// Sends a request of any method.
  ///
  /// - Throws: as `get`.
  public func send(
    _ method: HTTPMethod, _ url: String, headers: HTTPFields = [:], body: [UInt8] = [], limit: Int = 16 << 20
  ) async throws -> HTTPClientResponse {
    try check(url)
    let request = Transfer.Request(
      method: method, url: url, headers: headers, body: body, seconds: configuration.answerSeconds)
    return try await retrying { [self] () -> Attempt<HTTPClientResponse> in
      try await onThread(of: Self.requests) { flag in try self.attempt(request, limit: limit, flag) }
    }
  }

  private func attempt(
    _ request: Transfer.Request, limit: Int, _ flag: CancellationFlag
  ) throws -> Attempt<HTTPClientResponse> {
    let transfer = Transfer(configuration, cancelled: flag)
    var body: [UInt8] = []
    var isTooLarge = false
    transfer.take = { bytes in
      isTooLarge = body.count + bytes.count > limit
      if !isTooLarge { body.append(contentsOf: bytes) }
      return !isTooLarge
    }
    let outcome = try withHandle { transfer.perform(request, on: $0) }
    if isTooLarge {
      throw HTTPError(.tooLarge, "\(request.url) answers with more than the \(limit) bytes that are taken")
    }
    switch outcome {
    case .answered(let status, let url):
      let response = HTTPClientResponse(status: status, headers: transfer.headers, body: body, url: url)
      let isTransient = [429, 502, 503, 504].contains(status) && request.method.isSafe
      return isTransient ? .transient(response, after: Self.pause(transfer.headers)) : .final(response)
    case .failed(let code, let words):
      let isUntouched = code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST
      let error = Self.error(code, words, request.url)
      guard Self.isTransient(code), request.method.isSafe || isUntouched else { throw error }
      return .failure(error)
    case .refused(let address): throw Self.refusal(address, request.url)
    case .stopped: throw CancellationError()
    }
  }

  /// Lends a handle, and keeps it with its connections for the next.
  func withHandle<Result>(_ body: (CurlHandle) throws -> Result) throws -> Result {
    guard let handle = idle.withLock({ $0.popLast() }) ?? CurlHandle() else {
      throw HTTPError(.notFetched, "there is no memory for another connection")
    }
    defer {
      idle.withLock { idle in
        if idle.count < Self.keptHandles { idle.append(handle) }
      }
    }
    return try body(handle)
  }

  /// Runs what blocks on a thread that may be blocked; the flag is set when the task is cancelled.
  func onThread<Result: Sendable>(
    of pool: WorkerPool, _ body: @escaping @Sendable (CancellationFlag) throws -> Result
  ) async throws -> Result {
    let flag = CancellationFlag()
    return try await withTaskCancellationHandler {
      try await Task(executorPreference: pool) { try body(flag) }.value
    } onCancel: {
      flag.set()
    }
  }
}
