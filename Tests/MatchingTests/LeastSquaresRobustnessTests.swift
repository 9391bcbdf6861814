// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

@Suite("Least squares matching: invariances and missing data")
struct LeastSquaresRobustnessTests {
  private static let texture = WaveTexture(seed: 8)
  private static let truth = AffineOffset(dx: 0.62, dy: -0.27, dxPerColumn: 0.006, dyPerColumn: -0.004)
  private static let reference = texture.image(128)
  private static let secondary = texture.moved(128, by: truth, centre: 64)

  private func match(_ reference: Grid<Float>, _ secondary: Grid<Float>, window: Int = 31) -> LeastSquaresMatch {
    LeastSquaresMatching(reference: reference, secondary: secondary, parameters: parameters(window: window))
      .match(row: 64, column: 64, start: AffineOffset(dx: 1, dy: 0))
  }

  @Test(
    "does not change by more than 5e-4 px with gain and offset",
    arguments: [(1.0, 0.0), (0.5, 40.0), (3.7, -1000), (257, 0), (1e-4, 5e-3), (20, 50_000)])
  func radiometry(gain: Double, offset: Double) {
    let plain = match(Self.reference, Self.secondary)
    let changed = match(Self.reference, Self.secondary.map { Float(gain * Double($0) + offset) })
    #expect(changed.flag == .measured)
    #expect(abs(changed.offset.dx - plain.offset.dx) <= 5e-4)
    #expect(abs(changed.offset.dy - plain.offset.dy) <= 5e-4)
    #expect(abs(changed.gain / gain - 1) <= 0.01)
    // With noise, that sigma has something to say.
    let earlier = Self.reference.with(noise: 2, seed: 1), later = Self.secondary.with(noise: 2, seed: 2)
    let noisy = match(earlier, later)
    let both = match(
      earlier.map { Float(gain * Double($0) + offset) }, later.map { Float(gain * Double($0) + offset) })
    #expect(abs(both.offset.dx - noisy.offset.dx) <= 5e-4)
    #expect(abs(both.covariance.dxSigma / noisy.covariance.dxSigma - 1) <= 0.02)
  }

  @Test("takes negative and dark values like any other")
  func negativeValues() {
    let plain = match(Self.reference, Self.secondary)
    let negative = match(Self.reference.map { $0 - 500 }, Self.secondary.map { $0 - 500 })
    #expect(negative.flag == .measured)
    #expect(abs(negative.offset.dx - plain.offset.dx) <= 1e-4)
  }

  @Test("leaves missing pixels out exactly: a 51 window of which 21 x 21 are left equals a 21 window to 1e-4 px")
  func cutOut() {
    // Gradients of the smoothed reference need 3 px around: beyond 10 + 3 px nothing is left.
    let earlier = Self.reference.with(noise: 2, seed: 1), later = Self.secondary.with(noise: 2, seed: 2)
    var framed = earlier
    for row in 0..<128 {
      for column in 0..<128 where max(abs(row - 64), abs(column - 64)) > 13 {
        framed[row, column] = .nan
      }
    }
    var wide = parameters(window: 51), narrow = parameters(window: 21)
    wide.minimumValidShare = 0.1
    wide.convergence = 1e-5
    narrow.convergence = 1e-5
    let start = AffineOffset(dx: 0.6, dy: -0.3)
    let cut = LeastSquaresMatching(reference: framed, secondary: later, parameters: wide, level: 128)
      .match(row: 64, column: 64, start: start)
    let small = LeastSquaresMatching(
      reference: earlier, secondary: later, parameters: narrow, level: 128
    ).match(row: 64, column: 64, start: start)
    #expect(cut.flag == .measured)
    #expect(abs(cut.offset.dx - small.offset.dx) <= 1e-4)
    #expect(abs(cut.ncc - small.ncc) <= 1e-6)
    // Sigma comes from the residual's correlation too, for which the wide window looks at every second row only.
    #expect(abs(cut.covariance.dxSigma / small.covariance.dxSigma - 1) <= 0.2)
  }

