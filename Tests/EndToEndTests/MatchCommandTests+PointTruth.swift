// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite(
  "match --points on ground whose motion is known",
  .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct MatchPointTruthTests {
  private let folder: RunScratch
  private static let places = stride(from: 80, through: 432, by: 32).flatMap { row in
    stride(from: 80, through: 432, by: 32).map { (row: row, column: $0) }
  }

  init() throws {
    folder = try RunScratch()
    let outcome = try OgiveTool.run(
      [
        "simulate", "texture", "--rows", "512", "--columns", "512", "--out", "truth", "--field", "glacier",
        "--width", "1.6", "--maximum-displacement", "2", "--noise-variance", "0", "--quiet",
      ], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
  }

  /// The lines of the table of points, as cells by name.
  private func match(_ places: [(row: Int, column: Int)], _ out: String, threads: Int) throws -> [[String: String]] {
    let list = places.map { "\($0.row),\($0.column)\n" }.joined()
    try folder.put("\(out).csv", Data(("row,col\n" + list).utf8))
    let outcome = try OgiveTool.run(
      [
        "match", "truth/reference.tif", "truth/secondary.tif", "--out", out, "--points", "\(out).csv", "--quiet",
        "--threads", "\(threads)",
      ], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let lines = try #require(folder.text("\(out)/products/points.csv")).split(separator: "\n")
    let names = try #require(lines.first).split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(names, cells))
    }
  }

  @Test("errors are within 0.003 px and as large as sigma says, RMS of their ratio 0.7 ... 1.3, without noise")
  func honest() throws {
    let rows = try match(Self.places, "all", threads: 2)
    var squares = 0.0, ratios = 0.0, count = 0.0
    for name in ["dx", "dy"] {
      let image = try RasterImage.open("\(folder.path)/truth/truth_\(name).tif", band: nil)
      let truth = try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
      for (place, row) in zip(Self.places, rows) {
        let value = try #require(Double(row[name] ?? ""), "\(row)")
        let sigma = try #require(Double(row[name + "_sigma"] ?? ""), "\(row)")
        let error = value - Double(truth[place.row, place.column])
        squares += error * error
        ratios += error * error / (sigma * sigma)
        count += 1
      }
    }
    #expect((squares / count).squareRoot() < 0.003, "\((squares / count).squareRoot()) px")
    let ratio = (ratios / count).squareRoot()
    #expect(ratio > 0.7 && ratio < 1.3, "\(ratio)")
  }

  @Test("a point's offset and sigma have the same digits with others and alone, for any number of threads")
  func independent() throws {
    let all = try match(Self.places, "all", threads: 2)
    for index in [0, 77, 143] {
      let one = try match([Self.places[index]], "one\(index)", threads: 1)
      for name in ["dx", "dy", "dx_sigma", "dy_sigma", "dx_per_row", "ncc"] {
        #expect(one.first?[name] == all[index][name] && all[index][name] != nil, "\(name) of point \(index)")
      }
    }
  }
}
