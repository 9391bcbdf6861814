// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

@Suite("Least squares matching: lone points")
struct LonePointTests {
  private static let side = 320
  private static let texture = WaveTexture(seed: 31, waves: 30)
  private static let still = texture.image(side)
  private static let points = pointGrid(side, spacing: 24, margin: 96)
  private static let curved = matching(noise: 0)

  /// A smooth bump of motion to the right, px.
  private static func motion(_ x: Double, _ y: Double) -> Double {
    1.5 * exp(-((x - 160) * (x - 160) + (y - 150) * (y - 150)) / (2 * 120 * 120))
  }

  private static func matching(noise: Double) -> LeastSquaresMatching {
    // The later image at (x, y) shows what was at (x − u, y), u taken there: a few fixed-point steps.
    let later = texture.image(side) { x, y in
      var source = x
      for _ in 0..<20 { source = x - motion(source, y) }
      return (source, y)
    }
    return LeastSquaresMatching(
      reference: still.with(noise: noise, seed: 1), secondary: later.with(noise: noise, seed: 2))
  }

  private static var start: [AffineOffset] {
    points.map { AffineOffset(dx: motion($0.column, $0.row).rounded()) }
  }

  /// Root mean square of the errors of dx, px, or of those over their standard deviations.
  private static func rms(_ matches: [LeastSquaresMatch], overSigma: Bool = false) -> Double {
    let squares = zip(points, matches).map { point, match in
      let error = match.offset.dx - motion(point.column, point.row)
      let scaled = overSigma ? error / Double(match.covariance.dxSigma) : error
      return scaled * scaled
    }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  @Test("curved motion biases them by 0.01 px and many sigma; with neighbours of their own a quarter of that is left")
  func curvature() {
    let plain = Self.curved.match(at: Self.points, start: Self.start)
    let corrected = Self.curved.matchAlone(at: Self.points, start: Self.start)
    #expect(plain.allSatisfy { $0.flag == .measured } && corrected.allSatisfy { $0.flag == .measured })
    #expect(Self.rms(plain) > 0.008 && Self.rms(plain, overSigma: true) > 5)
    #expect(Self.rms(corrected) < 0.25 * Self.rms(plain))
  }

  @Test("say their errors under noise: RMS of error over sigma is 0.8 ... 1.2, and not more error than before")
  func noise() {
    let matching = Self.matching(noise: 6)
    let plain = matching.match(at: Self.points, start: Self.start)
    let corrected = matching.matchAlone(at: Self.points, start: Self.start)
    let ratio = Self.rms(corrected, overSigma: true)
    #expect(ratio > 0.8 && ratio < 1.2, "\(ratio)")
    #expect(Self.rms(corrected) <= Self.rms(plain))
  }

  @Test("have the same bits alone and in a list, for any number of threads")
  func independent() {
    let together = Self.curved.matchAlone(at: Self.points, start: Self.start, threads: 3)
    for index in stride(from: 0, to: Self.points.count, by: 7) {
      let one = Self.curved.matchAlone(at: [Self.points[index]], start: [Self.start[index]])[0]
      #expect(one.offset == together[index].offset)
      #expect(one.covariance.dxSigma == together[index].covariance.dxSigma)
    }
  }

  /// The match of a point in the middle of the curved motion, with nothing more than `reach` px away from it.
  private func match(within reach: Int) -> LeastSquaresMatch {
    func cut(_ image: Grid<Float>) -> Grid<Float> {
      var out = image.map { _ in Float.nan }
      let part = Window(row: 120 - reach, column: 130 - reach, rows: 2 * reach + 1, columns: 2 * reach + 1)
      out.insert(image.cropped(to: part), atRow: part.row, column: part.column)
      return out
    }
    let later = Self.texture.image(Self.side) { x, y in
      var source = x
      for _ in 0..<20 { source = x - Self.motion(source, y) }
      return (source, y)
    }
    let matching = LeastSquaresMatching(reference: cut(Self.still), secondary: cut(later))
    let start = AffineOffset(dx: Self.motion(130, 120))
    return matching.matchAlone(at: [PixelPoint(row: 120, column: 130)], start: [start])[0]
  }

  @Test("without neighbours a window away use nearer ones; without any are imprecise, for nobody knows the curvature")
  func rims() {
    let nearer = match(within: 36)
    #expect(nearer.flag == .measured)
    #expect(abs(nearer.offset.dx - Self.motion(130, 120)) < 2 * Double(nearer.covariance.dxSigma))
    #expect(nearer.covariance.dxSigma < 0.05)
    // Between those with too few pixels and those with neighbours.
    let flags = (18...28).map { match(within: $0).flag }
    #expect(flags.first == .masked && flags.contains(.imprecise) && flags.last == .measured, "\(flags)")
  }

  @Test(
    "beside a step that only neighbours see keep their own match within a sigma (3 px), RMS of error over sigma < 1.6 (1 px)"
  )
  func step() {
    let edge = 200.0
    let points = stride(from: 30.0, through: 75, by: 3).map { PixelPoint(row: 160, column: edge - $0) }
    let start = points.map { _ in AffineOffset() }
    for slip in [3.0, 1] {
      let later = Self.texture.image(Self.side) { x, y in (x < edge ? x : x - slip, y) }
      let matching = LeastSquaresMatching(
        reference: Self.still.with(noise: 6, seed: 1), secondary: later.with(noise: 6, seed: 2))
      let own = matching.match(at: points, start: start), alone = matching.matchAlone(at: points, start: start)
      var squares = 0.0
      for (own, alone) in zip(own, alone) {
        #expect(alone.flag == .measured)
        if slip == 3 { #expect(abs(alone.offset.dx - own.offset.dx) < Double(own.covariance.dxSigma)) }
        let ratio = alone.offset.dx / Double(alone.covariance.dxSigma)
        squares += ratio * ratio
      }
      #expect((squares / Double(points.count)).squareRoot() < 1.6)
    }
  }

  @Test("as rigid motions or shifts are matched as by match")
  func others() {
    for transformation in [LeastSquaresMatching.Transformation.rigid, .translation] {
      let matching = LeastSquaresMatching(
        reference: Self.curved.reference, secondary: Self.curved.secondary,
        parameters: parameters(window: 51, transformation: transformation))
      let plain = matching.match(at: Self.points, start: Self.start)
      let alone = matching.matchAlone(at: Self.points, start: Self.start)
      #expect(plain.map(\.offset) == alone.map(\.offset))
    }
  }
}
