// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import RasterIO
import TestSupport
import Testing

/// What an inversion leaves for others: styles, pictures, catalogue, cubes and tables.
@Suite(
  "Products of an inversion", .serialized, .enabled(if: OgiveTool.hasCommand("invert"), "needs the built tool"))
struct InvertProductsTests {
  private let scratch: PairScratch

  init() throws { scratch = try PairScratch() }

  private var folder: RunScratch { scratch.folder }

  @Test("each raster has a style, dates share one, and the main ones a picture")
  func styles() throws {
    #expect(try scratch.invert().code == 0)
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/out/products")
    let rasters = names.filter { $0.hasSuffix(".tif") }, styles = names.filter { $0.hasSuffix(".qml") }
    #expect(rasters.count > 30 && styles.count == rasters.count)
    #expect(Set(rasters.map { $0.dropLast(4) }) == Set(styles.map { $0.dropLast(4) }))
    let dates = ["2020-01-13", "2020-03-13"].map { "out/products/dates/east-displacement-\($0).qml" }
    #expect(folder.text(dates[0]) == folder.text(dates[1]) && folder.text(dates[0])?.contains("<qgis") == true)
    for name in ["speed", "east-velocity", "north-velocity"] {
      #expect(folder.data("out/quicklook/\(name).png")?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true, "\(name)")
    }
  }

  @Test(
    "the catalogue leads from each date to the whole, from there to the rasters of the pairs, and to the parameters")
  func catalogue() throws {
    #expect(try scratch.invert().code == 0)
    func links(_ object: [String: Any], _ relation: String) -> [[String: Any]] {
      (object["links"] as? [[String: Any]] ?? []).filter { $0["rel"] as? String == relation }
    }
    let collection = try scratch.object("out/stac/collection.json")
    let items = links(collection, "item").compactMap { $0["href"] as? String }
    #expect(items.count == 1 + PairScratch.dates.count, "\(items)")
    let whole = try scratch.object("out/stac/out__series.json"), sources = links(whole, "derived_from")
    #expect(sources.count == 2 * 15 && sources.allSatisfy { ($0["file:checksum"] as? String)?.count == 68 })
    #expect(links(whole, "processing-expression").first?["href"] as? String == "../config.lock.json")
    let assets = try #require(whole["assets"] as? [String: [String: Any]])
    for name in ["series", "speed", "east-sigma", "pairs", "speed-thumbnail"] {
      #expect((assets[name]?["file:checksum"] as? String)?.count == 68, "\(name)")
    }
    let date = try scratch.object("out/stac/out__2020-03-13.json")
    #expect(links(date, "derived_from").compactMap { $0["href"] as? String } == ["out__series.json"])
    #expect((date["assets"] as? [String: Any])?.count == 4)
    let lock = try scratch.object("out/config.lock.json")
    let inputs = try #require((lock["provenance"] as? [String: Any] ?? lock)["inputs"] as? [[String: Any]])
    #expect(inputs.count == 30 && inputs.allSatisfy { ($0["sha256"] as? String)?.count == 64 })
    for name in items where StacSchemas.areUsable {
      #expect(try StacSchemas.validate(folder.text("out/stac/\(name)") ?? "") == "", "\(name)")
    }
  }

  @Test("the cube is NetCDF, Zarr, both or none, with the same numbers; what is not asked for any more goes")
  func cubes() throws {
    #expect(try scratch.invert(["--cube", "both"]).code == 0)
    let cubes = try ["nc", "zarr"].map { try ArrayFile.open("\(folder.path)/out/series.\($0)") }
    for name in ["east_displacement", "north_displacement_sigma", "vx", "errory", "mid_date_bounds"] {
      #expect(try cubes[0].floats(name) == cubes[1].floats(name), "\(name)")
    }
    let bounds = try cubes[0].doubles("mid_date_bounds"), first = try cubes[0].doubles("date1")
    let last = try cubes[0].doubles("date2")
    #expect(bounds == zip(first, last).flatMap { [$0, $1] })
    #expect(cubes[0]["mid_date"]?.text("bounds") == "mid_date_bounds")
    #expect(cubes[0]["vx"]?.text("cell_methods") == "mid_date: mean")
    #expect(cubes[0]["vx"]?.text("ancillary_variables") == "errorx" && cubes[0].text("source_sha256")?.count == 64)
    #expect(try scratch.invert(["--cube", "zarr"]).code == 0)
    #expect(!folder.has("out/series.nc") && folder.has("out/series.zarr/.zmetadata"))
    let place = ["series", "out", "--at", "400200,5099900"]
    #expect(try OgiveTool.run(place, in: folder.path).code == 0)
    #expect(try scratch.invert(["--cube", "none"]).code == 0)
    #expect(!folder.has("out/series.zarr"))
    let missing = try OgiveTool.run(place, in: folder.path)
    #expect(missing.code == 1 && missing.errors.contains("run without --cube none"), "\(missing)")
  }

