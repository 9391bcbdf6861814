// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// The offset across a fault: straight lines fitted to the motion on both sides, compared where they meet the fault.
///
/// Along and across the fault's course the motion of the points on each side is fitted by `a + b·distance`, wrong points
/// left out; the offset is the difference of the two `a`. Its standard deviation is that of a jackknife: the stretch is
/// cut into slices across the fault, and each is left out once. That holds for errors that neighbouring points share within
/// half a slice; of stretches shorter than 40 points it comes out too small. O(points × slices).
///
/// What happens nearer to the fault than `gap` is not looked at: the matching window blurs it. A fault that is locked near
/// the surface has no step there, and the offset is then that of its sides, as far as these are straight within `reach`.
///
/// Source: the stacked profiles of COSI-Corr (Leprince et al. 2007); sigma by the delete-a-group jackknife. Checked by:
/// `FaultOffsetTests`.
public struct FaultOffset: Sendable {
  public struct Parameters: ParameterSet {
    public static var title: String { "Profile" }

    @Parameter(
      "Distance from the fault up to which points are used", unit: "m, or px without a map",
      in: Double.leastNonzeroMagnitude...,
      .absent("40 points"))
    public var reach: Double?

    @Parameter(
      "Distance from the fault within which the matching window sees both sides", unit: "m, or px without a map",
      in: 0...,
      .absent("5 points"))
    public var gap: Double?

    @Parameter(
      "Length of the stretches of the fault that get an offset of their own", unit: "m, or px without a map",
      in: Double.leastNonzeroMagnitude..., .absent("an eighth of the fault, 80 points at least"))
    public var stretch: Double?

    @Parameter(
      "Most parts of a stretch that are left out in turns to find the standard deviation; fewer where they were narrower than "
        + "10 points", in: 4...100, .advanced)
    public var slices = 8

    @Parameter("Fewest points on each side", in: 10...1_000_000, .advanced) public var minimumPoints = 40

    public init() {}
  }

  /// The offset of a stretch, in the unit of the motion; NaN where too few points are measured.
  public struct Stretch: Sendable {
    /// Ends of the stretch along the fault, in the unit of the places.
    public let from, to: Double
    /// Slip along the fault, positive when the other side moves to the right.
    public var slip = Double.nan, slipSigma = Double.nan
    /// Motion of the sides away from each other.
    public var opening = Double.nan, openingSigma = Double.nan
    /// Points on the left and on the right.
    public var left = 0, right = 0
  }

  /// Mean motion of the points at one distance from the fault.
  public struct Bin: Sendable {
    /// Positive on the right.
    public let distance: Double
    /// Motion along the fault and to its right, with the standard deviations of single points.
    public let along, alongSpread, across, acrossSpread: Double
    public let count: Int
  }

  /// Pieces of the fault in their order.
  public let stretches: [Stretch]
  /// All of the fault as one stretch.
  public let whole: Stretch
  /// From left to right.
  public let profile: [Bin]

  fileprivate struct Point {
    let along, across: Double
    let motion: SIMD2<Double>
  }

  /// Measures the offset.
  ///
  /// - Parameters:
  ///   - east, north: motion; NaN where missing.
  ///   - position: of a cell by row and column, as (east, north).
  ///   - cell: side of a cell, in the unit of positions.
  public init(
    east: Grid<Float>, north: Grid<Float>, cell: Double, along line: FaultLine, parameters: Parameters = Parameters(),
    position: (_ row: Int, _ column: Int) -> SIMD2<Double>
  ) {
    precondition(east.window == north.window, "both components need the same shape")
    let reach = parameters.reach ?? 40 * cell, gap = parameters.gap ?? 5 * cell
    var points: [Point] = []
    for row in 0..<east.rows {
      for column in 0..<east.columns {
        let motion = SIMD2(Double(east[row, column]), Double(north[row, column]))
        guard motion.x.isFinite, motion.y.isFinite, let place = line.place(of: position(row, column)),
          abs(place.across) <= reach
        else { continue }
        let t = place.direction, right = SIMD2(t.y, -t.x)
        points.append(
          Point(
            along: place.along, across: place.across,
            motion: SIMD2((motion * t).sum(), (motion * right).sum())))
      }
    }
    let far = points.filter { abs($0.across) >= gap }
    let count = max(1, Int((line.length / (parameters.stretch ?? max(80 * cell, line.length / 8))).rounded()))
    let length = line.length / Double(count)
    func slices(_ length: Double) -> Int { max(4, min(parameters.slices, Int(length / (10 * cell)))) }
    stretches = (0..<count).map { index in
      let from = Double(index) * length, to = from + length
      return Self.stretch(far.filter { $0.along >= from && $0.along < to }, from, to, slices(length), parameters)
    }
    whole = Self.stretch(far, 0, line.length, slices(line.length), parameters)
    profile = Self.bins(points, reach, cell)
  }
}

// MARK: - Fits

