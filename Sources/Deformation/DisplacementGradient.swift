// SPDX-License-Identifier: Apache-2.0
import Grids

/// How an offset field changes from pixel to pixel, in image axes (column to the right, row down), px per px.
public struct DisplacementGradient: Hashable, Sendable {
  /// Change of the offset to the right (`dx`) by one step to the right and by one step down.
  public var dxPerColumn, dxPerRow: Double
  /// Change of the offset down (`dy`) by one step to the right and by one step down.
  public var dyPerColumn, dyPerRow: Double

  public init(dxPerColumn: Double, dxPerRow: Double, dyPerColumn: Double, dyPerRow: Double) {
    self.dxPerColumn = dxPerColumn
    self.dxPerRow = dxPerRow
    self.dyPerColumn = dyPerColumn
    self.dyPerRow = dyPerRow
  }

  /// The four values in the order that `GradientCovariance` uses.
  var vector: SIMD4<Double> { SIMD4(dxPerColumn, dxPerRow, dyPerColumn, dyPerRow) }
}

/// Covariance of the four values of a displacement gradient, (px/px)².
///
/// Index order: 0 `dxPerColumn`, 1 `dxPerRow`, 2 `dyPerColumn`, 3 `dyPerRow`. Kept in single precision because a
/// scene holds millions of them; arithmetic on it runs in double precision.
public struct GradientCovariance: Hashable, Sendable {
  /// The upper triangle by rows in the first ten lanes.
  private var packed = SIMD16<Float>(repeating: 0)

  /// The zero matrix, to be filled through the subscript.
  public init() {}

  /// Independent errors with the given standard deviations, px/px, in index order.
  public init(sigmas: SIMD4<Double>) {
    for index in 0..<4 { self[index, index] = sigmas[index] * sigmas[index] }
  }

  /// A covariance that says "not known": every sigma that is computed from it is NaN.
  public static let unknown = GradientCovariance(sigmas: SIMD4(repeating: .nan))

  /// The element of a pair of indices; setting one sets its mirror image as well.
  public subscript(row: Int, column: Int) -> Double {
    get { Double(packed[Self.lane(row, column)]) }
    set { packed[Self.lane(row, column)] = Float(newValue) }
  }

  private static func lane(_ row: Int, _ column: Int) -> Int {
    precondition((0..<4).contains(row) && (0..<4).contains(column), "a gradient has four values")
    let low = min(row, column), high = max(row, column)
    return low * 4 - low * (low - 1) / 2 + high - low
  }

  var matrix: SymmetricMatrix4 {
    let p = SIMD16<Double>(packed)
    return SymmetricMatrix4(
      SIMD4(p[0], p[1], p[2], p[3]), SIMD4(p[1], p[4], p[5], p[6]), SIMD4(p[2], p[5], p[7], p[8]),
      SIMD4(p[3], p[6], p[8], p[9]))
  }
}

/// A 4 × 4 matrix by its rows; symmetric where it is a covariance.
struct SymmetricMatrix4: Sendable {
  var rows: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>)

  init(_ a: SIMD4<Double>, _ b: SIMD4<Double>, _ c: SIMD4<Double>, _ d: SIMD4<Double>) { rows = (a, b, c, d) }

  /// The matrix times a vector; rows and columns are the same thing in a symmetric matrix.
  @inline(__always)
  func times(_ v: SIMD4<Double>) -> SIMD4<Double> {
    v.x * rows.0 + v.y * rows.1 + v.z * rows.2 + v.w * rows.3
  }

  /// Variance of the linear form `weights · x` of a random vector x with this covariance.
  @inline(__always)
  func variance(of weights: SIMD4<Double>) -> Double { (weights * times(weights)).sum() }
}

/// The constant linear map from image-axes gradients to map-axes gradients of one raster.
///
/// With A the 2 × 2 part of the geotransform, a displacement in map units is A d and a map position A p, so the
/// gradient becomes A G A⁻¹. Order in map axes: east per east, east per north, north per east, north per north.
struct MapAxes: Sendable {
  private let matrix: SymmetricMatrix4  // its rows are rows of the map, which is not symmetric in general
  private let transposed: SymmetricMatrix4
  let transform: GeoTransform

  init(_ transform: GeoTransform) {
    self.transform = transform
    let a = [[transform.eastPerColumn, transform.eastPerRow], [transform.northPerColumn, transform.northPerRow]]
    let determinant = a[0][0] * a[1][1] - a[0][1] * a[1][0]
    precondition(determinant != 0, "the geotransform maps the image to a line")
    let inverse = [
      [a[1][1] / determinant, -a[0][1] / determinant], [-a[1][0] / determinant, a[0][0] / determinant],
    ]
    func row(_ i: Int, _ j: Int) -> SIMD4<Double> {
      var out = SIMD4<Double>(repeating: 0)
      for k in 0..<2 {
        for l in 0..<2 { out[2 * k + l] = a[i][k] * inverse[l][j] }
      }
      return out
    }
    let r = [row(0, 0), row(0, 1), row(1, 0), row(1, 1)]
    matrix = SymmetricMatrix4(r[0], r[1], r[2], r[3])
    let t = (0..<4).map { SIMD4(r[0][$0], r[1][$0], r[2][$0], r[3][$0]) }
    transposed = SymmetricMatrix4(t[0], t[1], t[2], t[3])
  }

  func gradient(_ image: SIMD4<Double>) -> SIMD4<Double> { transposed.times(image) }

  func covariance(_ image: SymmetricMatrix4) -> SymmetricMatrix4 {
    // L C Lᵀ: the row i of C Lᵀ … is C times row i of L, which `times` forms because C is symmetric.
    let a = transposed.times(image.times(matrix.rows.0))
    let b = transposed.times(image.times(matrix.rows.1))
    let c = transposed.times(image.times(matrix.rows.2))
    let d = transposed.times(image.times(matrix.rows.3))
    return SymmetricMatrix4(a, b, c, d)
  }
}
