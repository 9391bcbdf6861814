// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// Links of STAC documents.
package enum StacLinks {
  /// Links that say where a document stands in a catalogue; ours are made anew in every answer.
  private static let structural: Set<String> = [
    "self", "root", "parent", "collection", "items", "item", "child", "next", "prev", "search", "data",
    "conformance", "service-desc", "service-doc", "http://www.opengis.net/def/rel/ogc/1.0/queryables",
  ]

  /// The links of a document from elsewhere that stay true here.
  static func kept(_ links: JSONValue?) -> [JSONValue] {
    (links?.arrayValue ?? []).filter {
      guard let relation = $0["rel"]?.stringValue, $0["href"]?.stringValue != nil else { return false }
      return !structural.contains(relation)
    }
  }

  /// One link.
  static func link(_ relation: String, _ href: String, type: String = "application/json", title: String? = nil)
    -> JSONValue
  {
    var members: JSONObject = ["rel": .string(relation), "href": .string(href), "type": .string(type)]
    if let title { members["title"] = .string(title) }
    return .object(members)
  }

  /// One part of a path, so that a name with a slash or a question mark stays one.
  package static func encoded(_ name: String) -> String {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~:@!$'()*,;=")
    let ascii = allowed.intersection(CharacterSet(charactersIn: Unicode.Scalar(0)...Unicode.Scalar(127)))
    return name.addingPercentEncoding(withAllowedCharacters: ascii) ?? name
  }
}