  @Test("is not dragged by masked rock: 0.002 px with, more than 0.02 px without the mask", arguments: [true, false])
  func maskedRock(isInReference: Bool) {
    // The right part of the window shows rock that does not move.
    let rock = WaveTexture(seed: 99)
    var earlier = Self.reference, later = Self.secondary
    for row in 0..<128 {
      for column in 78..<128 {
        earlier[row, column] = Float(rock.value(Double(column), Double(row)))
        later[row, column] = earlier[row, column]
      }
    }
    let dragged = match(earlier, later, window: 41)
    for row in 0..<128 {
      for column in 74..<128 {
        if isInReference {
          earlier[row, column] = .nan
        } else {
          later[row, column] = column % 2 == 0 ? .nan : .infinity
        }
      }
    }
    let clean = match(earlier, later, window: 41)
    #expect(clean.flag == .measured)
    #expect(abs(clean.offset.dx - Self.truth.dx) <= 0.002)
    #expect(abs(clean.offset.dy - Self.truth.dy) <= 0.002)
    #expect(dragged.flag != .measured || abs(dragged.offset.dx - Self.truth.dx) > 0.02)
  }

  @Test("gives the reason: no texture, masked, off image, imprecise, no convergence")
  func reasons() {
    let flat = Grid<Float>(rows: 128, columns: 128, filledWith: 77)
    let missing = Grid<Float>(rows: 128, columns: 128, filledWith: .nan)
    #expect(match(flat, Self.secondary).flag == .noTexture)
    #expect(match(Self.reference, flat).flag == .noTexture)
    #expect(match(missing, Self.secondary).flag == .masked)
    #expect(match(Self.reference, missing).flag == .masked)
    let stripes = Self.texture.image(128) { column, _ in (column, 0) }
    #expect(match(stripes, stripes).flag == .imprecise)
    let other = match(Self.reference, WaveTexture(seed: 1234).image(128))
    #expect(other.flag == .noConvergence || other.flag == .imprecise)
  }

  @Test("flags places and targets outside the image, and bad coordinates")
  func offImage() {
    let matching = LeastSquaresMatching(reference: Self.reference, secondary: Self.secondary)
    #expect(matching.match(row: -5, column: 64).flag == .offImage)
    #expect(matching.match(row: 64, column: 200).flag == .offImage)
    #expect(matching.match(row: 2, column: 2).flag == .offImage)
    #expect(matching.match(row: 64, column: 64, start: AffineOffset(dx: 66, dy: 0)).flag == .offImage)
    #expect(matching.match(row: 64, column: 64, start: AffineOffset(dx: 1e12, dy: 0)).flag == .offImage)
    #expect(matching.match(row: .nan, column: 64).flag == .offImage)
    #expect(matching.match(row: 64, column: 64, start: AffineOffset(dx: .nan)).flag != .measured)
    #expect(matching.match(row: 64, column: 64, start: AffineOffset(dxPerColumn: 1e9)).flag != .measured)
    #expect(matching.match(row: 64, column: 64, start: AffineOffset(dyPerRow: .nan)).flag != .measured)
    #expect(matching.match(row: 64, column: 64, start: AffineOffset(dyPerColumn: -.infinity)).flag != .measured)
    #expect(
      matching.match(row: 64, column: 64, start: AffineOffset(dxPerColumn: 0.9, dyPerRow: -0.9)).flag != .measured)
  }

  @Test("measures beside the border with what is left of the template, within 0.003 px")
  func border() {
    let truth = AffineOffset(dx: 0.3, dy: 0.2)
    let matching = LeastSquaresMatching(
      reference: Self.reference, secondary: Self.texture.moved(128, by: truth, centre: 0),
      parameters: parameters(window: 31))
    let match = matching.match(row: 64, column: 7)
    #expect(match.flag == .measured)
    #expect(abs(match.offset.dx - 0.3) <= 0.003)
  }

  @Test("does not crash on images smaller than the template, down to one pixel", arguments: [1, 2, 3, 7, 20])
  func tinyImages(side: Int) {
    let image = Self.texture.image(side)
    let matching = LeastSquaresMatching(reference: image, secondary: image)
    #expect(matching.match(row: 0, column: 0).flag == .offImage)
  }
}

@Suite("Least squares matching: order of work")
struct LeastSquaresOrderTests {
  private static let texture = WaveTexture(seed: 17)
  private static let reference = texture.image(192).with(noise: 4, seed: 1)
  private static let secondary = texture.moved(
    192, by: AffineOffset(dx: 1.2, dy: -0.7, dxPerColumn: 0.004), centre: 96
  )
  .with(noise: 4, seed: 2)
  private static let points = pointGrid(192, spacing: 8, margin: 24)

