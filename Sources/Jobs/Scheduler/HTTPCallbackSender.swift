// SPDX-License-Identifier: Apache-2.0
import HTTP
import Parameters

/// Posts messages about jobs to the addresses that users gave, as far as the client's policy lets it.
public struct HTTPCallbackSender: CallbackSender {
  private let client: HTTPClient

  /// - Parameter client: one that connects to the public internet only, unless the operator allows more: the addresses
  ///   come from users.
  public init(_ client: HTTPClient) { self.client = client }

  public func send(_ body: JSONObject, to address: String) async -> Bool {
    let bytes = Array(body.text(.line).utf8)
    do {
      let answer = try await client.post(address, body: bytes, type: "application/json", limit: 1 << 16)
      // What the other side refuses it will refuse again; only its own trouble is worth another try.
      return answer.status < 500 && answer.status != 429
    } catch let error as HTTPError {
      return error.kind == .addressRefused || error.kind == .malformed
    } catch {
      return false
    }
  }
}
