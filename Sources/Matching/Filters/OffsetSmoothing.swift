// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// How offsets are smoothed.
public enum SmoothingKind: String, ParameterChoice {
  /// Not at all: the default everywhere.
  case none
  /// Mean of the neighbours, weighted with their inverse variances.
  case mean
  /// Median of the neighbours.
  case median

  /// What the choice means, as a clause.
  public var summary: String {
    switch self {
    case .none: "leaves offsets as measured"
    case .mean: "mean of the neighbours, weighted with their inverse variances"
    case .median: "median of the neighbours"
    }
  }
}

/// Smooths an offset field, for maps that should look calm; it blurs margins and hides the true noise.
///
/// Missing points stay missing and are left out of their neighbours' values. Sigmas are not changed: neighbours share
/// noise, so how much smoothing helps is not known here, and a claim of less error would be a guess.
public struct OffsetSmoothing: Sendable {
  public struct Parameters: ParameterSet {
    @Parameter("How offsets are smoothed; none leaves them as measured")
    public var smoothing: SmoothingKind = .none

    @Parameter("Grid points on each side that a smoothed offset is taken from", in: 1...20)
    public var smoothingRadius: Int = 1

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Grid points beyond a tile that its offsets depend on.
  public var margin: Int { parameters.smoothing == .none ? 0 : parameters.smoothingRadius }

  /// The smoothed field; the same field where smoothing is `none`.
  public func smoothed(_ field: OffsetGrids) -> OffsetGrids {
    guard parameters.smoothing != .none else { return field }
    var out = field
    out.dx = smoothed(field.dx, field.dxSigma)
    out.dy = smoothed(field.dy, field.dySigma)
    return out
  }

  private func smoothed(_ values: Grid<Float>, _ sigmas: Grid<Float>?) -> Grid<Float> {
    let reach = parameters.smoothingRadius, side = 2 * reach + 1, isMedian = parameters.smoothing == .median
    var out = values, neighbours = [Float](repeating: 0, count: side * side)
    for row in 0..<values.rows {
      for column in 0..<values.columns where values[row, column].isFinite {
        var count = 0, sum = 0.0, weights = 0.0
        for r in max(0, row - reach)...min(values.rows - 1, row + reach) {
          for c in max(0, column - reach)...min(values.columns - 1, column + reach) where values[r, c].isFinite {
            neighbours[count] = values[r, c]
            count += 1
            let sigma = Double(sigmas?[r, c] ?? 1)
            guard sigma > 0, sigma.isFinite else { continue }
            sum += Double(values[r, c]) / (sigma * sigma)
            weights += 1 / (sigma * sigma)
          }
        }
        if isMedian {
          out[row, column] = smallMedian(&neighbours, count)
        } else if weights > 0 {
          out[row, column] = Float(sum / weights)
        }
      }
    }
    return out
  }
}
