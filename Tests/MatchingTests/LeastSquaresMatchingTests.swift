// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

@Suite("Least squares matching: exact truth")
struct LeastSquaresMatchingTests {
  private static let texture = WaveTexture(seed: 5)
  private static let reference = texture.image(128)

  @Test(
    "has a bias of at most 0.00005 px at every sub-pixel shift, with the cubic spline 0.001 px, 31 x 31",
    arguments: 0...10)
  func subPixelBias(tenth: Int) {
    #expect(Self.largestBias(tenth, .quintic) <= 0.00005)
    #expect(Self.largestBias(tenth, .cubic) <= 0.001)
  }

  @Test("has a bias that the cubic spline makes: several times that of the quintic")
  func cubicBias() {
    let worst = [LeastSquaresMatching.Interpolation.quintic, .cubic].map { interpolation in
      (1...9).map { Self.largestBias($0, interpolation) }.max() ?? 0
    }
    #expect(worst[1] > 2 * worst[0], "\(worst)")
  }

  private static func largestBias(_ tenth: Int, _ interpolation: LeastSquaresMatching.Interpolation) -> Double {
    let shift = Double(tenth) / 10
    let secondary = Self.texture.moved(128, by: AffineOffset(dx: shift, dy: -shift / 2), centre: 64)
    var choices = parameters(window: 31)
    choices.interpolation = interpolation
    let matching = LeastSquaresMatching(reference: Self.reference, secondary: secondary, parameters: choices)
    let points = pointGrid(128, spacing: 12, margin: 28)
    let found = matching.match(at: points, start: points.map { _ in AffineOffset(dx: shift.rounded(), dy: 0) })
    #expect(found.allSatisfy { $0.flag == .measured })
    let dx = found.reduce(0) { $0 + $1.offset.dx } / Double(found.count)
    let dy = found.reduce(0) { $0 + $1.offset.dy } / Double(found.count)
    return max(abs(dx - shift), abs(dy + shift / 2))
  }

  @Test("recovers an affine motion within 0.001 px and 1e-4 px per px, 51 x 51")
  func affine() {
    let truth = AffineOffset(
      dx: 0.37, dy: -0.81, dxPerColumn: 0.012, dxPerRow: -0.02, dyPerColumn: 0.015, dyPerRow: -0.008)
    let secondary = Self.texture.moved(128, by: truth, centre: 64)
    let matching = LeastSquaresMatching(reference: Self.reference, secondary: secondary)
    let match = matching.match(row: 64, column: 64, start: AffineOffset(dx: 0, dy: -1))
    #expect(match.flag == .measured)
    #expect(match.ncc > 0.9999)
    for (index, (found, true_)) in zip(match.offset.six, truth.six).enumerated() {
      #expect(abs(found - true_) <= (index % 3 == 0 ? 0.001 : 1e-4), "parameter p\(index + 1)")
    }
    // Another point of the same field, between pixels: the model holds there too.
    let point = matching.match(row: 70.4, column: 57.7, start: truth.moved(x: -6.3, y: 6.4))
    let expected = truth.moved(x: -6.3, y: 6.4)
    #expect(abs(point.offset.dx - expected.dx) <= 0.002)
    #expect(abs(point.offset.dy - expected.dy) <= 0.002)
  }

  @Test("finds a rotation of 1 degree within 0.002 degrees with the rigid model, and no stretch")
  func rigid() {
    let angle = Double.pi / 180
    let truth = AffineOffset(
      dx: 0.2, dy: 0.3, dxPerColumn: cos(angle) - 1, dxPerRow: -sin(angle), dyPerColumn: sin(angle),
      dyPerRow: cos(angle) - 1)
    let matching = LeastSquaresMatching(
      reference: Self.reference, secondary: Self.texture.moved(128, by: truth, centre: 64),
      parameters: parameters(window: 41, transformation: .rigid))
    let match = matching.match(row: 64, column: 64)
    #expect(match.flag == .measured)
    #expect(abs(asin(match.offset.dyPerColumn) - angle) <= 0.002 * .pi / 180)
    #expect(match.offset.dxPerRow == -match.offset.dyPerColumn)
    #expect(abs(match.offset.dx - 0.2) <= 0.002)
    #expect(match.covariance[4, 4] > 0 && match.covariance[4, 4] == match.covariance[2, 2])
  }

  @Test("keeps the gradients of the start with the translation model")
  func translation() {
    let truth = AffineOffset(dx: 0.4, dy: -0.3, dxPerColumn: 0.02, dyPerRow: -0.01)
    let matching = LeastSquaresMatching(
      reference: Self.reference, secondary: Self.texture.moved(128, by: truth, centre: 64),
      parameters: parameters(window: 31, transformation: .translation))
    let match = matching.match(
      row: 64, column: 64, start: AffineOffset(dx: 0, dy: 0, dxPerColumn: 0.02, dyPerRow: -0.01))
    #expect(abs(match.offset.dx - 0.4) <= 0.001)
    #expect(abs(match.offset.dy + 0.3) <= 0.001)
    #expect(match.offset.dxPerColumn == 0.02 && match.offset.dyPerRow == -0.01)
  }

