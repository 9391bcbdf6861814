// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// Documents of a run as they are published: without the names of folders of this machine, STAC with the licence,
/// with links to inputs by checksum, and without items whose files are left out.
struct DepositDocuments {
  private let record: DepositRecord

  init(_ record: DepositRecord) { self.record = record }

  /// Texts up to this many bytes are looked through; larger ones are tables of numbers.
  private static let largest = 64 << 20
  private static let endings = ["json", "html", "csv", "svg", "txt", "md"]

  /// The text to publish; nil for a file that is copied as it is.
  func text(of name: String, at path: String) throws -> String? {
    guard let ending = name.split(separator: ".").last, Self.endings.contains(String(ending)),
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int, size <= Self.largest
    else { return nil }
    let bytes = try Data(contentsOf: URL(filePath: path))
    guard let text = String(data: bytes, encoding: .utf8) else { return nil }
    if name.hasPrefix("stac/") {
      let document = try JSONValue(parsing: [UInt8](bytes), named: path)
      return published(document).text(.pretty) + "\n"
    }
    return record.source.withoutPrivateFolders(text)
  }

  private func published(_ document: JSONValue) -> JSONValue {
    guard var members = document.objectValue else { return document }
    if members["type"]?.stringValue == "Collection" { members["license"] = .string(record.licence.identifier) }
    let links = (members["links"]?.arrayValue ?? []).compactMap(published(link:))
    members["links"] = .array(links + [licenceLink])
    if let assets = members["assets"]?.objectValue {
      members["assets"] = .object(
        JSONObject(assets.filter { isPublished(asset: $0.value) }.map { ($0.key, $0.value) }))
    }
    return .object(members)
  }

  private var licenceLink: JSONValue {
    ["rel": "license", "href": "../LICENSE", "type": "text/plain", "title": .string(record.licence.name)]
  }

  /// Links to files of this machine become names made of their checksums.
  private func published(link: JSONValue) -> JSONValue? {
    guard var members = link.objectValue, let href = members["href"]?.stringValue else { return link }
    let relation = members["rel"]?.stringValue
    if relation == "license" { return nil }
    if isItem(href) { return link }
    // An item that is left out leads nowhere.
    if relation == "item" || isDocument(href) { return nil }
    guard relation == "derived_from", !href.contains("://") else { return link }
    // STAC writes the checksum behind four digits that name its kind.
    if let sum = members["file:checksum"]?.stringValue, sum.count == 68 {
      members["href"] = .string("urn:sha256:\(sum.dropFirst(4))")
    } else {
      members["href"] = .string("urn:ogive:input:\(FileWords.safe(URL(filePath: href).lastPathComponent))")
    }
    return .object(members)
  }

  private func isItem(_ href: String) -> Bool { record.source.files.contains("stac/\(href)") }

  /// Whether it is a document of the run beside this one, published or not.
  private func isDocument(_ href: String) -> Bool {
    !href.contains("/") && FileManager.default.fileExists(atPath: "\(record.source.folder)/stac/\(href)")
  }

  private func isPublished(asset: JSONValue) -> Bool {
    guard let href = asset["href"]?.stringValue, href.hasPrefix("../") else { return true }
    let path = String(href.dropFirst(3))
    // A folder that is one product (Zarr) is there by its files.
    return record.source.files.contains { $0 == path || $0.hasPrefix(path + "/") }
  }
}
