// SPDX-License-Identifier: Apache-2.0
import Kernels

/// How pixels are interpolated at positions between them.
public enum ResamplingKernel: Hashable, Sendable {
  /// The nearest pixel, for masks and classes.
  case nearest
  /// Interpolating quintic B-spline: for equal or finer target pixels. Its sub-pixel bias is below 0.0001 px on detail
  /// down to 4 px; that of the cubic one is 0.0013 px.
  case spline
  /// Mean of the interpolating spline over the footprint of a target pixel, given in source pixels: for coarser target
  /// pixels, whose detail would else appear as aliases.
  case areaMean(rows: Double, columns: Double)

  /// How far from a sampled position, px, pixels can change its value.
  public var margin: Int {
    switch self {
    case .nearest: 1
    case .spline: 4 + 2 * ResamplingSource.radius
    case .areaMean(let rows, let columns):
      4 + 2 * ResamplingSource.radius + Int((max(rows, columns) / 2).rounded(.up))
    }
  }
}

/// Part of an image made ready for interpolation.
///
/// The spline's coefficients come from a filter of finite length (33 taps a direction; what it leaves out is below
/// 2e-6 of the value), so a result depends on pixels within `kernel.margin` only and has the same bits in whatever window
/// it is computed. Missing pixels are first filled with a Gaussian mean of their surroundings, because a step to zero
/// would ring into its neighbours. Memory: four times the window.
///
/// Source: Unser 1999 (Splines, a perfect fit), direct filter of degree 5.
public struct ResamplingSource: Sendable {
  static let radius = SplineOrder.quintic.prefilterRadius
  /// A tap above this weight must not be missing.
  static let heaviestMissingTap: Float = 1e-3
  /// Share of the footprint that may be missing in an area mean.
  static let largestMissingShare: Float = 0.1

  public let kernel: ResamplingKernel
  private let row, column, rows, columns, stride: Int
  private let coefficients: [Float]
  private let absence: [Float]?
  private let pixels: Grid<Float>?

  /// - Parameters:
  ///   - grid: pixels, NaN where missing; at least `kernel.margin` more on each side than will be sampled.
  ///   - row, column: position of its first cell in the frame of the positions that will be sampled.
  public init(_ grid: Grid<Float>, row: Int, column: Int, kernel: ResamplingKernel) {
    self.kernel = kernel
    if kernel == .nearest {
      (self.row, self.column, rows, columns, stride) = (row, column, grid.rows, grid.columns, grid.columns)
      (coefficients, absence, pixels) = ([], nil, grid)
      return
    }
    pixels = nil
    let margin = 2 * ResamplingSource.radius
    let filled = PaddedPixels(grid).filled()
    (rows, columns) = (max(0, grid.rows - 2 * margin), max(0, grid.columns - 2 * margin))
    (self.row, self.column) = (row + margin, column + margin)
    stride = PaddedPixels.stride(columns)
    coefficients = filled.pixels.filtered(ResamplingSource.splineTaps).cells
    absence = filled.absence?.cropped(by: ResamplingSource.radius).cells
  }

  /// Values at positions in the frame given to the initialiser; NaN outside and where pixels are missing.
  public func sample(rows positions: [Double], columns columnPositions: [Double]) -> [Float] {
    precondition(positions.count == columnPositions.count, "positions need a row and a column each")
    let count = positions.count
    if let pixels { return nearest(pixels, positions, columnPositions) }
    return [Float](unsafeUninitializedCapacity: count) { values, initialised in
      initialised = count
      guard let base = values.baseAddress else { return }
      withBlock { block in
        switch kernel {
        case .areaMean(let height, let width):
          var scratch = [Float](repeating: 0, count: Int(height + width) + 40)
          sampleSplineMeans(
            block, height: height, width: width, rowPositions: positions, columnPositions: columnPositions,
            count: count, limit: ResamplingSource.largestMissingShare, scratch: &scratch, values: base)
        default:
          sampleQuinticSpline(
            block, rowPositions: positions, columnPositions: columnPositions, count: count,
            threshold: ResamplingSource.heaviestMissingTap, values: base)
        }
      }
    }
  }

  private func withBlock(_ body: (SplineBlock) -> Void) {
    coefficients.withUnsafeBufferPointer { coefficients in
      func block(_ absence: UnsafePointer<Float>?) -> SplineBlock {
        SplineBlock(
          coefficients: coefficients.baseAddress!, absence: absence, rows: rows, columns: columns, stride: stride,
          row: row, column: column)
      }
      guard let absence else { return body(block(nil)) }
      absence.withUnsafeBufferPointer { body(block($0.baseAddress!)) }
    }
  }

  private func nearest(_ pixels: Grid<Float>, _ rowPositions: [Double], _ columnPositions: [Double]) -> [Float] {
    zip(rowPositions, columnPositions).map { y, x in
      guard abs(y) < 1e9, abs(x) < 1e9 else { return .nan }
      let r = Int((y + 0.5).rounded(.down)) - row, c = Int((x + 0.5).rounded(.down)) - column
      return (0..<rows).contains(r) && (0..<columns).contains(c) ? pixels[r, c] : .nan
    }
  }

  /// Centre and one side of the prefilter.
  static let splineTaps = SplineOrder.quintic.prefilter(radius: radius).map { Float($0) }

  /// Centre and one side of the Gaussian by which missing pixels are filled; not normalised, a ratio is taken.
  static let fillTaps: [Float] = (0...radius).map { Float(exponential(-Double($0 * $0) / 12.5)) }
}
