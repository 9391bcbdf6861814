// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Parameters

extension HTTPResponse {
  static func json(
    object: JSONObject, status: Int = 200, type: String = "application/json"
  ) -> HTTPResponse {
    .json(.object(object), status: status, type: type)
  }

  static var noContent: HTTPResponse { HTTPResponse(status: 204) }

  /// A file from the disk, with ranges and tags done by the listener.
  ///
  /// - Parameters:
  ///   - name: what it is called where it is saved.
  ///   - isDownload: whether a browser saves it instead of showing it.
  static func file(_ path: String, named name: String? = nil, isDownload: Bool = false) throws(Problem)
    -> HTTPResponse
  {
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw Problem(.notFound, "the file is not there any more")
    }
    var response = HTTPResponse(body: .file(HTTPFile(path: path)))
    response.headers["Content-Type"] = HTTPFile.mediaType(of: path)
    if isDownload {
      let plain = (name ?? URL(filePath: path).lastPathComponent).filter { $0 != "\"" && $0 != "\\" }
      response.headers["Content-Disposition"] =
        "attachment; filename=\"\(plain.filter(\.isASCII))\"; filename*=UTF-8''\(PercentCoding.encode(plain))"
    }
    return response
  }
}

/// Times as the interfaces write them: ISO 8601 in UTC, to the millisecond.
enum APITime {
  static func text(milliseconds: Int) -> String {
    text(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
  }

  static func text(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  static func json(milliseconds: Int?) -> JSONValue { milliseconds.map { .string(text(milliseconds: $0)) } ?? .null }
}

extension JSONValue {
  init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
  init(_ number: Int?) { self = number.map(JSONValue.integer) ?? .null }
}
