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
    guard isRead, let root = builder.root else {
      throw SceneError(
        .badMetadata, path,
        "\(path) is no whole XML document: it breaks off or is damaged near line \(parser.lineNumber); fetch it again"
      )
    }
    self = root
  }
}

/// Gathers elements while the parser goes through the document.
private final class TreeBuilder: NSObject, XMLParserDelegate {
  private(set) var root: MetadataTree?
  private var open: [MetadataTree] = []

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    let tags = attributes.map { RasterTag(Self.local($0.key), $0.value) }.sorted { $0.name < $1.name }
    open.append(MetadataTree(name: Self.local(elementName), attributes: tags))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if !open.isEmpty { open[open.count - 1].text += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard let done = open.popLast() else { return }
    if open.isEmpty { root = done } else { open[open.count - 1].children.append(done) }
  }

  private static func local(_ name: String) -> String { name.split(separator: ":").last.map(String.init) ?? name }
}
