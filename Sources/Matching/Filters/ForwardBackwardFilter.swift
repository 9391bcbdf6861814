// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Offsets on a grid of points, px, with their standard deviations where known; NaN where not measured.
public struct OffsetGrids: Sendable {
  public var dx, dy: Grid<Float>
  public var dxSigma, dySigma: Grid<Float>?

  public init(dx: Grid<Float>, dy: Grid<Float>, dxSigma: Grid<Float>? = nil, dySigma: Grid<Float>? = nil) {
    for grid in [dy, dxSigma ?? dx, dySigma ?? dx] {
      precondition(grid.window == dx.window, "the grids of an offset field differ in shape")
    }
    self.dx = dx
    self.dy = dy
    self.dxSigma = dxSigma
    self.dySigma = dySigma
  }
}

/// How far a point is from home after going there and back: the sum of the forward offset and of the backward offset
/// at the place that the forward offset leads to, px, with its variances.
struct Closure {
  var x, y: Float
  /// Sum of both variances of each component, px²; zero where no sigmas are known.
  var xVariance, yVariance: Float

  /// The closure of a grid point; nil where either direction is missing.
  ///
  /// The backward field is interpolated bilinearly between its points; missing corners are left out as long as the
  /// others hold at least half of the weight.
  init?(_ forward: OffsetGrids, _ backward: OffsetGrids, row: Int, column: Int, spacing: Double) {
    let dx = forward.dx[row, column], dy = forward.dy[row, column]
    guard dx.isFinite, dy.isFinite else { return nil }
    let r = Double(row) + Double(dy) / spacing, c = Double(column) + Double(dx) / spacing
    guard r > -1, c > -1, r < Double(forward.dx.rows), c < Double(forward.dx.columns) else { return nil }
    let top = Int(r.rounded(.down)), left = Int(c.rounded(.down))
    let fr = Float(r - Double(top)), fc = Float(c - Double(left))
    var weight: Float = 0, sum = SIMD4<Float>(repeating: 0)
    for (i, j, w) in [
      (top, left, (1 - fr) * (1 - fc)), (top, left + 1, (1 - fr) * fc), (top + 1, left, fr * (1 - fc)),
      (top + 1, left + 1, fr * fc),
    ] where w > 0 && i >= 0 && j >= 0 && i < forward.dx.rows && j < forward.dx.columns {
      let bx = backward.dx[i, j], by = backward.dy[i, j]
      guard bx.isFinite, by.isFinite else { continue }
      weight += w
      sum += w * SIMD4(bx, by, backward.dxSigma?[i, j] ?? 0, backward.dySigma?[i, j] ?? 0)
    }
    guard weight >= 0.5 else { return nil }
    sum /= weight
    let fx = forward.dxSigma?[row, column] ?? 0, fy = forward.dySigma?[row, column] ?? 0
    x = dx + sum.x
    y = dy + sum.y
    xVariance = fx * fx + sum.z * sum.z
    yVariance = fy * fy + sum.w * sum.w
  }
}

/// Marks offsets that the match in the opposite direction does not confirm.
///
/// A good match brings a point there and back: d(x) + d'(x + d(x)) is zero but for errors. Points whose backward
/// offset is missing can't be checked and keep their flags. Both matches see the same noise, so agreement is no proof
/// of accuracy; disagreement is one of error.
public struct ForwardBackwardFilter: Sendable {
  public struct Parameters: ParameterSet {
    @Parameter("Standard deviations of the sum of both offsets that it may differ from zero", in: 0...100)
    public var closureSigmas: Double = 4

    @Parameter("Distance from zero that is allowed besides", unit: "px", in: 0...100)
    public var closureFloor: Double = 0.1

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Grid points beyond a tile that its flags depend on, for offsets up to `maximumOffset` px.
  public func margin(maximumOffset: Double, spacing: Double) -> Int {
    Int((maximumOffset / spacing).rounded(.up)) + 1
  }

  /// The flags after the test.
  ///
  /// - Parameters:
  ///   - forward: offsets from the reference to the secondary image, on the points of `flags`.
  ///   - backward: offsets from the secondary to the reference image, on points at the same positions.
  ///   - spacing: distance of the points, px.
  /// - Returns: `flags` with `inconsistent` where the closure is too large.
  public func flags(
    forward: OffsetGrids, backward: OffsetGrids, spacing: Double, flags: Grid<MatchFlag>
  ) -> Grid<MatchFlag> {
    precondition(forward.dx.window == flags.window && backward.dx.window == flags.window, "fields differ in shape")
    var out = flags
    let sigmas = Float(parameters.closureSigmas), floor = Float(parameters.closureFloor)
    for row in 0..<flags.rows {
      for column in 0..<flags.columns where flags[row, column] == .measured {
        guard let closure = Closure(forward, backward, row: row, column: column, spacing: spacing) else { continue }
        let length = (closure.x * closure.x + closure.y * closure.y).squareRoot()
        // The larger of both components, so that the limit does not depend on the direction.
        let sigma = max(closure.xVariance, closure.yVariance).squareRoot()
        if length > sigmas * (sigma.isFinite ? sigma : 0) + floor { out[row, column] = .inconsistent }
      }
    }
    return out
  }
}
