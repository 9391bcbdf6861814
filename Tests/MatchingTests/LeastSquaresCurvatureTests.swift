// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

@Suite("Least squares matching: curved motion")
struct LeastSquaresCurvatureTests {
  private static let side = 320
  private static let spacing = 16
  private static let texture = WaveTexture(seed: 31, waves: 30)
  private static let clean = matches(noise: 0)

  /// A smooth bump of motion to the right, px.
  private static func motion(_ x: Double, _ y: Double) -> Double {
    1.5 * exp(-((x - 160) * (x - 160) + (y - 150) * (y - 150)) / (2 * 90 * 90))
  }

  private static func matches(noise: Double) -> Grid<LeastSquaresMatch> {
    // The later image at (x, y) shows what was at (x − u, y), u taken there: a few fixed-point steps.
    let later = texture.image(side) { x, y in
      var source = x
      for _ in 0..<20 { source = x - motion(source, y) }
      return (source, y)
    }
    let points = pointGrid(side, spacing: spacing, margin: 32)
    let matching = LeastSquaresMatching(
      reference: texture.image(side).with(noise: noise, seed: 1), secondary: later.with(noise: noise, seed: 2))
    let found = matching.match(
      at: points, start: points.map { AffineOffset(dx: motion($0.column, $0.row).rounded()) })
    let columns = Int(Double(found.count).squareRoot())
    return Grid(rows: columns, columns: columns, cells: found)
  }

  private static func rms(_ grid: Grid<LeastSquaresMatch>, overSigma: Bool = false) -> Double {
    var sum = 0.0
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        let match = grid[row, column]
        let error = match.offset.dx - motion(Double(32 + column * spacing), Double(32 + row * spacing))
        let sigma = overSigma ? Double(match.covariance.dxSigma) : 1
        sum += error * error / (sigma * sigma)
      }
    }
    return (sum / Double(grid.cells.count)).squareRoot()
  }

  @Test("falls to less than half of the error when the curvature is taken out, without noise")
  func withoutNoise() {
    let plain = Self.clean
    #expect(plain.cells.allSatisfy { $0.flag == .measured })
    let corrected = LeastSquaresMatching.correctingCurvature(plain, spacing: 16, templateWindow: 51)
    #expect(Self.rms(plain) > 0.006)
    #expect(Self.rms(corrected) < Self.rms(plain) / 2)
  }

  @Test("says its errors under noise: RMS of error over sigma is 0.85 ... 1.15, and not more error than before")
  func withNoise() {
    let plain = Self.matches(noise: 6)
    let corrected = LeastSquaresMatching.correctingCurvature(plain, spacing: 16, templateWindow: 51)
    let ratio = Self.rms(corrected, overSigma: true)
    #expect(ratio > 0.85 && ratio < 1.15)
    #expect(Self.rms(corrected) <= Self.rms(plain))
  }

  @Test("leaves a field of uniform strain as it is within 1e-4 px, and missing points missing")
  func uniform() {
    var matches = Self.clean
    for index in matches.cells.indices {
      matches.cells[index].offset = AffineOffset(
        dx: 0.01 * Double(index % matches.columns), dy: 0, dxPerColumn: 0.01 / 16)
    }
    matches[3, 4] = LeastSquaresMatch(flag: .masked)
    let corrected = LeastSquaresMatching.correctingCurvature(matches, spacing: 16, templateWindow: 51)
    #expect(corrected[3, 4].flag == .masked && corrected[3, 4].offset.dx.isNaN)
    for index in matches.cells.indices where matches.cells[index].flag == .measured {
      #expect(abs(corrected.cells[index].offset.dx - matches.cells[index].offset.dx) <= 1e-4)
      #expect(corrected.cells[index].covariance.dxSigma > 0)
    }
  }

  @Test("does nothing to a single point")
  func single() {
    let one = Self.clean.cropped(to: Window(row: 5, column: 5, rows: 1, columns: 1))
    let corrected = LeastSquaresMatching.correctingCurvature(one, spacing: 16, templateWindow: 51)
    #expect(corrected[0, 0].offset == one[0, 0].offset)
  }

  /// Ground that stands still above row 160 and is stretched below, as beside a glacier, px; the bend is 50 px wide.
  private static func margin(_ y: Double) -> Double { 0.5 * log(1 + exp((y - 160) / 12.5)) }

  @Test("knows where the curvature changes: beside a margin error over sigma is 0.7 ... 1.4")
  func margin() {
    let later = Self.texture.image(Self.side) { x, y in (x - Self.margin(y), y) }
    let points = pointGrid(Self.side, spacing: Self.spacing, margin: 32)
    let matching = LeastSquaresMatching(reference: Self.texture.image(Self.side), secondary: later)
    let found = matching.match(at: points, start: points.map { AffineOffset(dx: Self.margin($0.row).rounded()) })
    let side = Int(Double(found.count).squareRoot())
    let plain = Grid(rows: side, columns: side, cells: found)
    let corrected = LeastSquaresMatching.correctingCurvature(plain, spacing: 16, templateWindow: 51)
    var sum = 0.0, count = 0.0, ofGradient = 0.0
    for (point, match) in zip(points, corrected.cells) where match.flag == .measured {
      let error = match.offset.dx - Self.margin(point.row)
      sum += error * error / Double(match.covariance[0, 0])
      let slope = 0.04 / (1 + exp((160 - point.row) / 12.5))
      ofGradient += (match.offset.dxPerRow - slope) * (match.offset.dxPerRow - slope) / Double(match.covariance[2, 2])
      count += 1
    }
    #expect((0.7...1.4).contains((sum / count).squareRoot()))
    #expect((0.7...1.4).contains((ofGradient / count).squareRoot()))
  }

  @Test("a third derivative goes into the covariance of the gradient: h² / 10 of it along, h² / 6 across")
  func thirdDerivatives() {
    let third = 1e-5, half = 25.0
    var matches = Self.clean
    for index in matches.cells.indices {
      let x = Double(index % matches.columns * Self.spacing)
      matches.cells[index].offset = AffineOffset(
        dx: 0, dy: 0, dxPerColumn: third * x * x / 2, dyPerRow: third * x * x / 2)
      matches.cells[index].curvatureResponse = CurvatureResponse()
      matches.cells[index].covariance = AffineCovariance()
      for i in 0..<6 {
        for j in i..<6 { matches.cells[index].covariance[i, j] = i == j ? 1e-18 : 0 }
      }
    }
    let corrected = LeastSquaresMatching.correctingCurvature(matches, spacing: 16, templateWindow: 51)
    let middle = corrected[corrected.rows / 2, corrected.columns / 2].covariance
    let along = third * half * half / 10, across = third * half * half / 6
    #expect(abs(Double(middle[1, 1]) / (along * along) - 1) < 0.01)
    #expect(abs(Double(middle[5, 5]) / (across * across) - 1) < 0.01)
    #expect(abs(Double(middle[1, 5]) / (along * across) - 1) < 0.01)
    #expect(Double(middle[2, 2]) < 1e-15)
  }
}
