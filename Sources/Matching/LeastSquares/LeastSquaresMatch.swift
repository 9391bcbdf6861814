// SPDX-License-Identifier: Apache-2.0

/// A place in an image, px; pixel centres are at integers.
public struct PixelPoint: Hashable, Sendable {
  public var row, column: Double

  public init(row: Double, column: Double) {
    self.row = row
    self.column = column
  }
}

/// An offset and its gradient: the affine model of motion around a point.
///
/// Pixel (column + x, row + y) of the reference lies in the secondary at (column + x + dx + dxPerColumn x +
/// dxPerRow y, row + y + dy + dyPerColumn x + dyPerRow y).
public struct AffineOffset: Hashable, Sendable {
  /// Offset of the point, px: + right, + down.
  public var dx, dy: Double
  /// Change of the offset by one pixel to the right or down, px per px.
  public var dxPerColumn, dxPerRow, dyPerColumn, dyPerRow: Double

  public init(
    dx: Double = 0, dy: Double = 0, dxPerColumn: Double = 0, dxPerRow: Double = 0, dyPerColumn: Double = 0,
    dyPerRow: Double = 0
  ) {
    self.dx = dx
    self.dy = dy
    self.dxPerColumn = dxPerColumn
    self.dxPerRow = dxPerRow
    self.dyPerColumn = dyPerColumn
    self.dyPerRow = dyPerRow
  }

  /// The model moved `x` px to the right and `y` px down: the same field, another point.
  public func moved(x: Double, y: Double) -> AffineOffset {
    var out = self
    out.dx += dxPerColumn * x + dxPerRow * y
    out.dy += dyPerColumn * x + dyPerRow * y
    return out
  }
}

/// Covariance of dx, dxPerColumn, dxPerRow, dy, dyPerColumn, dyPerRow, in this order (p1..p6): the upper triangle.
public struct AffineCovariance: Sendable {
  /// Rows of the upper triangle, one after the other.
  public var upper: InlineArray<21, Float>

  public init() { upper = .init(repeating: .nan) }

  /// Covariance of parameters `i` and `j`, 0 ..< 6, in px and px per px.
  public subscript(i: Int, j: Int) -> Float {
    get { upper[Self.index(i, j)] }
    set { upper[Self.index(i, j)] = newValue }
  }

  private static func index(_ i: Int, _ j: Int) -> Int {
    let a = min(i, j), b = max(i, j)
    return a * 6 - a * (a - 1) / 2 + b - a
  }

  /// Standard deviation of parameter `i`, px or px per px.
  public func sigma(_ i: Int) -> Float { self[i, i].squareRoot() }
  public var dxSigma: Float { sigma(0) }
  public var dySigma: Float { sigma(3) }
}

/// What each of p1..p6 gains from each second derivative of the motion within the template, px²: of dx by column twice,
/// by column and row, by row twice, then of dy.
public struct CurvatureResponse: Sendable {
  private var cells = InlineArray<36, Float>(repeating: 0)
  /// Share of the offset's variance that is no noise but the residual of the motion that an affine template cannot
  /// follow, per mean square of that motion, px⁻²: of dx by the motion to the right and down, then of dy.
  public var misfit = SIMD4<Float>.zero

  public init() {}

  /// Gain of parameter `i` by second derivative `k`, both 0 ..< 6.
  public subscript(i: Int, k: Int) -> Float {
    get { cells[i * 6 + k] }
    set { cells[i * 6 + k] = newValue }
  }
}

/// What least squares matching found at one point.
public struct LeastSquaresMatch: Sendable {
  /// Offset and gradient; every value is NaN where `flag` is not `.measured`.
  public var offset: AffineOffset
  /// Covariance of the six parameters from the noise of both images; NaN where not measured.
  public var covariance: AffineCovariance
  /// What curved motion does to this template; see `correctingCurvature`.
  public var curvatureResponse = CurvatureResponse()
  /// Normalised correlation at the solution and at the start, −1 … 1.
  public var ncc, startNcc: Double
  /// Contrast of the secondary relative to the reference.
  public var gain: Double
  public var iterations: Int
  public var flag: MatchFlag

  /// A point without a result.
  public init(flag: MatchFlag) {
    offset = AffineOffset(
      dx: .nan, dy: .nan, dxPerColumn: .nan, dxPerRow: .nan, dyPerColumn: .nan, dyPerRow: .nan)
    covariance = AffineCovariance()
    ncc = .nan
    startNcc = .nan
    gain = .nan
    iterations = 0
    self.flag = flag
  }
}
