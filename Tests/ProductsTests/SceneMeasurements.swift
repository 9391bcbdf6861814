// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import Products
import RasterIO
import TestSupport
import Testing

/// The figures of `docs/results/scenes.md`. Not a check: run only when `OGIVE_MEASURE` names a folder for the pictures.
@Suite(
  "Measurements of scenes on a grid",
  .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to a folder"),
  .serialized)
struct SceneMeasurements {
  private let folder = ProcessInfo.processInfo.environment["OGIVE_MEASURE"] ?? "."

  @Test("Perito Moreno: cloud weights of 15 dates", .enabled(if: SharedData.file("perito_moreno_s2") != nil))
  func peritoMoreno() throws {
    let data = try #require(SharedData.file("perito_moreno_s2")).path
    var options = SceneFinder.Options()
    options.bandNames = [.nir, .red, .green]
    let stack = try SceneStack(SceneFinder(options).find([data]).scenes, band: .red)
    let glacier = try RasterImage.open("\(data)/mask.jpg", band: 1).read(stack.grid.window).map { $0 > 128 }
    // The lower tongue, east of column 1100, with the calving front.
    let isTongue = Grid(
      rows: glacier.rows, columns: glacier.columns,
      cells: glacier.cells.indices.map { glacier.cells[$0] && $0 % glacier.columns > 1100 })
    let clouds = try StackClouds(
      stack.passes, bands: StackClouds.bands(of: stack.passes, matched: .red), grid: stack.grid)
    let start = ContinuousClock.now
    let weights = try clouds.read(stack.grid.window, threads: 2)
    print("bands \(clouds.bands.map(\.rawValue)), \(weights.count) dates, \(ContinuousClock.now - start)")
    print("| date | mean weight, glacier | tongue | glacier under cloud (weight < 0.25) | uncertain |")
    for (pass, weight) in zip(stack.passes, weights) {
      func mean(_ mask: Mask) -> Double {
        let values = zip(weight.cells, mask.cells).filter { $0.1 && !$0.0.isNaN }.map { Double($0.0) }
        return values.reduce(0, +) / Double(max(1, values.count))
      }
      let classes = zip(TemporalClouds.certainty(weight).cells, glacier.cells).filter(\.1).map(\.0)
      func share(_ kind: CloudCertainty) -> String {
        let all = classes.count { $0 != .null }
        return "\(Int((100 * Double(classes.count { $0 == kind }) / Double(max(1, all))).rounded())) %"
      }
      func two(_ value: Double) -> String { String(format: "%.2f", value) }
      print(
        "| \(pass.date.day) | \(two(mean(glacier))) | \(two(mean(isTongue))) | \(share(.cloud)) | \(share(.uncertain)) |"
      )
      try PNG.write(
        weight.map { $0.isNaN ? UInt8(60) : UInt8(255 * $0) }, to: "\(folder)/weight_\(pass.date.day).png")
    }
  }

  @Test("speed of reading a pass on its own grid and on another")
  func speed() throws {
    let scratch = Scratch()
    let texture = Grid(
      rows: 2048, columns: 2048,
      cells: (0..<2048 * 2048).map { (index: Int) -> Float in Float(index &* 7919 % 4001 + 1) })
    try scratch.tiff("20200101.tif", texture, at: northUp(680_000, 4_880_000, side: 10), type: .uint16)
    let pass = ScenePass([try scratch.scene("20200101.tif")])
    let crs = try CRS("EPSG:32631")
    let zone = Georeference(
      name: "zone", rows: 1, columns: 1, transform: northUp(200_000, 4_880_000, side: 10), crs: try CRS("EPSG:32632"))
    let own = Georeference(
      name: "own", rows: 1500, columns: 1500, transform: northUp(681_000, 4_879_000, side: 10), crs: crs)
    let box = try #require(try zone.pixels(in: own.extent, of: crs))
    let grids = [
      ("copied", SceneGrid(own)),
      ("next zone", SceneGrid(zone).cropped(to: box)), ("three times coarser", SceneGrid(own).coarsened(by: 3)),
    ]
    for (name, grid) in grids {
      let image = try PassImage(pass, band: .grey, grid: grid)
      var least = Double.infinity
      for _ in 0..<3 {
        let start = clock()
        _ = try image.read(grid.window)
        least = min(least, Double(clock() - start) / Double(CLOCKS_PER_SEC))
      }
      print(
        "\(name): \((1e10 * least / Double(grid.rows * grid.columns)).rounded() / 10) ns of processor time a pixel")
    }
  }
}