  @Test("gives the inverse within 0.002 px when the images change places")
  func swap() {
    let truth = AffineOffset(
      dx: 1.3, dy: 0.6, dxPerColumn: 0.01, dxPerRow: 0.005, dyPerColumn: -0.004, dyPerRow: 0.01)
    let secondary = Self.texture.moved(128, by: truth, centre: 64)
    let forward = LeastSquaresMatching(reference: Self.reference, secondary: secondary)
      .match(row: 64, column: 64, start: AffineOffset(dx: 1, dy: 1))
    let backward = LeastSquaresMatching(reference: secondary, secondary: Self.reference)
      .match(
        row: 64 + forward.offset.dy, column: 64 + forward.offset.dx, start: AffineOffset(dx: -1, dy: -1))
    #expect(abs(forward.offset.dx + backward.offset.dx) <= 0.002)
    #expect(abs(forward.offset.dy + backward.offset.dy) <= 0.002)
  }

  @Test("needs at most 4 iterations from half a pixel away, without noise")
  func convergence() {
    let secondary = Self.texture.moved(128, by: AffineOffset(dx: 0.5, dy: 0.4), centre: 64)
    let points = pointGrid(128, spacing: 12, margin: 32)
    let found = LeastSquaresMatching(reference: Self.reference, secondary: secondary)
      .match(at: points, start: points.map { _ in AffineOffset() })
    #expect(found.allSatisfy { $0.flag == .measured && $0.iterations <= 4 })
    #expect(found.allSatisfy { $0.ncc > $0.startNcc })
  }
}

@Suite("Least squares matching: uncertainty")
struct LeastSquaresUncertaintyTests {
  /// Noise of both images over the texture's deviation, and window. One scene each: fast, and the seeds are fixed.
  @Test("says its errors: RMS of error over sigma is 0.9 ... 1.1", arguments: [(0.05, 31), (0.1, 31), (0.3, 41)])
  func calibration(noise: Double, window: Int) {
    let side = 384, texture = WaveTexture(seed: 11, shortest: 5)
    let truth = AffineOffset(dx: 0.3, dy: -0.45)
    let reference = texture.image(side).with(noise: 40 * noise, seed: 21)
    let secondary = texture.moved(side, by: truth, centre: 0).with(noise: 40 * noise, seed: 22)
    let points = pointGrid(side, spacing: 12, margin: 28)
    let found = LeastSquaresMatching(
      reference: reference, secondary: secondary, parameters: parameters(window: window)
    )
    .match(at: points, start: points.map { _ in AffineOffset() }).filter { $0.flag == .measured }
    #expect(found.count == points.count)
    for index in 0..<6 {
      let squares = found.reduce(0) { sum, match in
        let error = (match.offset.six[index] - truth.six[index]) / Double(match.covariance.sigma(index))
        return sum + error * error
      }
      let ratio = (squares / Double(found.count)).squareRoot()
      #expect(ratio > 0.9 && ratio < 1.1, "p\(index + 1): \(ratio)")
    }
  }

  @Test("says its errors under noise that is correlated over 3 px: RMS of error over sigma is 0.85 ... 1.15")
  func correlatedNoise() {
    let side = 384, texture = WaveTexture(seed: 12, waves: 30), shift = 0.4
    let reference = texture.image(side).with(noise: 4, seed: 31, reach: 1)
    let secondary = texture.moved(side, by: AffineOffset(dx: shift), centre: 0).with(noise: 4, seed: 32, reach: 1)
    let points = pointGrid(side, spacing: 12, margin: 28)
    let found = LeastSquaresMatching(reference: reference, secondary: secondary, parameters: parameters(window: 31))
      .match(at: points, start: points.map { _ in AffineOffset() }).filter { $0.flag == .measured }
    #expect(found.count == points.count)
    let squares = found.reduce(0) { sum, match in
      let x = (match.offset.dx - shift) / Double(match.covariance.dxSigma)
      let y = match.offset.dy / Double(match.covariance.dySigma)
      return sum + (x * x + y * y) / 2
    }
    let ratio = (squares / Double(found.count)).squareRoot()
    #expect(ratio > 0.85 && ratio < 1.15, "\(ratio)")
  }

  @Test("drops points above the precision limit")
  func precisionLimit() {
    let texture = WaveTexture(seed: 3)
    var strict = parameters(window: 15)
    strict.precisionLimit = 0.001
    let matching = LeastSquaresMatching(
      reference: texture.image(64).with(noise: 8, seed: 1), secondary: texture.image(64).with(noise: 8, seed: 2),
      parameters: strict)
    let match = matching.match(row: 32, column: 32)
    #expect(match.flag == .imprecise)
    #expect(match.offset.dx.isNaN && match.covariance.dxSigma.isNaN)
  }
}
