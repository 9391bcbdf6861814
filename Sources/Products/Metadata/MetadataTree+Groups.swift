// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import RasterIO

extension MetadataTree {
  /// A JSON document: members of objects become parts, arrays several parts of one name.
  init(json bytes: [UInt8], path: String) throws(SceneError) {
    do throws(ParameterError) {
      let value = try JSONValue(parsing: bytes, named: path)
      let whole = MetadataTree(name: "", value)
      // A document that is one named object is that object.
      self = whole.children.count == 1 ? whole.children[0] : whole
    } catch {
      throw SceneError(
        .badMetadata, path, "\(path) is no whole JSON document; fetch it again", cause: error.description)
    }
  }

  private init(name: String, _ value: JSONValue) {
    self.init(name: name)
    switch value {
    case .object(let object):
      for (key, member) in object {
        if let elements = member.arrayValue {
          children += elements.map { MetadataTree(name: key, $0) }
        } else {
          children.append(MetadataTree(name: key, member))
        }
      }
    case .null: break
    default: text = value.stringValue ?? value.text(.line)
    }
  }

  /// The text form of Landsat's metadata: `GROUP = NAME`, lines `KEY = value`, `END_GROUP = NAME`, last `END`.
  ///
  /// - Throws: `SceneError` of kind `.badMetadata` when groups are not closed: the file breaks off.
  init(groups bytes: [UInt8], path: String) throws(SceneError) {
    var open: [MetadataTree] = []
    for (number, line) in String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      if let last = open.indices.last, let part = open[last].children.indices.last,
        open[last].children[part].isOpenList
      {
        open[last].children[part].text += " " + line.trimmingCharacters(in: .whitespaces)
        continue
      }
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2 else {
        if parts.first == "END" { break }
        continue
      }
      switch parts[0] {
      case "GROUP": open.append(MetadataTree(name: parts[1]))
      case "END_GROUP":
        guard let done = open.popLast(), done.name == parts[1] else {
          throw SceneError(
            .badMetadata, path, "\(path), line \(number + 1): the group \(parts[1]) ends that did not begin")
        }
        guard !open.isEmpty else {
          self = done
          return
        }
        open[open.count - 1].children.append(done)
      default:
        guard !open.isEmpty else { break }
        let text = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        open[open.count - 1].children.append(MetadataTree(name: parts[0], text: text))
      }
    }
    throw SceneError(
      .badMetadata, path,
      open.isEmpty
        ? "\(path) holds no metadata of a scene"
        : "\(path) breaks off in the group \(open.last!.name); fetch it again")
  }

  /// Whether this is a list in parentheses that goes on in the next line.
  private var isOpenList: Bool { children.isEmpty && text.hasPrefix("(") && !text.contains(")") }
}
