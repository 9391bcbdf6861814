// SPDX-License-Identifier: Apache-2.0
import HTTP
import Parameters

/// A JSON document as a plain page for people whose browser leads them to the interface: members as lists, addresses as
/// links. It says all that the document says, and needs no script.
enum HTMLRendering {
  /// Documents that people read; those for programs, and what is saved as a file, stay JSON.
  static let types: Set<String> = ["application/json", "application/geo+json", "application/problem+json"]

  /// What a browser gets in place of a JSON answer; any other answer as it is.
  static func page(for response: HTTPResponse, title: String) -> HTTPResponse {
    guard types.contains(response.headers["Content-Type"] ?? ""), response.headers["Content-Disposition"] == nil,
      case .bytes(let bytes) = response.body, let document = try? JSONValue(parsing: bytes)
    else { return response }
    var page = response
    let heading = document["title"]?.stringValue ?? document["id"]?.stringValue ?? title
    page.body = .bytes(Array(html(document, heading: heading).utf8))
    page.headers["Content-Type"] = "text/html; charset=utf-8"
    return page
  }

  private static func html(_ document: JSONValue, heading: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(escaped(heading))</title>
    <style>body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
    dl{margin:0 0 0 1rem}dt{font-weight:600}dd{margin:0 0 .5rem 1rem;overflow-wrap:anywhere}</style></head>
    <body><main><h1>\(escaped(heading))</h1>\(element(document))</main>
    <p><a href="/">To the map and the jobs</a></p></body></html>

    """
  }

  private static func element(_ value: JSONValue) -> String {
    if let object = value.objectValue { return element(object) }
    if let elements = value.arrayValue {
      return elements.isEmpty ? "–" : "<ul>" + elements.map { "<li>\(element($0))</li>" }.joined() + "</ul>"
    }
    guard let text = value.stringValue else { return value.isNull ? "–" : escaped(value.text(.line)) }
    return isAddress(text) ? "<a href=\"\(escaped(text))\">\(escaped(text))</a>" : escaped(text)
  }

  private static func element(_ object: JSONObject) -> String {
    // A link is shown as one.
    if let address = object["href"]?.stringValue, isAddress(address) {
      let words = object["title"]?.stringValue ?? object["rel"]?.stringValue ?? address
      let rest = [object["rel"], object["type"]].compactMap { $0?.stringValue }.joined(separator: ", ")
      return "<a href=\"\(escaped(address))\">\(escaped(words))</a>" + (rest.isEmpty ? "" : " (\(escaped(rest)))")
    }
    let members = object.map { "<dt>\(escaped($0.key))</dt><dd>\(element($0.value))</dd>" }
    return "<dl>" + members.joined() + "</dl>"
  }

  /// Only these are made links: an item from elsewhere may hold any text.
  private static func isAddress(_ text: String) -> Bool { text.hasPrefix("http://") || text.hasPrefix("https://") }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
