// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import RasterIO
import Testing

@Suite("Shapes that strangers send")
struct VectorShapesTests {
  let scratch = Scratch()

  private func features(_ path: String) throws -> [JSONValue] {
    let text = try VectorShapes.geoJSON(of: path, named: "area")
    return try JSONValue(parsing: text)["features"]?.arrayValue ?? []
  }

  private func message(_ path: String) -> String {
    do { return "no error but \(try features(path).count) shapes" } catch { return "\(error)" }
  }

  /// A zip of files that are stored as they are.
  private func zip(_ name: String, _ files: [(name: String, bytes: [UInt8], claimed: Int?)]) throws -> String {
    var out: [UInt8] = [], directory: [UInt8] = []
    func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
    for file in files {
      let sum = file.bytes.withUnsafeBytes { Int(CRC32.checksum($0)) }, size = file.claimed ?? file.bytes.count
      let shared =
        number(20, 2) + number(0, 8) + number(sum, 4) + number(file.bytes.count, 4) + number(size, 4)
        + number(file.name.utf8.count, 2) + number(0, 2)
      directory +=
        [0x50, 0x4B, 1, 2] + number(20, 2) + shared + number(0, 10) + number(out.count, 4) + file.name.utf8
      out += [0x50, 0x4B, 3, 4] + shared + file.name.utf8 + file.bytes
    }
    let end = [0x50, 0x4B, 5, 6] + number(0, 4) + number(files.count, 2) + number(files.count, 2)
    out += directory + end + number(directory.count, 4) + number(out.count, 4) + number(0, 2)
    let path = scratch[name]
    try Data(out).write(to: URL(filePath: path))
    return path
  }

  /// The three parts of a shapefile with one polygon: shapes, their index, a table of one row.
  private func shapefile(_ corners: [(Double, Double)]) -> [(String, [UInt8])] {
    func big(_ value: Int) -> [UInt8] { withUnsafeBytes(of: Int32(value).bigEndian, Array.init) }
    func little(_ value: Int) -> [UInt8] { withUnsafeBytes(of: Int32(value).littleEndian, Array.init) }
    func real(_ value: Double) -> [UInt8] { withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
    let x = corners.map(\.0), y = corners.map(\.1)
    let box = [x.min()!, y.min()!, x.max()!, y.max()!].flatMap(real)
    let content =
      little(5) + box + little(1) + little(corners.count) + little(0) + corners.flatMap { real($0.0) + real($0.1) }
    func head(_ words: Int) -> [UInt8] {
      big(9994) + [UInt8](repeating: 0, count: 20) + big(words) + little(1000) + little(5) + box
        + [UInt8](repeating: 0, count: 32)
    }
    let record = big(1) + big(content.count / 2)
    var table: [UInt8] = [3, 120, 1, 1] + little(1) + [65, 0, 3, 0] + [UInt8](repeating: 0, count: 20)
    table += Array("id".utf8) + [UInt8](repeating: 0, count: 9) + Array("N".utf8) + [0, 0, 0, 0, 2, 0]
    table += [UInt8](repeating: 0, count: 14) + [13] + Array("  1".utf8) + [26]
    return [
      ("outline/area.shp", head(50 + (8 + content.count) / 2) + record + content),
      ("outline/area.shx", head(54) + big(50) + big(content.count / 2)), ("outline/area.dbf", table),
    ]
  }

  private let square = [(420_000.0, 5_150_000.0), (420_000, 5_151_000), (421_000, 5_151_000), (420_000, 5_150_000)]

  @Test("a zipped shapefile in a folder comes out in longitude and latitude, within a millionth of a degree")
  func zippedShapefile() throws {
    let projection = try CRS("EPSG:32632").wkt
    let parts = shapefile(square) + [("outline/area.prj", Array(projection.utf8))]
    let path = try zip("area.zip", parts.map { ($0.0, $0.1, nil) })
    let found = try features(path)
    #expect(found.count == 1)
    let corner = found[0]["geometry"]?["coordinates"]?[0]?[0]?.arrayValue?.compactMap(\.doubleValue) ?? []
    // PROJ: 420000 E, 5150000 N of zone 32.
    #expect(
      corner.count == 2 && abs(corner[0] - 7.957_428_36) < 1e-6 && abs(corner[1] - 46.498_817_95) < 1e-6, "\(corner)")
  }

  @Test("GeoJSON comes through as it is")
  func plain() throws {
    let text = """
      {"type":"FeatureCollection","features":[{"type":"Feature","properties":{},
      "geometry":{"type":"Polygon","coordinates":[[[7,46],[8,46],[8,47],[7,46]]]}}]}
      """
    let found = try features(scratch.write("a.geojson", text))
    #expect(found.first?["geometry"]?["coordinates"]?[0]?[1]?[0]?.doubleValue == 8)
  }

  @Test("what has no place, is too large once unpacked, or names other files is refused with a reason")
  func refused() throws {
    let bare = try zip("bare.zip", shapefile(square).map { ($0.0, $0.1, nil) })
    #expect(message(bare).contains("add its .prj file"))
    let bomb = try zip("bomb.zip", [("area.shp", [0, 0, 0, 0], 3_000_000_000)])
    #expect(message(bomb).contains("unpacks to more than 1000 files or 64 MB"))
    let many = try zip("many.zip", (0...1000).map { ("\($0).txt", [], nil) })
    #expect(message(many).contains("unpacks to more than 1000 files or 64 MB"))
    let pointer = scratch.write(
      "pointer.vrt",
      "<OGRVRTDataSource><OGRVRTLayer name=\"a\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    #expect(message(pointer).contains("is of no kind that is read here"))
    let dressed = scratch["dressed.json"]
    try FileManager.default.copyItem(atPath: pointer, toPath: dressed)
    #expect(message(dressed).contains("holds no shapes that can be read"))
  }
}
