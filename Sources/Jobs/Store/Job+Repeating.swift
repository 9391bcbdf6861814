// SPDX-License-Identifier: Apache-2.0

extension Job {
  /// A request for the same again.
  ///
  /// - Parameter owner: who asks.
  public func repeated(by owner: String) -> JobRequest {
    var request = JobRequest(
      process: process, inputs: inputs, title: title,
      sharing: owner == sharing.ownerID ? sharing : .init(ownerID: owner))
    request.parent = id
    (request.estimate, request.priority, request.response) = (estimate, priority, response)
    return request
  }
}
