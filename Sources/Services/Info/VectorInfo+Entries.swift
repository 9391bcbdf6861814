// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO

extension VectorInfo {
  /// What `ogive info` tells about a vector file.
  var entries: [InfoEntry] {
    [
      InfoEntry("path", "file", path, .string(path)),
      InfoEntry("kind", "vector"),
      InfoEntry("format", "format", format, .string(format)),
      InfoEntry("layers", .array(layers.map(\.json)), lines: layers.flatMap(\.lines)),
    ]
  }
}

extension VectorInfo.Layer {
  fileprivate var lines: [String] {
    let fields = self.fields.isEmpty ? "none" : self.fields.joined(separator: ", ")
    return [
      TextTable.pair(
        "layer", "\(name): \(featureCount) × \(geometry), " + (crs?.description ?? "no reference system")),
      TextTable.pair("  extent", extent.map { "\($0) (east, then north)" } ?? "empty"),
      TextTable.pair("  attributes", fields),
    ]
  }

  fileprivate var json: JSONValue {
    let box = extent.map { [$0.west, $0.south, $0.east, $0.north].map { JSONValue.number($0) } }
    return [
      "name": .string(name), "geometry": .string(geometry), "features": .integer(featureCount),
      "crs": crs.map { .string($0.description) } ?? .null, "extent": box.map { .array($0) } ?? .null,
      "attributes": .array(fields.map { .string($0) }),
    ]
  }
}
