// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

@Suite("Rank flow")
struct RankFlowTests {
  static let waves = DenseAccuracyTests.Waves(seed: 5)

  static func image(_ side: Int, dx: Double = 0, dy: Double = 0) -> Grid<Float> {
    waves.image(side: side, border: 0, shift: (dx, dy))
  }

  static func parameters(_ radii: [Int], levels: Int = 3, iterations: Int = 5) -> RankFlow.Parameters {
    var out = RankFlow.Parameters()
    out.radii = radii
    out.levels = levels
    out.iterations = iterations
    return out
  }

  /// Mean of dx − truth and dy − truth, and mean absolute error, inside a margin.
  static func errors(_ field: RankFlow.Field, dx: Double, dy: Double, margin: Int) -> (
    biasX: Double, biasY: Double, mean: Double, measured: Double
  ) {
    var x = 0.0, y = 0.0, sum = 0.0, count = 0.0, total = 0.0
    for row in margin..<field.dx.rows - margin {
      for column in margin..<field.dx.columns - margin {
        total += 1
        guard field.flags[row, column] == .measured else { continue }
        let ex = Double(field.dx[row, column]) - dx, ey = Double(field.dy[row, column]) - dy
        (x, y, sum, count) = (x + ex, y + ey, sum + abs(ex) + abs(ey), count + 1)
      }
    }
    return (x / count, y / count, sum / count / 2, count / total)
  }

  @Test(
    "exact shifts come back with a bias below 0.005 px and a mean error below 0.02 px",
    arguments: [0, 0.2, 0.35, 0.5, 0.8, 1.7])
  func shifts(shift: Double) {
    let field = RankFlow.match(
      reference: Self.image(160), secondary: Self.image(160, dx: shift, dy: 0.6 - shift),
      parameters: Self.parameters([16, 8]))
    let e = Self.errors(field, dx: shift, dy: 0.6 - shift, margin: 20)
    #expect(e.measured == 1)
    #expect(abs(e.biasX) < 0.005 && abs(e.biasY) < 0.005, "bias \(e.biasX), \(e.biasY)")
    #expect(e.mean < 0.02, "mean error \(e.mean)")
  }

  @Test("no motion is found as none, at every pixel of the image")
  func still() {
    let field = RankFlow.match(
      reference: Self.image(96), secondary: Self.image(96), parameters: Self.parameters([8, 4]))
    #expect(field.flags.cells.allSatisfy { $0 == .measured })
    #expect(field.dx.cells.allSatisfy { abs($0) < 1e-3 } && field.dy.cells.allSatisfy { abs($0) < 1e-3 })
    #expect(field.ncc.cells.allSatisfy { $0 > 0.999 })
  }

  @Test("ten pixels of motion are found over four resolutions within 0.03 px, and not over one")
  func large() {
    let reference = Self.image(256), secondary = Self.image(256, dx: 9.4, dy: -3.7)
    let found = RankFlow.match(
      reference: reference, secondary: secondary, parameters: Self.parameters([12, 8], levels: 4))
    #expect(Self.errors(found, dx: 9.4, dy: -3.7, margin: 40).mean < 0.03)
    let lost = RankFlow.match(
      reference: reference, secondary: secondary, parameters: Self.parameters([12, 8], levels: 1))
    #expect(Self.errors(lost, dx: 9.4, dy: -3.7, margin: 40).mean > 1)
  }

  @Test("an inverted image with its brightness bent is followed when inversion is allowed, and only then")
  func inverted() {
    let shift = (dx: 1.3, dy: -0.6)
    let moved = Self.image(160, dx: shift.dx, dy: shift.dy)
    let low = moved.cells.min() ?? 0, high = moved.cells.max() ?? 1
    let secondary = moved.map { 1000 * pow(1 - ($0 - low) / (high - low), 2.2) }
    var parameters = Self.parameters([16, 8])
    parameters.contrastInversion = true
    let field = RankFlow.match(reference: Self.image(160), secondary: secondary, parameters: parameters)
    let e = Self.errors(field, dx: shift.dx, dy: shift.dy, margin: 24)
    #expect(e.mean < 0.02, "mean error \(e.mean)")
    let inner = Window(row: 24, column: 24, rows: 112, columns: 112)
    #expect(field.isInverted.cropped(to: inner).cells.allSatisfy { $0 })
    #expect(field.ncc.cropped(to: inner).cells.allSatisfy { $0 > 0.8 })
    parameters.contrastInversion = false
    let plain = RankFlow.match(reference: Self.image(160), secondary: secondary, parameters: parameters)
    #expect(Self.errors(plain, dx: shift.dx, dy: shift.dy, margin: 24).mean > 0.3)
  }

