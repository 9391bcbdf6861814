// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// An endless image of natural-looking texture, for simulations without a source image.
///
/// Octaves of random numbers on ever coarser lattices are joined by cubic B-splines and added with equal variance,
/// which gives the 1/f amplitude spectrum of natural scenes, band-limited below half a cycle per px of the finest
/// lattice. A pixel's value belongs to its position: any window gives the same bits, with no transform of the whole
/// image. O(pixels × octaves).
public struct GeneratedTexture: Sendable {
  /// Choices of a generated texture.
  public struct Parameters: ParameterSet {
    @Parameter("Number from which the texture is drawn", in: 0...4_294_967_295)
    public var textureSeed: Int = 1

    @Parameter("Mean grey level", unit: "grey level", in: -100_000...100_000)
    public var textureMean: Double = 127.5

    @Parameter("Standard deviation of the grey levels", unit: "grey level", in: 0...100_000)
    public var textureDeviation: Double = 36

    @Parameter("Distance of the points of the finest lattice", unit: "px", in: 1...64)
    public var textureScale: Int = 2

    @Parameter("Number of octaves, each twice as coarse as the one before", in: 1...16)
    public var textureOctaves: Int = 8

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Mean variance of a cubic B-spline with independent coefficients of variance 1 in two dimensions.
  private static let splineVariance = (151.0 / 315) * (151.0 / 315)

  /// Grey levels of any window, also of one with negative rows or columns.
  public func read(_ window: Window) -> Grid<Float> {
    var sum = Grid<Float>(rows: window.rows, columns: window.columns, filledWith: 0)
    var scale = parameters.textureScale
    for octave in 0..<parameters.textureOctaves {
      add(octave: octave, scale: scale, window, to: &sum)
      scale *= 2
    }
    let factor = parameters.textureDeviation / (Double(parameters.textureOctaves) * Self.splineVariance).squareRoot()
    return sum.map { Float(parameters.textureMean + factor * Double($0)) }
  }

  private func add(octave: Int, scale: Int, _ window: Window, to sum: inout Grid<Float>) {
    let top = Self.floorDivide(window.row, scale) - 1, left = Self.floorDivide(window.column, scale) - 1
    let bottom = Self.floorDivide(window.endRow - 1, scale) + 2
    let right = Self.floorDivide(window.endColumn - 1, scale) + 2
    let rows = bottom - top + 1, columns = right - left + 1
    let seed = UInt64(parameters.textureSeed)
    let weights = (0..<scale).map { Self.cubicWeights(Float($0) / Float(scale)) }
    // Columns first: lattice rows × image columns.
    var across = Grid<Float>(rows: rows, columns: window.columns, filledWith: 0)
    for r in 0..<rows {
      let lattice = (0..<columns).map { c in
        var random = SeededRandom(
          seed: seed, stream: UInt64(16 + octave), row: top + r, column: left + c)
        return Float(random.normalPair().0)
      }
      for column in 0..<window.columns {
        let cell = Self.floorDivide(window.column + column, scale)
        let w = weights[window.column + column - cell * scale], c = cell - 1 - left
        across[r, column] = w.x * lattice[c] + w.y * lattice[c + 1] + w.z * lattice[c + 2] + w.w * lattice[c + 3]
      }
    }
    for row in 0..<window.rows {
      let cell = Self.floorDivide(window.row + row, scale)
      let w = weights[window.row + row - cell * scale]
      let start = (cell - 1 - top) * window.columns, n = window.columns
      for column in 0..<n {
        let c = start + column
        let a = w.x * across.cells[c] + w.y * across.cells[c + n]
        sum.cells[row * n + column] += a + w.z * across.cells[c + 2 * n] + w.w * across.cells[c + 3 * n]
      }
    }
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }

  private static func cubicWeights(_ t: Float) -> SIMD4<Float> {
    let u = 1 - t
    return SIMD4(u * u * u, 4 - 6 * t * t + 3 * t * t * t, 4 - 6 * u * u + 3 * u * u * u, t * t * t) / 6
  }
}