  @Test("gives the same bits on one and on three threads")
  func threads() {
    let one = LeastSquaresMatching(reference: Self.reference, secondary: Self.secondary, threads: 1)
    let three = LeastSquaresMatching(reference: Self.reference, secondary: Self.secondary, threads: 3)
    let start = Self.points.map { _ in AffineOffset(dx: 1, dy: -1) }
    let a = one.match(at: Self.points, start: start, threads: 1)
    let b = three.match(at: Self.points, start: start, threads: 3)
    #expect(zip(a, b).allSatisfy { $0.offset.six == $1.offset.six && $0.covariance.dxSigma == $1.covariance.dxSigma })
    let seeds: [AffineOffset?] = Self.points.indices.map { $0 % 40 == 0 ? AffineOffset(dx: 1, dy: -1) : nil }
    let c = one.matchSpreading(over: Self.points, start: seeds, blockSide: 64, threads: 1)
    let d = three.matchSpreading(over: Self.points, start: seeds, blockSide: 64, threads: 3)
    #expect(zip(c, d).allSatisfy { $0.flag == $1.flag && ($0.flag != .measured || $0.offset.six == $1.offset.six) })
  }

  @Test("finds with neighbours' starts what own starts find, within 0.005 px")
  func spreading() {
    let matching = LeastSquaresMatching(reference: Self.reference, secondary: Self.secondary)
    let own = matching.match(at: Self.points, start: Self.points.map { _ in AffineOffset(dx: 1, dy: -1) })
    let seeds: [AffineOffset?] = Self.points.indices.map { $0 == 70 ? AffineOffset(dx: 1, dy: -1) : nil }
    let spread = matching.matchSpreading(over: Self.points, start: seeds, blockSide: 1024)
    #expect(spread.allSatisfy { $0.flag == .measured })
    #expect(zip(own, spread).allSatisfy { abs($0.offset.dx - $1.offset.dx) <= 0.005 })
    let iterations = spread.reduce(0) { $0 + $1.iterations }
    #expect(iterations <= own.reduce(0) { $0 + $1.iterations })
  }

  @Test("gives a block the same bits alone and among others, and a block without a start none")
  func blocks() {
    let matching = LeastSquaresMatching(
      reference: Self.reference, secondary: Self.secondary, parameters: parameters(window: 31), level: 128)
    let seeds: [AffineOffset?] = Self.points.map { $0.row < 128 ? AffineOffset(dx: 1, dy: -1) : nil }
    let all = matching.matchSpreading(over: Self.points, start: seeds, blockSide: 64)
    let part = Self.points.indices.filter { Self.points[$0].row < 64 && Self.points[$0].column < 64 }
    let alone = matching.matchSpreading(
      over: part.map { Self.points[$0] }, start: part.map { seeds[$0] }, blockSide: 64)
    #expect(zip(part, alone).allSatisfy { all[$0].offset.six == $1.offset.six })
    #expect(Self.points.indices.allSatisfy { (all[$0].flag == .measured) == (Self.points[$0].row < 128) })
  }

  @Test("gives a tile the same bits as the whole image, further than half a template and 31 px from its edge")
  func tiles() {
    let whole = LeastSquaresMatching(
      reference: Self.reference, secondary: Self.secondary, parameters: parameters(window: 31), level: 128)
    let window = Window(row: 17, column: 30, rows: 130, columns: 143)
    let tile = LeastSquaresMatching(
      reference: Self.reference.cropped(to: window), secondary: Self.secondary.cropped(to: window),
      parameters: parameters(window: 31), level: 128)
    let inside = Self.points.filter { window.grown(by: -46).contains(Window(point: $0)) }
    #expect(inside.count > 20)
    let start = inside.map { _ in AffineOffset(dx: 1, dy: -1) }
    let local = inside.map { PixelPoint(row: $0.row - 17, column: $0.column - 30) }
    let a = whole.match(at: inside, start: start), b = tile.match(at: local, start: start)
    #expect(zip(a, b).allSatisfy { $0.offset.six == $1.offset.six && $0.covariance.dxSigma == $1.covariance.dxSigma })
    // Another level changes the rounding only.
    let other = LeastSquaresMatching(
      reference: Self.reference, secondary: Self.secondary, parameters: parameters(window: 31), level: 90)
    #expect(zip(a, other.match(at: inside, start: start)).allSatisfy { abs($0.offset.dx - $1.offset.dx) < 1e-4 })
  }
}

extension Window {
  fileprivate init(point: PixelPoint) {
    self.init(row: Int(point.row), column: Int(point.column), rows: 1, columns: 1)
  }
}
