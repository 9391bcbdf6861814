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
    try ErrorLevel(variances: 2) { (kind, body) throws(Failure) in
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

  /// Error level from the field's roughness: NMAD of second differences over √6.
  ///
  /// A smooth field has second differences near zero, so what is left is error, as long as the three points share no
  /// window: then the errors are independent. Real curvature of the motion over twice the step adds to it, so on
  /// strongly deforming ground it is an upper bound; stable or calm ground dominates the median.
  ///
  /// - Parameter step: distance of the three points, grid points; at least window / spacing.
  /// - Returns: nil with fewer than `minimumCount` differences.
  public static func roughnessLevel(_ field: OffsetGrids, step: Int) -> ErrorLevel? {
    roughnessLevel(rows: field.dx.rows, step: step) { rows in field.rows(rows) }
  }

  /// The same of a field that is too large to hold.
  ///
  /// - Parameter read: the offsets of some of its `rows`.
  public static func roughnessLevel<Failure: Error>(
    rows: Int, step: Int, read: @escaping (Range<Int>) throws(Failure) -> OffsetGrids
  ) throws(Failure) -> ErrorLevel? {
    precondition(step > 0, "second differences need a step")
    return try ErrorLevel(variances: 6) { (kind, body) throws(Failure) in
      let band = max(64, 2 * step)
      for first in stride(from: 0, to: rows, by: band) {
        let end = min(rows, first + band), low = max(0, first - step)
        let part = try read(low..<min(rows, end + step))
        let second = Differences(kind, secondOf: part, rows: first - low..<end - low, step: step)
        body(second.x, second.y)
      }
    }
  }
}

extension OffsetGrids {
  /// Some rows of the grids.
  public func rows(_ rows: Range<Int>) -> OffsetGrids {
    let window = Window(row: rows.lowerBound, column: 0, rows: rows.count, columns: dx.columns)
    return OffsetGrids(
      dx: dx.cropped(to: window), dy: dy.cropped(to: window), dxSigma: dxSigma?.cropped(to: window),
      dySigma: dySigma?.cropped(to: window))
  }
}

/// Differences of offsets, or the same divided by the standard deviations that their sigmas claim.
private struct Differences {
  enum Kind { case plain, overSigma }

  let kind: Kind
  var x: [Double] = [], y: [Double] = []

  init(_ kind: Kind) { self.kind = kind }

  /// Second differences across rows and columns at the points of some rows.
  init(_ kind: Kind, secondOf field: OffsetGrids, rows: Range<Int>, step: Int) {
    self.init(kind)
    for row in rows {
      for column in 0..<field.dx.columns {
        for (down, right) in [(step, 0), (0, step)] {
          let (r0, r2, c0, c2) = (row - down, row + down, column - right, column + right)
          guard r0 >= 0, c0 >= 0, r2 < field.dx.rows, c2 < field.dx.columns else { continue }
          func second(_ g: Grid<Float>) -> Double {
            Double(g[r0, c0]) - 2 * Double(g[row, column]) + Double(g[r2, c2])
          }
          func variance(_ g: Grid<Float>?) -> Double {
            guard let g else { return 0 }
            let (a, b, c) = (Double(g[r0, c0]), Double(g[row, column]), Double(g[r2, c2]))
            return a * a + 4 * b * b + c * c
          }
          add(second(field.dx), second(field.dy)) { (variance(field.dxSigma), variance(field.dySigma)) }
        }
      }
    }
  }

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
  /// The level when a difference has `variances` times the variance of one offset; nil of too few differences.
  fileprivate init?<Failure: Error>(
    variances: Double,
    _ replay:
      @escaping (_ kind: Differences.Kind, _ body: (_ x: [Double], _ y: [Double]) -> Void) throws(Failure) -> Void
  ) throws(Failure) {
    let all = VectorStream { (body) throws(Failure) in try replay(.plain, body) }
    count = try all.count()
    guard count >= StableTerrain.minimumCount else { return nil }
    let root = variances.squareRoot()
    x = try all.x.nmad() / root
    y = try all.y.nmad() / root
    calibration = try SigmaCalibration(
      ratios: VectorStream { (body) throws(Failure) in try replay(.overSigma, body) })
  }
}
