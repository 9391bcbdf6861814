// SPDX-License-Identifier: Apache-2.0
import Foundation
import RasterIO

#if canImport(FoundationXML)
  import FoundationXML
#endif

extension MetadataTree {
  /// The root element of an XML document; prefixes of namespaces are left out of names.
  ///
  /// - Throws: `SceneError` of kind `.badMetadata` with the line where the document stops being XML.
  init(xml bytes: [UInt8], path: String) throws(SceneError) {
    let builder = TreeBuilder()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = builder
    let isRead = parser.parse()
    if let trouble = builder.trouble {
      throw SceneError(.badMetadata, path, "\(path) \(trouble): it is no product's metadata, and is not read on")
    }
    guard isRead, let root = builder.root else {
      throw SceneError(
        .badMetadata, path,
        "\(path) is no whole XML document: it breaks off or is damaged near line \(parser.lineNumber); fetch it again"
      )
    }
    self = root
  }
}

/// Gathers elements while the parser goes through the document, within bounds: a document of some kilobytes can be
/// made to unfold into more than any memory holds.
private final class TreeBuilder: NSObject, XMLParserDelegate {
  private(set) var root: MetadataTree?
  /// Why the document was given up.
  private(set) var trouble: String?
  private var open: [MetadataTree] = []
  private var elements = 0
  private var textBytes = 0

  private static let mostElements = 300_000
  private static let deepest = 100
  private static let mostTextBytes = 32 << 20

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements += 1
    guard elements <= Self.mostElements, open.count < Self.deepest else {
      return giveUp(
        parser, elements > Self.mostElements ? "has more than \(Self.mostElements) elements" : "is nested too deeply")
    }
    let tags = attributes.map { RasterTag(Self.local($0.key), $0.value) }.sorted { $0.name < $1.name }
    open.append(MetadataTree(name: Self.local(elementName), attributes: tags))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    textBytes += string.utf8.count
    guard textBytes <= Self.mostTextBytes else {
      return giveUp(parser, "unfolds to more than \(Self.mostTextBytes) bytes")
    }
    if !open.isEmpty { open[open.count - 1].text += string }
  }

  private func giveUp(_ parser: XMLParser, _ reason: String) {
    trouble = trouble ?? reason
    parser.abortParsing()
  }

  func parser(
    _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard trouble == nil, let done = open.popLast() else { return }
    if open.isEmpty { root = done } else { open[open.count - 1].children.append(done) }
  }

  private static func local(_ name: String) -> String { name.split(separator: ":").last.map(String.init) ?? name }
}
