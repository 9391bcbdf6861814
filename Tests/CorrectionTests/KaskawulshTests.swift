// SPDX-License-Identifier: Apache-2.0
import Correction
import Foundation
import Grids
import Matching
import RasterIO
import TestSupport
import Testing

/// The figures of the Kaskawulsh pair in `docs/results/corrections.md`.
@Suite("Kaskawulsh velocity pair")
struct KaskawulshTests {
  private static let folder = "glaft_kaskawulsh/doc/demo-data/"

  private struct Pair {
    var field: OffsetGrids
    let bedrock, glacier: Mask

    init() throws {
      func path(_ name: String) throws -> String { try #require(SharedData.file(folder + name)).path }
      let vx = try RasterImage.open(path("20180304-20180405_velo-raw_vx.tif"))
      let vy = try RasterImage.open(path("20180304-20180405_velo-raw_vy.tif"))
      field = OffsetGrids(dx: try vx.read(vx.window), dy: try vy.read(vy.window))
      let place = vx.info.georeference
      bedrock = try MaskSource.open(path("bedrock_V2.shp"), on: place).read(vx.window)
      glacier = try MaskSource.open(path("glacier_V1_Kaskawulsh_s_inwardBuffer600m.shp"), on: place).read(vx.window)
    }

    func count(_ field: OffsetGrids, on mask: Mask) -> Int {
      mask.cells.indices.filter { mask.cells[$0] && field.dx.cells[$0].isFinite && field.dy.cells[$0].isFinite }.count
    }

    /// Plain standard deviation of x on bedrock, which a single wrong vector moves.
    func deviation(_ field: OffsetGrids) -> Double {
      let values = bedrock.cells.indices.filter { bedrock.cells[$0] && field.dx.cells[$0].isFinite }
        .map { Double(field.dx.cells[$0]) }
      let mean = values.reduce(0, +) / Double(values.count)
      return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    }

    func line(_ name: String, _ result: OffsetGrids) -> String {
      let s = StableTerrain().statistics(result, isStable: bedrock)!
      let lost = 1 - Double(count(result, on: glacier)) / Double(count(field, on: glacier))
      func f(_ value: Double) -> String { String(format: "%.3f", value) }
      return
        "| \(name) | \(f(deviation(result))) | \(f(s.nmadX)) | \(f(s.nmadY)) | \(f(s.spreadX)) | \(f(s.spreadY)) | "
        + "\(String(format: "%.2f", 100 * lost)) |"
    }
  }

  @Test(
    "filters bring the standard deviation of x on bedrock to 0.057 m/d and take at most 5 % of the glacier's vectors",
    .enabled(if: SharedData.file(folder) != nil, "needs the shared test data"))
  func bar() throws {
    let pair = try Pair()
    var median = MedianFilter.Parameters()
    // The field is on a mesh of 60 m, several times finer than its windows.
    median.medianStep = 4
    median.medianNoiseLevel = 0.03
    let scene = CorrectionScene(
      field: pair.field, isStable: pair.bedrock, trackDirection: 194, cellSize: 60)
    let filters = CorrectionChain([.filter(MedianFilter(parameters: median))]).applied(to: scene)
    var order = PolynomialCorrection.Parameters()
    order.polynomialOrder = 2
    let chain = CorrectionChain([
      .filter(MedianFilter(parameters: median)), .correction(PolynomialCorrection(parameters: order)),
      .correction(JitterCorrection(parameters: Self.longWaves)),
    ]).applied(to: scene)
    let lines = [
      pair.line("as published", pair.field), pair.line("local median", filters.field),
      pair.line("local median, polynomial of order 2, jitter", chain.field),
    ]
    if ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil { print(lines.joined(separator: "\n")) }
    #expect(pair.deviation(filters.field) <= 0.057)
    #expect(StableTerrain().statistics(chain.field, isStable: pair.bedrock)!.spreadX <= 0.06)
    let before = pair.count(pair.field, on: pair.glacier), after = pair.count(filters.field, on: pair.glacier)
    #expect(Double(before - after) <= 0.05 * Double(before))
  }

  /// Longer than twice the 60 m mesh's windows, shorter than the field.
  private static let longWaves: JitterCorrection.Parameters = {
    var p = JitterCorrection.Parameters()
    p.shortestWave = 1500
    p.longestWave = 12_000
    return p
  }()
}
