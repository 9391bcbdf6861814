// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import RasterIO

/// The GeoPackages of a drawing: one with all shapes, and one for each class, since a job's input is a whole file.
struct DrawingFile {
  private let drawing: Drawings.Drawing

  init(_ drawing: Drawings.Drawing) { self.drawing = drawing }

  /// - Parameter folder: where `ID.gpkg` and `ID-CLASS.gpkg` go.
  func write(in folder: String) throws {
    let crs = drawing.crs == "pixel" ? nil : try CRS(drawing.crs)
    let features = drawing.features["features"]?.arrayValue ?? []
    try write(features, as: "shapes", to: "\(folder)/\(drawing.id).gpkg", crs)
    for name in Drawings.classes {
      let path = "\(folder)/\(drawing.id)-\(name).gpkg"
      let own = features.filter { $0["properties"]?["class"]?.stringValue == name }
      if own.isEmpty {
        unlink(path)
      } else {
        try write(own, as: name, to: path, crs)
      }
    }
  }

  private func write(_ features: [JSONValue], as layer: String, to path: String, _ crs: CRS?) throws {
    let collection: JSONObject = ["type": "FeatureCollection", "features": .array(features)]
    try GeoJSONConversion.writeGeoPackage(collection.text(.line), to: path, layer: layer, crs: crs)
  }

  static func remove(_ drawing: Drawings.Drawing, in folder: String) {
    for ending in [""] + Drawings.classes.map({ "-" + $0 }) { unlink("\(folder)/\(drawing.id)\(ending).gpkg") }
  }
}
