// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite(
  "The command simulate", .enabled(if: OgiveTool.hasCommand("simulate"), "needs a tool with the command 'simulate'"))
struct SimulateCommandTests {
  private let folder: RunScratch

  init() throws { folder = try RunScratch() }

  private func simulate(
    _ words: [String], interruptAfter: Double? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try OgiveTool.run(["simulate"] + words, in: folder.path, interruptAfter: interruptAfter)
    #expect(outcome.code == 0, "\(outcome)", sourceLocation: sourceLocation)
  }

  private func read(_ name: String) throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder.path)/\(name)")
    return try image.read(image.window)
  }

  static let names =
    ["reference", "secondary", "truth_dx", "truth_dy", "truth_dx_dx", "truth_dx_dy", "truth_dy_dx", "truth_dy_dy"]
    + ["strain_longitudinal", "strain_transverse", "strain_shear", "strain_vertical", "rotation"].map {
      "truth_" + $0
    }

  @Test("moves ground by what the truth says: a slip of 8 px, grey values within 0.05")
  func motion() throws {
    try folder.put("a.pgm", TestImage.texture(rows: 120, columns: 140))
    try simulate([
      "a.pgm", "--out", "t", "--field", "fault", "--locking-depth", "0", "--direction", "90", "--noise-variance", "0",
      "--maximum-displacement", "4", "--grey-type", "float",
    ])
    let (a, b) = (try read("t/reference.tif"), try read("t/secondary.tif"))
    let (dx, dy) = (try read("t/truth_dx.tif"), try read("t/truth_dy.tif"))
    for row in [10, 40, 80, 110] {
      let slip = row > 59 ? 4 : -4
      #expect(abs(dx[row, 70] - Float(slip)) < 1e-5 && abs(dy[row, 70]) < 1e-5)
      for column in 20..<120 { #expect(abs(b[row, column + slip] - a[row, column]) < 0.05) }
    }
  }

  @Test("writes gradients that are the differences of the offsets, within 2e-4, and a strain of the same trace")
  func gradients() throws {
    try simulate(["texture", "--out", "t", "--rows", "128", "--columns", "160", "--field", "glacier"])
    for name in Self.names { #expect(folder.has("t/\(name).tif"), "\(name)") }
    let (dx, dy) = (try read("t/truth_dx.tif"), try read("t/truth_dy.tif"))
    let xx = try read("t/truth_dx_dx.tif"), xy = try read("t/truth_dx_dy.tif")
    let yx = try read("t/truth_dy_dx.tif"), yy = try read("t/truth_dy_dy.tif")
    let along = try read("t/truth_strain_longitudinal.tif"), across = try read("t/truth_strain_transverse.tif")
    let up = try read("t/truth_strain_vertical.tif"), turn = try read("t/truth_rotation.tif")
    // The middle of the glacier, away from the jump of the gradient at its margins.
    for (row, column) in [(60, 70), (64, 80), (70, 95)] {
      #expect(abs(xx[row, column] - (dx[row, column + 1] - dx[row, column - 1]) / 2) < 2e-4)
      #expect(abs(xy[row, column] - (dx[row + 1, column] - dx[row - 1, column]) / 2) < 2e-4)
      #expect(abs(yx[row, column] - (dy[row, column + 1] - dy[row, column - 1]) / 2) < 2e-4)
      #expect(abs(yy[row, column] - (dy[row + 1, column] - dy[row - 1, column]) / 2) < 2e-4)
      let trace = xx[row, column] + yy[row, column]
      #expect(abs(along[row, column] + across[row, column] - trace) < 1e-6)
      #expect(abs(up[row, column] + trace) < 1e-6)
      // Rows go down and north goes up: dNorth/dEast = -dy_dx, dEast/dNorth = -dx_dy.
      #expect(abs(turn[row, column] - (xy[row, column] - yx[row, column]) / 2) < 1e-6)
    }
  }

  @Test("gives the same bytes for the same seed, whatever the tiles and threads, and others for another seed")
  func reproducible() throws {
    let common = ["texture", "--rows", "150", "--columns", "170", "--field", "landslide"]
    try simulate(common + ["--out", "a", "--seed", "3"])
    try simulate(common + ["--out", "b", "--seed", "3", "--tile-size", "37", "--threads", "3"])
    try simulate(common + ["--out", "c", "--seed", "4"])
    for name in Self.names.map({ $0 + ".tif" }) + ["simulation.json"] {
      let first = try #require(folder.data("a/\(name)"))
      #expect(first == folder.data("b/\(name)"), "\(name) differs")
    }
    #expect(folder.data("a/reference.tif") != folder.data("c/reference.tif"))
    #expect(folder.data("a/truth_dx.tif") == folder.data("c/truth_dx.tif"))
  }

  @Test("is repeated by its own simulation.json, byte for byte")
  func jobFile() throws {
    try simulate(["texture", "--out", "a", "--rows", "80", "--columns", "90", "--field", "affine", "--seed", "9"])
    try simulate(["--config", "a/simulation.json", "--out", "b"])
    for name in ["secondary.tif", "truth_dy.tif", "simulation.json"] {
      #expect(folder.data("a/\(name)") == folder.data("b/\(name)"), "\(name) differs")
    }
  }

  @Test("keeps type, CRS, place of the cut-out and missing pixels of a file, and makes no valid pixel missing")
  func place() throws {
    let crs = try CRS("EPSG:32633")
    let transform = GeoTransform(originEast: 400_000, originNorth: 5_000_000, eastPerColumn: 10, northPerRow: -10)
    var layout = RasterLayout(rows: 200, columns: 220, type: .uint16, transform: transform, crs: crs)
    layout.nodata = 0
    var grid = Grid<Float>(rows: 200, columns: 220, filledWith: 0)
    // A dark texture whose noise often falls to zero and below.
    for row in 0..<200 {
      for column in 0..<220 { grid[row, column] = Float(1 + (row * 7919 + column * 104_729) % 5) }
    }
    for row in 90..<110 { for column in 90..<110 { grid[row, column] = .nan } }
    let writer = try RasterWriter.create("\(folder.path)/a.tif", layout)
    try writer.write(grid)
    try writer.finish()
    try simulate([
      "a.tif", "--out", "t", "--area", "400300,4998400,401900,4999800", "--noise-variance", "4", "--source-blur", "0",
    ])
    let image = try RasterImage.open("\(folder.path)/t/reference.tif")
    #expect(image.info.dataType == .uint16 && image.info.nodata == 0)
    #expect(image.info.crs?.code == "EPSG:32633")
    #expect(image.rows == 140 && image.columns == 160)
    #expect(image.info.transform?.originEast == 400_300 && image.info.transform?.originNorth == 4_999_800)
    let pixels = try image.read(image.window)
    #expect(pixels.cells.count(where: \.isNaN) == 400)
    #expect(pixels[70, 60].isNaN && pixels[70, 79].isNaN && !pixels[69, 60].isNaN && !pixels[70, 59].isNaN)
  }
}
