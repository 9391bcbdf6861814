// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// A folder of its own for a test, removed with the value.
final class Scratch: Sendable {
  let folder: String

  init() {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-\(UUID().uuidString)").path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  subscript(name: String) -> String { "\(folder)/\(name)" }

  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

  func write(_ name: String, _ text: String) -> String {
    _ = FileManager.default.createFile(atPath: self[name], contents: Data(text.utf8))
    return self[name]
  }

  /// A raster of any GDAL type as raw bytes and a VRT header that may carry any further elements.
  func raster<Sample>(
    _ name: String, rows: Int, columns: Int, type: String, bands: [[Sample]], header: String = "",
    bandHeaders: [String] = []
  ) -> String {
    let size = MemoryLayout<Sample>.size * (type.hasPrefix("C") ? 2 : 1)
    var data = Data()
    for band in bands { band.withUnsafeBytes { data.append(contentsOf: $0) } }
    _ = FileManager.default.createFile(atPath: self[name + ".raw"], contents: data)
    var text = "<VRTDataset rasterXSize=\"\(columns)\" rasterYSize=\"\(rows)\">\(header)"
    for index in bands.indices {
      text += """
        <VRTRasterBand dataType="\(type)" band="\(index + 1)" subClass="VRTRawRasterBand">
        \(index < bandHeaders.count ? bandHeaders[index] : "")
        <SourceFilename relativeToVRT="1">\(name).raw</SourceFilename>
        <ImageOffset>\(index * rows * columns * size)</ImageOffset><PixelOffset>\(size)</PixelOffset>
        <LineOffset>\(columns * size)</LineOffset><ByteOrder>LSB</ByteOrder></VRTRasterBand>
        """
    }
    return write(name, text + "</VRTDataset>")
  }
}

/// Numbers 0, 1, 2, … as a grid.
func counting(_ rows: Int, _ columns: Int) -> Grid<Float> {
  Grid(rows: rows, columns: columns, cells: (0..<rows * columns).map(Float.init))
}

/// Whether two grids hold the same values, NaN in the same places.
func same(_ a: Grid<Float>, _ b: Grid<Float>) -> Bool {
  a.rows == b.rows && a.columns == b.columns
    && zip(a.cells, b.cells).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}

func utm(_ zone: Int) throws -> CRS { try CRS("EPSG:\(32600 + zone)") }

/// The error that a block throws, as the type that its signature promises.
func failure<Value>(_ body: () throws(RasterError) -> Value) -> RasterError? {
  do throws(RasterError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
