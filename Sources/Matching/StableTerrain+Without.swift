// SPDX-License-Identifier: Apache-2.0
import Grids

/// The error level of an offset field where no ground is known to be stable; unit of the field.
public struct ErrorLevel: Hashable, Sendable {
  /// Number of differences that it comes from.
  public var count: Int
  /// Standard deviation of one offset's components.
  public var x, y: Double
  /// The same divided by the sigmas that the field claims; nil without sigmas.
  public var calibration: SigmaCalibration?
}

extension StableTerrain {
  /// Error level from going forth and back: NMAD of d(x) + d'(x + d(x)) over √2.
  ///
  /// A lower bound: both matches see the same image noise, so their errors cancel in part. What it does see is wrong
  /// matches, interpolation error and starting-point bias.
  ///
  /// - Parameters:
  ///   - forward, backward: offsets in either direction on points at the same positions, px.
  ///   - spacing: distance of the points, px.
  /// - Returns: nil with fewer than `minimumCount` points.
  public static func closureLevel(forward: OffsetGrids, backward: OffsetGrids, spacing: Double) -> ErrorLevel? {
    let closures = ClosureGrids(forward: forward, backward: backward, spacing: spacing)
    return closureLevel { body in body(closures) }
  }

  /// The same from closures that are too many to hold.
  ///
  /// - Parameter replay: hands all closures to its argument, in parts; the same ones every time.
  public static func closureLevel<Failure: Error>(
    of replay: @escaping (_ body: (ClosureGrids) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> ErrorLevel? {
    try ErrorLevel { (kind, body) throws(Failure) in
      try replay { closures in
        var part = Differences(kind)
        for index in closures.x.cells.indices {
          part.add(Double(closures.x.cells[index]), Double(closures.y.cells[index])) {
            (Double(closures.xVariance.cells[index]), Double(closures.yVariance.cells[index]))
          }
        }
        body(part.x, part.y)
      }
    }
  }
}

/// Differences of offsets, or the same divided by the standard deviations that their sigmas claim.
private struct Differences {
  enum Kind { case plain, overSigma }

  let kind: Kind
  var x: [Double] = [], y: [Double] = []

  init(_ kind: Kind) { self.kind = kind }

  /// - Parameter variances: of both components; zero or NaN where they are not known.
  mutating func add(_ u: Double, _ v: Double, _ variances: () -> (x: Double, y: Double)) {
    guard u.isFinite, v.isFinite else { return }
    guard kind == .overSigma else {
      x.append(u)
      y.append(v)
      return
    }
    let claimed = variances()
    guard claimed.x > 0, claimed.y > 0 else { return }
    x.append(u / claimed.x.squareRoot())
    y.append(v / claimed.y.squareRoot())
  }
}

extension ErrorLevel {
  /// The level of one of the two offsets that a difference is made of; nil of too few differences.
  fileprivate init?<Failure: Error>(
    _ replay:
      @escaping (_ kind: Differences.Kind, _ body: (_ x: [Double], _ y: [Double]) -> Void) throws(Failure) -> Void
  ) throws(Failure) {
    let all = VectorStream { (body) throws(Failure) in try replay(.plain, body) }
    count = try all.count()
    guard count >= StableTerrain.minimumCount else { return nil }
    x = try all.x.nmad() / 2.0.squareRoot()
    y = try all.y.nmad() / 2.0.squareRoot()
    calibration = try SigmaCalibration(
      ratios: VectorStream { (body) throws(Failure) in try replay(.overSigma, body) })
  }
}