  @Test("where half of the image is inverted, each half takes its own sign")
  func halfInverted() {
    var secondary = Self.image(192, dx: 0.7, dy: 0.4)
    for row in 0..<192 { for column in 96..<192 { secondary[row, column] *= -1 } }
    var parameters = Self.parameters([16, 8], levels: 2)
    parameters.contrastInversion = true
    let field = RankFlow.match(reference: Self.image(192), secondary: secondary, parameters: parameters)
    for row in stride(from: 24, to: 168, by: 3) {
      for column in stride(from: 24, to: 168, by: 3) where abs(column - 96) > 30 {
        #expect(field.isInverted[row, column] == (column > 96))
        #expect(abs(field.dx[row, column] - 0.7) < 0.1 && abs(field.dy[row, column] - 0.4) < 0.1)
      }
    }
  }

  @Test("contrast that changes from field to field is followed by windows larger than the fields")
  func invertedFields() {
    let shift = (dx: 1.1, dy: -0.6), side = 240, field = 24
    var secondary = Self.image(side, dx: shift.dx, dy: shift.dy)
    for row in 0..<side {
      for column in 0..<side where (row / field + column / field) % 2 == 1 { secondary[row, column] *= -1 }
    }
    var parameters = Self.parameters([32, 24], levels: 2)
    parameters.contrastInversion = true
    let found = RankFlow.match(reference: Self.image(side), secondary: secondary, parameters: parameters)
    let e = Self.errors(found, dx: shift.dx, dy: shift.dy, margin: 24)
    #expect(e.measured == 1 && e.mean < 0.1, "mean error \(e.mean)")
  }

  @Test("gain, offset and a rising curve of brightness change no offset by more than 0.03 px")
  func radiometry() {
    let reference = Self.image(128), secondary = Self.image(128, dx: 0.4, dy: 0.3)
    let a = RankFlow.match(reference: reference, secondary: secondary, parameters: Self.parameters([8]))
    let linear = RankFlow.match(
      reference: reference, secondary: secondary.map { 3 * $0 + 4000 }, parameters: Self.parameters([8], levels: 1))
    let plain = RankFlow.match(
      reference: reference, secondary: secondary, parameters: Self.parameters([8], levels: 1))
    #expect(Self.largest(plain, linear) < 2e-3)
    let bent = RankFlow.match(
      reference: reference, secondary: secondary.map { exp(0.02 * $0) }, parameters: Self.parameters([8]))
    #expect(Self.largest(a, bent) < 0.03)
  }

  /// Largest difference of two fields' offsets where both are measured.
  static func largest(_ a: RankFlow.Field, _ b: RankFlow.Field, margin: Int = 16) -> Float {
    var worst: Float = 0
    for row in margin..<a.dx.rows - margin {
      for column in margin..<a.dx.columns - margin {
        worst = max(worst, abs(a.dx[row, column] - b.dx[row, column]), abs(a.dy[row, column] - b.dy[row, column]))
      }
    }
    return worst
  }

  @Test(
    "missing pixels have a reason, their surroundings keep their offsets, and masks that stand still give no zeros")
  func missing() {
    let shift = (dx: 1.2, dy: 0.8)
    var reference = Self.image(192), secondary = Self.image(192, dx: shift.dx, dy: shift.dy)
    for row in 70..<120 {
      for column in 60..<110 { (reference[row, column], secondary[row, column]) = (.nan, .nan) }
    }
    for row in 0..<192 { for column in 150..<192 { secondary[row, column] = .nan } }
    let field = RankFlow.match(reference: reference, secondary: secondary, parameters: Self.parameters([8]))
    #expect(field.flags[90, 80] == .masked && field.dx[90, 80].isNaN && field.dxSigma[90, 80].isNaN)
    #expect(field.flags[90, 170] == .masked && field.flags[30, 40] == .measured)
    for row in 16..<176 {
      for column in 16..<140 where field.flags[row, column] == .measured {
        let e = max(abs(field.dx[row, column] - 1.2), abs(field.dy[row, column] - 0.8))
        #expect(e < 0.25, "error \(e) at \(row), \(column)")
      }
    }
  }