extension FaultOffset {
  private static func stretch(
    _ points: [Point], _ from: Double, _ to: Double, _ slices: Int, _ p: Parameters
  ) -> Stretch {
    var out = Stretch(from: from, to: to)
    let left = kept(points.filter { $0.across < 0 }), right = kept(points.filter { $0.across > 0 })
    (out.left, out.right) = (left.count, right.count)
    guard left.count >= p.minimumPoints, right.count >= p.minimumPoints else { return out }
    func slice(_ point: Point) -> Int {
      min(slices - 1, Int((point.along - from) / (to - from) * Double(slices)))
    }
    var sums = (left: Array(repeating: LineSums(), count: slices), right: Array(repeating: LineSums(), count: slices))
    for point in left { sums.left[slice(point)].add(point) }
    for point in right { sums.right[slice(point)].add(point) }
    let all = (left: sums.left.reduce(LineSums(), +), right: sums.right.reduce(LineSums(), +))
    guard let whole = difference(all.left, all.right) else { return out }
    (out.slip, out.opening) = (-whole.x, whole.y)
    let used = (0..<slices).filter { sums.left[$0].count + sums.right[$0].count > 0 }
    let parts = used.compactMap { difference(all.left - sums.left[$0], all.right - sums.right[$0]) }
    guard parts.count == used.count, parts.count >= 4 else { return out }
    let n = Double(parts.count), mean = parts.reduce(SIMD2(0, 0), +) / n
    let squares = parts.reduce(SIMD2<Double>(0, 0)) { $0 + ($1 - mean) * ($1 - mean) } * ((n - 1) / n)
    (out.slipSigma, out.openingSigma) = (squares.x.squareRoot(), squares.y.squareRoot())
    return out
  }

  /// Right less left at the fault.
  private static func difference(_ left: LineSums, _ right: LineSums) -> SIMD2<Double>? {
    guard let a = left.level, let b = right.level else { return nil }
    return b - a
  }

  /// Points within four times the spread of the rest about a line, in both components.
  private static func kept(_ points: [Point]) -> [Point] {
    var kept = points
    for _ in 0..<3 {
      let sums = kept.reduce(into: LineSums()) { $0.add($1) }
      guard let level = sums.level, let slope = sums.slope else { return kept }
      func rest(_ point: Point) -> SIMD2<Double> { point.motion - level - point.across * slope }
      let rests = kept.map(rest)
      let middle = SIMD2(median(rests.map(\.x)), median(rests.map(\.y)))
      let spread = SIMD2(nmad(rests.map(\.x)), nmad(rests.map(\.y)))
      let good = points.filter { point in
        let far = rest(point) - middle
        return abs(far.x) <= 4 * spread.x && abs(far.y) <= 4 * spread.y
      }
      guard good.count >= points.count / 2 else { return kept }
      if good.count == kept.count { break }
      kept = good
    }
    return kept
  }

  private static func bins(_ points: [Point], _ reach: Double, _ cell: Double) -> [Bin] {
    let width = max(cell, reach / 40), half = Int((reach / width).rounded(.up))
    var sums = Array(repeating: (count: 0, sum: SIMD2(0.0, 0), squares: SIMD2(0.0, 0)), count: 2 * half)
    for point in points {
      let index = min(2 * half - 1, max(0, Int((point.across / width).rounded(.down)) + half))
      sums[index].count += 1
      sums[index].sum += point.motion
      sums[index].squares += point.motion * point.motion
    }
    return sums.indices.map { index in
      let n = Double(sums[index].count), mean = sums[index].sum / n
      let variance = (sums[index].squares / n - mean * mean).clamped(
        lowerBound: SIMD2(0, 0), upperBound: SIMD2(repeating: .infinity))
      return Bin(
        distance: (Double(index - half) + 0.5) * width, along: mean.x, alongSpread: variance.x.squareRoot(),
        across: mean.y, acrossSpread: variance.y.squareRoot(), count: sums[index].count)
    }
  }
}

/// Sums of a straight line through both components of the motion.
private struct LineSums {
  var count = 0
  private var x = 0.0, xx = 0.0
  private var y = SIMD2(0.0, 0), xy = SIMD2(0.0, 0)

  mutating func add(_ point: FaultOffset.Point) {
    count += 1
    x += point.across
    xx += point.across * point.across
    y += point.motion
    xy += point.across * point.motion
  }

  private var determinant: Double { Double(count) * xx - x * x }

  /// Value at the fault; nil where the points do not lie at different distances.
  var level: SIMD2<Double>? { determinant > 0 ? (xx * y - x * xy) / determinant : nil }
  var slope: SIMD2<Double>? { determinant > 0 ? (Double(count) * xy - x * y) / determinant : nil }

  static func + (a: LineSums, b: LineSums) -> LineSums { combined(a, b, 1) }
  static func - (a: LineSums, b: LineSums) -> LineSums { combined(a, b, -1) }

  private static func combined(_ a: LineSums, _ b: LineSums, _ sign: Int) -> LineSums {
    let s = Double(sign)
    var out = LineSums()
    out.count = a.count + sign * b.count
    (out.x, out.xx, out.y, out.xy) = (a.x + s * b.x, a.xx + s * b.xx, a.y + s * b.y, a.xy + s * b.xy)
    return out
  }
}
