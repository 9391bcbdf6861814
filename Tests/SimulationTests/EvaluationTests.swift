// SPDX-License-Identifier: Apache-2.0
import Grids
import Simulation
import Testing

@Suite("Evaluation against truth")
struct EvaluationTests {
  static func grid(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Double) -> Grid<Float> {
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
    for r in 0..<rows { for c in 0..<columns { out[r, c] = Float(value(r, c)) } }
    return out
  }

  /// Made-up rasters that a Python script wrote with the same formulas and scored with the project's scoring script.
  static let truth = (
    dx: grid(60, 70) { Double(($0 * 37 + $1 * 101) % 113) / 40 - 1 },
    dy: grid(60, 70) { Double(($0 * 53 + $1 * 29) % 97) / 30 - 1.5 }
  )
  static let lattice = Lattice(row: 3.25, column: 5.5, spacing: 4, rows: 13, columns: 15)

  static func evaluate(margin: Double) -> Evaluation {
    var dx = grid(13, 15) { Double(($0 * 17 + $1 * 31) % 61) / 50 - 0.6 }
    var dy = grid(13, 15) { Double(($0 * 23 + $1 * 7) % 59) / 45 - 0.7 }
    (dx[2, 3], dy[5, 5], dx[7, 7]) = (.nan, .nan, 9)
    var sx = grid(13, 15) { 0.5 + Double(($0 * 3 + $1) % 7) / 7 }
    let sy = grid(13, 15) { 0.4 + Double(($0 + $1 * 5) % 9) / 9 }
    sx[4, 4] = .nan
    return Evaluation(
      dx: Comparison(measured: dx, truth: lattice.sampled(truth.dx), sigma: sx),
      dy: Comparison(measured: dy, truth: lattice.sampled(truth.dy), sigma: sy),
      isInside: lattice.inside(height: 60, width: 70, margin: margin))
  }

  @Test(
    "equals the scoring script on made-up rasters within 1e-6",
    arguments: [
      (
        0.0, 195,
        [
          0.9897435897435898, 0.5479402344485678, 0.7651187604910774, 0.864996284913125, -0.3599449493994676,
          -0.15952792123365434, 0.34196891191709844, 1.1893431196747375, 0.7974025974025974, 0.9662337662337662,
        ]
      ),
      (
        8.0, 130,
        [
          0.9846153846153847, 0.5676635743730003, 0.8189070036433591, 0.893867663271289, -0.33360840026580263,
          -0.15449218622234184, 0.328125, 1.318165431725044, 0.8, 0.9647058823529412,
        ]
      ),
    ])
  func scoringScript(margin: Double, points: Int, expected: [Double]) {
    let e = Self.evaluate(margin: margin)
    #expect(e.points == points)
    let ours = [
      e.valid, e.both.meanAbsolute, e.both.rootMeanSquare, e.meanVector, e.dx.bias, e.dy.bias, e.beyondOnePixel,
      e.both.ratio, e.both.coverage68, e.both.coverage95,
    ]
    for (a, b) in zip(ours, expected) { #expect(abs(a - b) < 1e-6) }
    #expect(e.rows.map(\.name).prefix(3) == ["points", "valid", "mae"])
  }

  @Test("perfect measurements have no error; nothing measured gives no numbers but a valid share of 0")
  func extremes() {
    let exact = Self.lattice.sampled(Self.truth.dx)
    let all = Mask(rows: 13, columns: 15, filledWith: true)
    let c = Comparison(measured: exact, truth: exact)
    var e = Evaluation(dx: c, dy: c, isInside: all)
    #expect(e.valid == 1 && e.meanVector == 0 && e.both.rootMeanSquare == 0 && e.both.ratio.isNaN)
    let nothing = Comparison(measured: exact.map { _ in .nan }, truth: exact)
    e = Evaluation(dx: nothing, dy: c, isInside: all)
    #expect(e.valid == 0 && e.meanVector.isNaN && e.dy.count == 0)
    #expect(e.rows.map(\.name) == ["points", "valid"])
  }

  @Test("other quantities are summed up over all their components")
  func others() {
    let zero = Self.grid(2, 2) { _, _ in 0 }, one = Self.grid(2, 2) { _, _ in 1 }, two = Self.grid(2, 2) { _, _ in 3 }
    let all = Mask(rows: 2, columns: 2, filledWith: true)
    let c = Comparison(measured: zero, truth: zero)
    var e = Evaluation(dx: c, dy: c, isInside: all)
    e.add(
      "strain", unit: "1",
      [Comparison(measured: one, truth: zero, sigma: one), Comparison(measured: zero, truth: two, sigma: one)],
      isInside: all)
    #expect(e.others[0].summary.meanAbsolute == 2 && e.others[0].summary.bias == -1)
    #expect(e.others[0].summary.ratio == 5.0.squareRoot() && e.others[0].summary.coverage68 == 0.5)
    let row = e.rows.first { $0.name == "strain_rmse" }
    #expect(row?.value == 5.0.squareRoot())
  }

  @Test("a part of the truth gives the same samples as the whole raster")
  func part() {
    let lattice = Lattice(row: 20.5, column: 30.25, spacing: 3, rows: 5, columns: 6)
    let part = Self.truth.dx.cropped(to: Window(row: 18, column: 28, rows: 20, columns: 25))
    #expect(lattice.sampled(part, origin: (18, 28)) == lattice.sampled(Self.truth.dx))
  }
}