  @Test("images without contrast or without pixels are not measured, and small ones do no harm")
  func empty() {
    let flat = Grid<Float>(rows: 64, columns: 64, filledWith: 7)
    let a = RankFlow.match(reference: flat, secondary: flat, parameters: Self.parameters([8]))
    #expect(a.flags.cells.allSatisfy { $0 == .noTexture } && a.dx.cells.allSatisfy(\.isNaN))
    let none = Grid<Float>(rows: 40, columns: 48, filledWith: .nan)
    let b = RankFlow.match(reference: none, secondary: none, parameters: Self.parameters([8]))
    #expect(b.flags.cells.allSatisfy { $0 == .masked })
    let tiny = RankFlow.match(
      reference: Grid(rows: 3, columns: 2, filledWith: 1), secondary: Grid(rows: 3, columns: 2, filledWith: 1),
      parameters: Self.parameters([16]))
    #expect(tiny.dx.rows == 3 && tiny.dx.columns == 2)
  }

  @Test("any number of threads gives the same bits")
  func threads() {
    let reference = Self.image(200), secondary = Self.image(200, dx: 1.4, dy: 0.3)
    var parameters = Self.parameters([16, 5], iterations: 3)
    parameters.contrastInversion = true
    let one = RankFlow.match(reference: reference, secondary: secondary, parameters: parameters)
    for threads in [2, 3, 7] {
      let many = RankFlow.match(
        reference: reference, secondary: secondary, parameters: parameters, workspace: .init(threads: threads))
      // Bit patterns: NaN, where nothing was measured, equals nothing.
      for layer in [\RankFlow.Field.dx, \.dy, \.dxSigma, \.dySigma, \.ncc] {
        #expect(many[keyPath: layer].map(\.bitPattern) == one[keyPath: layer].map(\.bitPattern))
      }
      #expect(many.flags == one.flags && many.isInverted == one.isInverted)
    }
  }

  @Test("tiles of 64 and 128 px, on two threads, give the offsets of the whole image within 0.005 px")
  func tiles() {
    let reference = Self.image(300), secondary = Self.image(300, dx: 1.4, dy: 0.3)
    let parameters = Self.parameters([12, 6], levels: 3)
    let whole = RankFlow.match(reference: reference, secondary: secondary, parameters: parameters)
    for tile in [64, 128] {
      let parts = RankFlow.match(
        reference: reference, secondary: secondary, parameters: parameters,
        workspace: .init(threads: 2, tile: tile))
      #expect(parts.flags == whole.flags)
      let worst = Self.largest(whole, parts, margin: 4)
      #expect(worst < 0.005, "largest difference \(worst) with tiles of \(tile) px")
    }
  }

  @Test("without ranks, intensities are matched; gain and offset are taken out")
  func intensities() {
    var parameters = Self.parameters([16, 8])
    parameters.rankRadius = 0
    let field = RankFlow.match(
      reference: Self.image(160), secondary: Self.image(160, dx: 1.3, dy: -0.4).map { 0.9 * $0 + 20 },
      parameters: parameters)
    #expect(Self.errors(field, dx: 1.3, dy: -0.4, margin: 20).mean < 0.02)
  }

  @Test("equalised first, an image under uneven light is matched by its intensities within 0.1 px")
  func equalised() {
    var parameters = Self.parameters([16, 8])
    parameters.rankRadius = 0
    var secondary = Self.image(192, dx: 1.1, dy: 0.4)
    for row in 0..<192 { for column in 0..<192 { secondary[row, column] *= 0.3 + 0.01 * Float(column) } }
    func error() -> Double {
      let field = RankFlow.match(reference: Self.image(192), secondary: secondary, parameters: parameters)
      return Self.errors(field, dx: 1.1, dy: 0.4, margin: 24).mean
    }
    let before = error()
    parameters.equalisation = true
    let after = error()
    #expect(after < 0.1 && after < before, "\(before) px, equalised \(after) px")
  }

  @Test("parameters without a window are refused")
  func noRadii() {
    var parameters = RankFlow.Parameters()
    parameters.radii = []
    #expect(throws: (any Error).self) { try parameters.validate() }
  }
}
