// SPDX-License-Identifier: Apache-2.0
import CCurl
import CTransfer
import Foundation
import Synchronization

/// One request to a server, made on the thread that calls `perform`.
final class Transfer {
  struct Request {
    var method = HTTPMethod.get
    var url: String
    var headers: HTTPFields = [:]
    var body: [UInt8] = []
    /// Longest time for all, s; nil for as long as bytes come.
    var seconds: Double?
    /// Whether packed answers are asked for and unpacked; not for files, whose bytes count.
    var isUnpacked = true
  }

  enum Outcome {
    case answered(status: Int, url: String)
    case refused(IPAddress)
    case stopped
    case failed(CURLcode, String)
  }

  private(set) var status = 0
  private(set) var headers = HTTPFields()
  private var refused: IPAddress?
  private var isReading = false
  private let configuration: HTTPClientConfiguration
  private let cancelled: CancellationFlag
  /// Called with the head of the final answer before the first byte of its body; false breaks off.
  var begin: (Transfer) -> Bool = { _ in true }
  /// Takes bytes of the body; false breaks off.
  var take: (UnsafeRawBufferPointer) -> Bool = { _ in true }

  init(_ configuration: HTTPClientConfiguration, cancelled: CancellationFlag) {
    self.configuration = configuration
    self.cancelled = cancelled
  }

  /// - Parameter handle: one that was used before keeps its connections.
  func perform(_ request: Request, on handle: CurlHandle) -> Outcome {
    let curl = handle.pointer
    curl_easy_reset(curl)
    var error = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    var callbacks = self.callbacks
    var list: UnsafeMutablePointer<curl_slist>?
    for field in request.headers.fields { list = curl_slist_append(list, "\(field.name): \(field.value)") }
    // Waiting a second for «100 Continue» helps nobody with bodies as small as ours.
    list = curl_slist_append(list, "Expect:")
    defer { curl_slist_free_all(list) }
    set(curl, request)
    transfer_set_list(curl, CURLOPT_HTTPHEADER, list)
    let code = error.withUnsafeMutableBufferPointer { error in
      withUnsafePointer(to: &callbacks) { callbacks in
        transfer_set_callbacks(curl, callbacks, error.baseAddress)
        return curl_easy_perform(curl)
      }
    }
    let url = transfer_url(curl).map { String(cString: $0) } ?? request.url
    // The buffer for the error and the callbacks end here; the handle lives on.
    curl_easy_reset(curl)
    if cancelled.isSet { return .stopped }
    guard code != CURLE_OK else {
      if !isReading && !begin(self) { return .stopped }
      return .answered(status: status, url: url)
    }
    if let refused, code == CURLE_COULDNT_CONNECT { return .refused(refused) }
    let words = error.first == 0 ? String(cString: curl_easy_strerror(code)) : Self.text(error)
    return .failed(code, words)
  }

  private static func text(_ bytes: [CChar]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func set(_ curl: UnsafeMutableRawPointer, _ request: Request) {
    let isSecure = request.url.lowercased().hasPrefix("https:")
    transfer_set_text(curl, CURLOPT_URL, request.url)
    transfer_set_text(curl, CURLOPT_PROTOCOLS_STR, "http,https")
    // What was asked for in secret is not sent on in the open.
    transfer_set_text(curl, CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https")
    transfer_set_number(curl, CURLOPT_FOLLOWLOCATION, 1)
    transfer_set_number(curl, CURLOPT_MAXREDIRS, configuration.redirectLimit)
    transfer_set_number(curl, CURLOPT_NOSIGNAL, 1)
    transfer_set_text(curl, CURLOPT_USERAGENT, "ogive")
    transfer_set_number(curl, CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(configuration.connectSeconds))
    if let seconds = request.seconds { transfer_set_number(curl, CURLOPT_TIMEOUT_MS, Self.milliseconds(seconds)) }
    transfer_set_number(curl, CURLOPT_LOW_SPEED_LIMIT, 100)
    transfer_set_number(curl, CURLOPT_LOW_SPEED_TIME, max(1, Int(configuration.stallSeconds.rounded(.up))))
    // An empty text also keeps proxies of the environment out, which would get around the policy.
    transfer_set_text(curl, CURLOPT_PROXY, configuration.proxy ?? "")
    if let file = configuration.trustedCertificates { transfer_set_text(curl, CURLOPT_CAINFO, file) }
    if request.isUnpacked { transfer_set_text(curl, CURLOPT_ACCEPT_ENCODING, "") }
    switch request.method {
    case .get: transfer_set_number(curl, CURLOPT_HTTPGET, 1)
    case .head: transfer_set_number(curl, CURLOPT_NOBODY, 1)
    default:
      transfer_set_number(curl, CURLOPT_POST, 1)
      transfer_set_size(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
      // Ended by a zero, so that an empty body has an address too: without one the library would read from stdin.
      (request.body + [0]).withUnsafeBytes {
        _ = transfer_set_text(curl, CURLOPT_COPYPOSTFIELDS, $0.baseAddress?.assumingMemoryBound(to: CChar.self))
      }
      if request.method != .post { transfer_set_text(curl, CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
    }
  }

  private static func milliseconds(_ seconds: Double) -> Int { max(1, Int((seconds * 1000).rounded())) }

  // MARK: - Callbacks

  private var callbacks: transfer_callbacks {
    transfer_callbacks(
      context: Unmanaged.passUnretained(self).toOpaque(),
      take: { context, bytes, count in
        Transfer.of(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: count)) == true ? count : 0
      },
      head: { context, line, count in
        Transfer.of(context)?.receiveLine(UnsafeRawBufferPointer(start: line, count: count))
      },
      check: { context in Transfer.of(context)?.cancelled.isSet == true ? 1 : 0 },
      permits: { context, address in
        guard let address, let transfer = Transfer.of(context) else { return 0 }
        return transfer.permits(address) ? 1 : 0
      })
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if !isReading {
      isReading = true
      guard begin(self) else { return false }
    }
    return take(bytes)
  }

  private func receiveLine(_ bytes: UnsafeRawBufferPointer) {
    let line = HTTPFields.trimmed(String(decoding: bytes, as: UTF8.self).filter { $0 != "\r\n" && $0 != "\n" })
    if line.hasPrefix("HTTP/") {
      // Every answer on the way, of redirects too, begins anew.
      headers = HTTPFields()
      status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    } else if let colon = line.firstIndex(of: ":") {
      headers.add(HTTPFields.trimmed(line[..<colon]), HTTPFields.trimmed(line[line.index(after: colon)...]))
    }
  }

  private func permits(_ address: UnsafePointer<sockaddr>) -> Bool {
    guard let address = IPAddress(address) else { return false }
    if configuration.proxy != nil || configuration.policy.permits(address) { return true }
    refused = address
    return false
  }
}

/// Set from any thread, looked at by the one that transfers.
final class CancellationFlag: Sendable {
  private let value = Atomic(false)

  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}

/// A handle of libcurl with its open connections; used by one thread at a time.
final class CurlHandle: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer

  /// Nil when there is no memory.
  init?() {
    _ = Self.isReady
    guard let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
  }

  deinit { curl_easy_cleanup(pointer) }

  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
