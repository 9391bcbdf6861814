// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite("match --points", .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct MatchPointsTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    try TestRaster.write(TestRaster.texture(rows: 200, columns: 220), to: folder.path + "/a.tif")
    try TestRaster.write(TestRaster.texture(rows: 200, columns: 220, dx: 1.5, dy: -0.75), to: folder.path + "/b.tif")
    let points = "name,x,y\nmiddle,601000,4499000\nbetween,601103,4498994\nedge,600020,4499980\nfar,650000,4499000\n"
    try folder.put("points.csv", Data(points.utf8))
  }

  /// Lines of the table as dictionaries.
  private func table() throws -> [[String: String]] {
    let lines = try #require(folder.text("out/products/points.csv")).split(separator: "\n")
    let names = try #require(lines.first).split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      Dictionary(
        uniqueKeysWithValues: zip(
          names, line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
    }
  }

  private func expectOffsets(method: String, within tolerance: Double) throws -> [[String: String]] {
    let outcome = try OgiveTool.run(
      [
        "match", "a.tif", "b.tif", "--out", "out", "--points", "points.csv", "--method", method, "--reference-date",
        "2020-01-01", "--secondary-date", "2020-01-11",
      ], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let rows = try table()
    #expect(rows.count == 4)
    #expect(rows.map { $0["flag"] } == ["measured", "measured", "offImage", "offImage"])
    for row in rows.prefix(2) {
      #expect(abs((Double(row["dx"] ?? "") ?? .nan) - 1.5) < tolerance, "\(row)")
      #expect(abs((Double(row["dy"] ?? "") ?? .nan) + 0.75) < tolerance, "\(row)")
    }
    return rows
  }

  @Test("measures each point within 0.01 px with sigma and velocity; points outside are off the image")
  func leastSquares() throws {
    let rows = try expectOffsets(method: "dense", within: 0.01)
    #expect((Double(rows[0]["dx_sigma"] ?? "") ?? 1) < 0.05)
    // 1.5 px of 10 m in 10 days; grid north is not quite true north there.
    let east = Double(rows[0]["east_velocity"] ?? "") ?? .nan
    #expect(abs(east - 548) < 8, "\(east)")
    for name in ["vectors.gpkg", "summary.json", "report.html", "stac/item.json"] {
      #expect(folder.has("out/" + name))
    }
    let rasters = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out/products")
    #expect(rasters == ["points.csv"])
  }

  @Test(
    "measures by search within 0.1 px, with a sigma of less", arguments: ["ncc", "orientation", "phase"])
  func search(method: String) throws {
    let rows = try expectOffsets(method: method, within: 0.1)
    let sigma = Double(rows[0]["dx_sigma"] ?? "") ?? .nan
    #expect(sigma > 0 && sigma < 0.1, "\(rows)")
  }
}