  @Test("misclosures in pairs.csv and dates.csv are those of the rasters, worked out a second time")
  func misclosures() throws {
    #expect(
      try scratch.invert([
        "--method", "network", "--weighting", "none", "--norm", "least-squares", "--minimum-pairs", "2",
      ]).code == 0)
    func day(_ index: Int) -> String {
      let text = PairScratch.dates[index]
      return "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
    }
    // East and north together, as in the tables.
    func squares(_ first: Int, _ second: Int, years: Double) throws -> (sum: Double, count: Int) {
      var sum = 0.0, count = 0
      for (component, short) in [("east", "vx"), ("north", "vy")] {
        let low = try scratch.values("out/products/dates/\(component)-displacement-\(day(first)).tif")
        let high = try scratch.values("out/products/dates/\(component)-displacement-\(day(second)).tif")
        for (cell, value) in try scratch.values(PairScratch.name(first, second, short)).enumerated() {
          let residual = Double(value) * years - Double(high[cell] - low[cell])
          sum += residual * residual
          count += 1
        }
      }
      return (sum, count)
    }
    var dates = Array(repeating: (sum: 0.0, count: 0), count: PairScratch.dates.count)
    for row in scratch.table("out/pairs.csv") {
      let first = try #require(PairScratch.dates.indices.first { day($0) == row[0] })
      let second = try #require(PairScratch.dates.indices.first { day($0) == row[1] })
      let own = try squares(first, second, years: (Double(row[3]) ?? .nan) / 365.25)
      let expected = (own.sum / Double(own.count)).squareRoot()
      #expect(abs((Double(row[6]) ?? .nan) - expected) < 2e-4 && expected > 0.001, "\(row)")
      for date in [first, second] { dates[date] = (dates[date].sum + own.sum, dates[date].count + own.count) }
    }
    for (row, own) in zip(scratch.table("out/dates.csv"), dates) {
      #expect(abs((Double(row[2]) ?? .nan) - (own.sum / Double(own.count)).squareRoot()) < 2e-4, "\(row)")
    }
  }

  @Test(
    "every weighting gives the motion, and correlations take away the weight of what they say is bad",
    arguments: ["none", "inverse-variance", "correlation", "short-separation", "long-separation"])
  func weightings(weighting: String) throws {
    let bad = try PairScratch(wrong: 100)
    for first in PairScratch.dates.indices {
      for second in PairScratch.dates.indices.dropFirst(first + 1) where PairScratch.isWhole(first, second) {
        let isBad = first == 2 && second == 4
        try bad.raster(PairScratch.name(first, second, "ncc"), isBad ? 0.001 : 0.9, unit: "")
        for component in ["vx", "vy"] {
          try bad.raster(PairScratch.name(first, second, "\(component)_error"), isBad ? 1000 : 2)
        }
      }
    }
    let words = ["--method", "network", "--norm", "least-squares", "--minimum-pairs", "2", "--weighting", weighting]
    let outcome = try bad.invert(words)
    #expect(outcome.code == 0, "\(outcome)")
    let east = try bad.values("out/products/dates/east-displacement-2020-02-18.tif").map(Double.init)
    let mean = east.reduce(0, +) / Double(east.count), truth = 60.0 * 48 / 365.25
    let isTold = ["inverse-variance", "correlation"].contains(weighting)
    #expect((abs(mean - truth) < 0.15) == isTold, "\(mean) m in place of \(truth)")
    guard weighting == "correlation" else { return }
    let none = try scratch.invert(words)
    #expect(none.code == 1 && none.errors.contains("has no correlations beside its pairs"), "\(none)")
    #expect(!folder.has("out"))
  }

  @Test(
    "a stack is inverted as its last stage, and by the correlations of its pairs; one pair is too few, and said so")
  func stack() throws {
    let stack = try StackScratch(days: [1, 6, 11, 16], rows: 64, columns: 96)
    let whole = try stack.run(["--out", "out", "--quiet", "--invert"])
    #expect(whole.code == 0 && stack.folder.has("out/series/series.nc"), "\(whole)")
    let words = ["--pixel-size", "10", "--minimum-pairs", "2", "--method", "network", "--weighting", "correlation"]
    let outcome = try OgiveTool.run(["invert", "out", "--out", "again", "--quiet"] + words, in: stack.folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    let image = try RasterImage.open("\(stack.folder.path)/again/products/east-velocity.tif")
    let east = try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns)).cells
    let middle = Double(median(east.filter(\.isFinite)))
    #expect(abs(middle / (StackScratch.right * 3652.5) - 1) < 0.05, "\(middle) m/yr")
    let few = try StackScratch(days: [1, 6], rows: 64, columns: 96)
    let none = try few.run(["--out", "out", "--quiet", "--invert"])
    #expect(none.code == 3 && none.errors.contains("no pixel has a series: 4 pairs are asked for"), "\(none)")
    #expect(few.folder.has("out/report.html") && few.folder.has("out/config.lock.json"))
  }
}
