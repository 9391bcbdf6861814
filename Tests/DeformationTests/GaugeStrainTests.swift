// SPDX-License-Identifier: Apache-2.0
import Deformation
import Grids
import Simulation
import Testing

@Suite("Strain at a gauge length")
struct GaugeStrainTests {
  func parameters(gauge: Double, window: Double = 0) -> GaugeStrain.Parameters {
    var p = GaugeStrain.Parameters()
    p.gaugeLength = gauge
    p.effectiveWindow = window
    return p
  }

  func plane(_ a: Float, _ b: Float, _ c: Float, spacing: Float, rows: Int = 12, columns: Int = 15) -> Grid<Float> {
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
    for r in 0..<rows {
      for k in 0..<columns { out[r, k] = a + b * spacing * Float(k) + c * spacing * Float(r) }
    }
    return out
  }

  @Test("recovers a plane's gradients to 1e-6 everywhere, around holes and at the border")
  func recoversPlane() {
    var dx = plane(1, 1e-3, -2e-3, spacing: 8), dy = plane(-2, 5e-4, 3e-3, spacing: 8)
    for (r, c) in [(3, 4), (3, 5), (7, 9)] { dx[r, c] = .nan }
    dy[5, 5] = 1000
    var valid = Mask(rows: 12, columns: 15, filledWith: true)
    valid[5, 5] = false
    let ones = dx.map { _ in Float(0.1) }
    var p = parameters(gauge: 40)
    p.minimumShare = 0.2
    let gauge = GaugeStrain(spacing: 8, parameters: p)
    #expect(gauge.margin == 2)
    let g = gauge.gradients(of: MotionField(dx: dx, dy: dy, dxSigma: ones, dySigma: ones), valid: valid)
    var count = 0
    for index in 0..<g.dxPerColumn.cells.count where !g.dxPerColumn.cells[index].isNaN {
      count += 1
      #expect(abs(g.dxPerColumn.cells[index] - 1e-3) < 1e-6)
      #expect(abs(g.dxPerRow.cells[index] + 2e-3) < 1e-6)
      #expect(abs(g.dyPerColumn.cells[index] - 5e-4) < 1e-6)
      #expect(abs(g.dyPerRow.cells[index] - 3e-3) < 1e-6)
    }
    #expect(count == 12 * 15 - 4)
  }

  @Test("too few neighbours, or neighbours on a line, give NaN")
  func tooFew() {
    var dx = plane(0, 1e-3, 0, spacing: 8)
    for r in 0..<12 {
      for c in 0..<15 where r != 6 { dx[r, c] = .nan }
    }
    var p = parameters(gauge: 40)
    p.minimumShare = 0.1
    let g = GaugeStrain(spacing: 8, parameters: p).gradients(of: MotionField(dx: dx, dy: dx))
    let allMissing = g.dxPerColumn.cells.allSatisfy { $0.isNaN }
    #expect(allMissing)
    #expect(g.covariance == nil)
  }

  /// Noise as a matcher with a box window of `window` cells makes it: the mean of white noise in that window.
  func windowNoise(rows: Int, columns: Int, window: Int, random: inout SeededRandom) -> Grid<Float> {
    let white = Grid<Float>(
      rows: rows + window - 1, columns: columns + window - 1,
      cells: (0..<(rows + window - 1) * (columns + window - 1)).map { _ in Float(random.normalPair().0) })
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
    for r in 0..<rows {
      for c in 0..<columns {
        var sum: Float = 0
        for i in 0..<window { for j in 0..<window { sum += white[r + i, c + j] } }
        out[r, c] = sum / Float(window)
      }
    }
    return out
  }

  @Test("sigmas agree with the spread under window noise within 4 %", arguments: [1, 3, 6])
  func correlatedNoise(window: Int) {
    let rows = 160, columns = 160, spacing = 4.0
    var random = SeededRandom(seed: 21)
    let dx = windowNoise(rows: rows, columns: columns, window: window, random: &random)
    let dy = windowNoise(rows: rows, columns: columns, window: window, random: &random)
    let ones = dx.map { _ in Float(1) }
    let gauge = GaugeStrain(
      spacing: spacing, parameters: parameters(gauge: 25, window: spacing * Double(window)))
    let g = gauge.gradients(of: MotionField(dx: dx, dy: dy, dxSigma: ones, dySigma: ones))
    var square = 0.0, count = 0.0
    for r in gauge.margin..<rows - gauge.margin {
      for c in gauge.margin..<columns - gauge.margin {
        for (value, index) in [(g.dxPerColumn[r, c], 0), (g.dxPerRow[r, c], 1), (g.dyPerRow[r, c], 3)] {
          square += Double(value * value) / g.covariance![r, c][index, index]
          count += 1
        }
      }
    }
    let ratio = (square / count).squareRoot()
    #expect(abs(ratio - 1) < 0.04, "spread over sigma is \(ratio)")
  }

  @Test("a field cut into tiles with the margin gives the same bits as the whole")
  func tiles() {
    var random = SeededRandom(seed: 3)
    let dx = windowNoise(rows: 30, columns: 30, window: 2, random: &random)
    let sigma = dx.map { 0.1 + 0.01 * $0 * $0 }
    let gauge = GaugeStrain(spacing: 4, parameters: parameters(gauge: 25, window: 8))
    let whole = gauge.gradients(of: MotionField(dx: dx, dy: dx, dxSigma: sigma, dySigma: sigma))
    let m = gauge.margin, tile = Window(row: 10, column: 12, rows: 9, columns: 8)
    let cut = dx.cropped(to: tile.grown(by: m)), cutSigma = sigma.cropped(to: tile.grown(by: m))
    let part = gauge.gradients(of: MotionField(dx: cut, dy: cut, dxSigma: cutSigma, dySigma: cutSigma))
    let inner = Window(row: m, column: m, rows: 9, columns: 8)
    #expect(part.dxPerRow.cropped(to: inner) == whole.dxPerRow.cropped(to: tile))
    #expect(part.covariance!.cropped(to: inner) == whole.covariance!.cropped(to: tile))
  }
}
