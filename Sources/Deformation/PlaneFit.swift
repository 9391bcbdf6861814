// SPDX-License-Identifier: Apache-2.0
import Grids

/// The slopes of a fitted plane with their errors.
struct PlaneSlopes {
  var perColumn, perRow: Double
  var columnVariance, rowVariance, covariance: Double
}

/// A weighted plane through a square of neighbours, with the covariance that correlated neighbours give.
struct PlaneFit {
  private let reach: Int
  private let spacing: Double
  /// Correlation of two points that are k cells apart along one axis, k = 0, 1, …, as long as it is above zero.
  private let correlation: [Double]
  private var weights: [Double]
  /// Weighted positions (1, x, y) and the same after multiplication with the correlation along columns.
  private var lines: [SIMD4<Double>]
  private var blurred: [SIMD4<Double>]

  init(reach: Int, spacing: Double, correlation window: Double) {
    self.reach = reach
    self.spacing = spacing
    let side = 2 * reach + 1
    correlation = (0..<side).map { max(0, 1 - Double($0) * spacing / window) }.prefix { $0 > 0 } + []
    weights = Array(repeating: 0, count: side * side)
    lines = Array(repeating: .zero, count: side * side)
    blurred = lines
  }

  /// The plane around one cell; nil where too few neighbours are measured or they lie on a line.
  mutating func fit(
    _ values: Grid<Float>, _ sigmas: Grid<Float>?, _ valid: Mask?, _ row: Int, _ column: Int, _ share: Double
  ) -> PlaneSlopes? {
    let side = 2 * reach + 1
    let centre = Double(values[row, column])
    var n = Normal3(), count = 0
    for r in 0..<side {
      for c in 0..<side {
        let y = row + r - reach, x = column + c - reach
        weights[r * side + c] = 0
        guard y >= 0, x >= 0, y < values.rows, x < values.columns, valid?[y, x] ?? true else { continue }
        let value = Double(values[y, x]), sigma = Double(sigmas?[y, x] ?? 1)
        guard value.isFinite, sigma > 0, sigma.isFinite else { continue }
        weights[r * side + c] = 1 / sigma
        n.add(1 / (sigma * sigma), Double(c - reach) * spacing, Double(r - reach) * spacing, value - centre)
        count += 1
      }
    }
    guard count >= 3, Double(count) >= share * Double(side * side), let inverse = n.inverse(scale: spacing) else {
      return nil
    }
    let slopes = inverse.times(n.right)
    let spread = correlation.count > 1 ? correlated() : n.matrix
    let c = inverse.sandwich(spread)
    return PlaneSlopes(
      perColumn: slopes.y, perRow: slopes.z, columnVariance: c.yy, rowVariance: c.zz, covariance: c.yz)
  }

  /// Xᵀ W Σ W X with Σ the covariance of correlated neighbours: W Σ W has the elements ρ / (σ σ'), and ρ is a
  /// product of a column and a row part, so it is applied one axis after the other.
  private mutating func correlated() -> Symmetric3 {
    let side = 2 * reach + 1
    for r in 0..<side {
      for c in 0..<side {
        lines[r * side + c] = weights[r * side + c] * SIMD4(1, Double(c - reach), Double(r - reach), 0)
      }
    }
    Self.blur(lines, &blurred, correlation, side, step: 1, stride: side)
    Self.blur(blurred, &lines, correlation, side, step: side, stride: 1)
    var one = SIMD4<Double>.zero, x = one, y = one
    for r in 0..<side {
      for c in 0..<side {
        let product = weights[r * side + c] * lines[r * side + c]
        one += product
        x += Double(c - reach) * product
        y += Double(r - reach) * product
      }
    }
    // Positions were counted in cells.
    let s = spacing
    return Symmetric3(xx: one.x, xy: one.y * s, xz: one.z * s, yy: x.y * s * s, yz: x.z * s * s, zz: y.z * s * s)
  }

  /// Multiplies every line along one axis by the correlation matrix of its points.
  private static func blur(
    _ input: [SIMD4<Double>], _ output: inout [SIMD4<Double>], _ correlation: [Double], _ side: Int, step: Int,
    stride: Int
  ) {
    let reach = correlation.count - 1
    for line in 0..<side {
      for i in 0..<side {
        var sum = correlation[0] * input[line &* stride &+ i &* step]
        for j in max(0, i - reach)..<i { sum += correlation[i &- j] * input[line &* stride &+ j &* step] }
        for j in i + 1..<max(i + 1, min(side, i + reach + 1)) {
          sum += correlation[j &- i] * input[line &* stride &+ j &* step]
        }
        output[line &* stride &+ i &* step] = sum
      }
    }
  }
}

/// Upper triangle of a symmetric 3 × 3 matrix.
struct Symmetric3 {
  var xx = 0.0, xy = 0.0, xz = 0.0, yy = 0.0, yz = 0.0, zz = 0.0

  func times(_ v: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(
      xx * v.x + xy * v.y + xz * v.z, xy * v.x + yy * v.y + yz * v.z, xz * v.x + yz * v.y + zz * v.z)
  }

  /// A M A for this matrix A.
  func sandwich(_ m: Symmetric3) -> Symmetric3 {
    let x = m.times(SIMD3(xx, xy, xz)), y = m.times(SIMD3(xy, yy, yz)), z = m.times(SIMD3(xz, yz, zz))
    let a = times(x), b = times(y), c = times(z)
    return Symmetric3(xx: a.x, xy: a.y, xz: a.z, yy: b.y, yz: b.z, zz: c.z)
  }
}

/// Normal equations of a plane.
struct Normal3 {
  var matrix = Symmetric3()
  var right = SIMD3<Double>(repeating: 0)

  mutating func add(_ weight: Double, _ x: Double, _ y: Double, _ value: Double) {
    matrix.xx += weight
    matrix.xy += weight * x
    matrix.xz += weight * y
    matrix.yy += weight * x * x
    matrix.yz += weight * x * y
    matrix.zz += weight * y * y
    right += weight * value * SIMD3(1, x, y)
  }

  /// The inverse; nil where the points lie on a line, judged against one `scale` of spread across it.
  func inverse(scale: Double) -> Symmetric3? {
    let m = matrix
    let a = m.yy * m.zz - m.yz * m.yz, b = m.xz * m.yz - m.xy * m.zz, c = m.xy * m.yz - m.xz * m.yy
    let determinant = m.xx * a + m.xy * b + m.xz * c
    // det / xx² is the weighted second moment about the centroid along times that across the cloud.
    let floor = 1e-3 * scale * scale
    guard determinant > m.xx * m.xx * m.xx * floor * floor else { return nil }
    let f = 1 / determinant
    return Symmetric3(
      xx: a * f, xy: b * f, xz: c * f, yy: (m.xx * m.zz - m.xz * m.xz) * f, yz: (m.xy * m.xz - m.xx * m.yz) * f,
      zz: (m.xx * m.yy - m.xy * m.xy) * f)
  }
}
