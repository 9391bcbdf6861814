// SPDX-License-Identifier: Apache-2.0

/// How far points are from home after going there and back: the sum of the forward offset and of the backward offset
/// at the place that the forward offset leads to, px, with its variances. NaN where either direction is missing.
public struct ClosureGrids: Sendable {
  public var x, y: Grid<Float>
  /// Sum of both variances of each component, px²; zero where no sigmas are known.
  public var xVariance, yVariance: Grid<Float>

  public init(x: Grid<Float>, y: Grid<Float>, xVariance: Grid<Float>, yVariance: Grid<Float>) {
    (self.x, self.y, self.xVariance, self.yVariance) = (x, y, xVariance, yVariance)
  }

  /// The closures of whole fields on points at the same positions.
  public init(forward: OffsetGrids, backward: OffsetGrids, spacing: Double) {
    precondition(forward.dx.window == backward.dx.window, "forward and backward differ in shape")
    self.init(forward: forward, atRow: 0, of: forward.dx.rows, spacing: spacing) { backward.rows($0) }
  }

  /// The closures of some rows of a field.
  ///
  /// Offsets may lead anywhere, so the backward field is asked for in bands of rows, those only that are needed.
  ///
  /// - Parameters:
  ///   - forward: offsets of the rows from `row` on, out of `rows`, px.
  ///   - spacing: distance of the points, px.
  ///   - backward: some rows of the offsets in the opposite direction.
  public init<Failure: Error>(
    forward: OffsetGrids, atRow row: Int, of rows: Int, spacing: Double,
    backward: (Range<Int>) throws(Failure) -> OffsetGrids
  ) throws(Failure) {
    let missing = Grid<Float>(rows: forward.dx.rows, columns: forward.dx.columns, filledWith: .nan)
    self.init(x: missing, y: missing, xVariance: missing, yVariance: missing)
    var targets: [Int?] = [], first = Int.max, last = Int.min
    targets.reserveCapacity(missing.cells.count)
    for i in 0..<missing.rows {
      for j in 0..<missing.columns {
        let top = Self.target(forward, i, j, row: row, rows: rows, spacing: spacing)
        if let top { (first, last) = (min(first, top), max(last, top)) }
        targets.append(top)
      }
    }
    guard first <= last else { return }
    let band = max(64, forward.dx.rows)
    for start in stride(from: first, through: last, by: band) {
      // A target between two rows needs both.
      let range = max(0, start)..<min(rows, start + band + 1)
      guard !range.isEmpty, targets.contains(where: { $0.map { start <= $0 && $0 < start + band } ?? false })
      else { continue }
      let part = try backward(range)
      for index in targets.indices {
        guard let top = targets[index], top >= start, top < start + band else { continue }
        let i = index / missing.columns, j = index % missing.columns
        set(i, j, forward, part, (row, range.lowerBound, rows), spacing)
      }
    }
  }

  /// The row above the place that an offset leads to; nil outside of the field or without an offset.
  private static func target(
    _ forward: OffsetGrids, _ i: Int, _ j: Int, row: Int, rows: Int, spacing: Double
  ) -> Int? {
    let dx = forward.dx[i, j], dy = forward.dy[i, j]
    guard dx.isFinite, dy.isFinite else { return nil }
    let r = Double(row + i) + Double(dy) / spacing, c = Double(j) + Double(dx) / spacing
    guard r > -1, c > -1, r < Double(rows), c < Double(forward.dx.columns) else { return nil }
    return Int(r.rounded(.down))
  }

  /// The backward field is interpolated bilinearly between its points; missing corners are left out as long as the
  /// others hold at least half of the weight.
  private mutating func set(
    _ i: Int, _ j: Int, _ forward: OffsetGrids, _ backward: OffsetGrids, _ at: (row: Int, backward: Int, rows: Int),
    _ spacing: Double
  ) {
    let dx = forward.dx[i, j], dy = forward.dy[i, j]
    let r = Double(at.row + i) + Double(dy) / spacing, c = Double(j) + Double(dx) / spacing
    let top = Int(r.rounded(.down)), left = Int(c.rounded(.down))
    let fr = Float(r - Double(top)), fc = Float(c - Double(left))
    var weight: Float = 0, sum = SIMD4<Float>(repeating: 0)
    for (m, n, w) in [
      (top, left, (1 - fr) * (1 - fc)), (top, left + 1, (1 - fr) * fc), (top + 1, left, fr * (1 - fc)),
      (top + 1, left + 1, fr * fc),
    ] where w > 0 && m >= 0 && n >= 0 && m < at.rows && n < forward.dx.columns {
      let line = m - at.backward
      let bx = backward.dx[line, n], by = backward.dy[line, n]
      guard bx.isFinite, by.isFinite else { continue }
      weight += w
      sum += w * SIMD4(bx, by, backward.dxSigma?[line, n] ?? 0, backward.dySigma?[line, n] ?? 0)
    }
    guard weight >= 0.5 else { return }
    sum /= weight
    let fx = forward.dxSigma?[i, j] ?? 0, fy = forward.dySigma?[i, j] ?? 0
    x[i, j] = dx + sum.x
    y[i, j] = dy + sum.y
    xVariance[i, j] = fx * fx + sum.z * sum.z
    yVariance[i, j] = fy * fy + sum.w * sum.w
  }
}

extension ClosureGrids {
  /// True where the way there and back ends further from home than `sigmas` standard deviations of the sum plus
  /// `floor`, px; false where it is shorter or unknown.
  public func exceed(sigmas: Double, floor: Double) -> Mask {
    let sigmas = Float(sigmas), floor = Float(floor)
    var out = Mask(rows: x.rows, columns: x.columns, filledWith: false)
    for index in out.cells.indices {
      let x = x.cells[index], y = y.cells[index]
      let length = (x * x + y * y).squareRoot()
      // The larger of both components, so that the limit does not depend on the direction.
      let sigma = max(xVariance.cells[index], yVariance.cells[index]).squareRoot()
      // A missing closure is NaN, and NaN is not greater than anything.
      out.cells[index] = length > sigmas * (sigma.isFinite ? sigma : 0) + floor
    }
    return out
  }
}
