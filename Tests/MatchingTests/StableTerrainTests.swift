// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Simulation
import Testing

@Suite("Stable terrain")
struct StableTerrainTests {
  static func normal(_ rows: Int, _ columns: Int, _ sigma: Float, _ bias: Float, seed: UInt64) -> Grid<Float> {
    var random = SeededRandom(seed: seed)
    return Grid(
      rows: rows, columns: columns,
      cells: (0..<rows * columns).map { _ in bias + sigma * Float(random.normalPair().0) })
  }

  static func all(_ grid: Grid<Float>) -> Mask { grid.map { _ in true } }

  @Test("equals a NumPy evaluation of GLAFT's definition on 3000 formula points within 1e-6")
  func glaft() {
    func part(_ i: Int, _ a: Int, _ m: Int) -> Double { Double((i * a) % m) / Double(m) }
    var x: [Float] = [], y: [Float] = []
    for i in 0..<3000 {
      let u = part(i, 7919, 1009) + part(i, 104_729, 2003) + part(i, 611_953, 3001) - 1.5
      let v = part(i, 15_485_863, 1013) + part(i, 32_452_843, 2011) + part(i, 49_979_687, 3011) - 1.5
      x.append(Float(u * 0.2 + 0.05 + (i % 20 == 0 ? 3 : 0)))
      y.append(Float(v * 0.3 - 0.1))
    }
    let field = OffsetGrids(
      dx: Grid(rows: 30, columns: 100, cells: x), dy: Grid(rows: 30, columns: 100, cells: y))
    let s = StableTerrain().statistics(field, isStable: Self.all(field.dx))!
    #expect(s.count == 3000)
    for (ours, theirs) in zip(
      [s.spreadX, s.spreadY, s.peakX, s.peakY, s.outliers, s.bandwidth, s.medianX, s.medianY, s.nmadX, s.nmadY],
      [
        0.24652375394317894, 0.34513325552045054, 0.0464148254896658, -0.0911873410341204, 0.06833333333333333,
        0.184044905725021, 0.056275775647392924, -0.10104829119184765, 0.11001489918893993, 0.16244842080581448,
      ])
    { #expect(abs(ours - theirs) < 1e-6) }
  }

  @Test("normal errors: NMAD, bias and calibration factor are right within 3 %, and the peak within half a sigma")
  func normalErrors() {
    let dx = Self.normal(100, 100, 0.05, 0.2, seed: 1), dy = Self.normal(100, 100, 0.08, -0.1, seed: 2)
    let claimed = dx.map { _ in Float(0.04) }
    let s = StableTerrain().statistics(
      OffsetGrids(dx: dx, dy: dy, dxSigma: claimed, dySigma: claimed), isStable: Self.all(dx))!
    #expect(abs(s.nmadX / 0.05 - 1) < 0.03 && abs(s.nmadY / 0.08 - 1) < 0.03)
    #expect(abs(s.medianX - 0.2) < 0.002 && abs(s.medianY + 0.1) < 0.003)
    #expect(abs(s.peakX - 0.2) < 0.025 && abs(s.peakY + 0.1) < 0.04)
    let c = s.calibration!
    #expect(abs(c.factorX / 1.25 - 1) < 0.03 && abs(c.factorY / 2 - 1) < 0.03)
    #expect(abs(c.rootMeanSquareX / 1.25 - 1) < 0.03)
    // Within 0.8 sigma lie 57.6 %, within 0.5 sigma 38.3 %.
    #expect(abs(c.coverage68 - 0.480) < 0.02)
  }

  @Test("10 % outliers move the calibration factor by less than 20 %, and are counted within 4 %")
  func outliers() {
    var dx = Self.normal(100, 100, 0.05, 0, seed: 3), dy = Self.normal(100, 100, 0.05, 0, seed: 4)
    for i in stride(from: 0, to: 10_000, by: 10) {
      dx.cells[i] += 2
      dy.cells[i] -= 1
    }
    let claimed = dx.map { _ in Float(0.05) }
    let s = StableTerrain().statistics(
      OffsetGrids(dx: dx, dy: dy, dxSigma: claimed, dySigma: claimed), isStable: Self.all(dx))!
    #expect(abs(s.calibration!.factorX - 1) < 0.2)
    #expect(abs(s.outliers - 0.1) < 0.04)
  }

  @Test("too few points give nothing, equal points a spread of zero")
  func degenerate() {
    let dx = Grid<Float>(rows: 5, columns: 10, filledWith: 0.3)
    let field = OffsetGrids(dx: dx, dy: dx)
    #expect(StableTerrain().statistics(field, isStable: dx.map { _ in false }) == nil)
    let s = StableTerrain().statistics(field, isStable: Self.all(dx))!
    #expect(s.spreadX == 0 && s.peakX == Double(Float(0.3)) && s.outliers == 0)
  }

  @Test("without stable ground, closure finds the error of both directions within 4 %")
  func withoutStableGround() {
    // At a spacing far above the offsets the way back is read at almost the same point.
    let back = OffsetGrids(dx: Self.normal(100, 100, 0.05, -1, seed: 7), dy: Self.normal(100, 100, 0.05, 1, seed: 8))
    let there = OffsetGrids(
      dx: Self.normal(100, 100, 0.05, 1, seed: 9), dy: Self.normal(100, 100, 0.05, -1, seed: 10))
    let level = StableTerrain.closureLevel(forward: there, backward: back, spacing: 1e6)!
    #expect(abs(level.x / 0.05 - 1) < 0.04 && abs(level.y / 0.05 - 1) < 0.04)
    #expect(level.calibration == nil)
  }
}
