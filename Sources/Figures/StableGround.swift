// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// What apparent motion of ground that stands still says about a match: bias, spread and outliers.
///
/// The density of the two components is estimated with a Gaussian kernel on a grid of 60 × 60. Its peak is the bias;
/// the contour at which the density has fallen to exp(-z²/2) of the peak, z = 2, gives the spread, and what lies
/// outside of it are outliers. For a normal distribution the spread is 2 sigma and 13.5 % lie outside.
///
/// Source: the static-terrain test of Zheng et al. 2023 (GLAFT), with its z and its grid. Differs from it: the grid
/// covers the median ± 5 NMAD of each component, the contour is interpolated between its cells, and the peak is the
/// mean of the part of the density above exp(-1/2) of its largest value, which scatters less than the largest cell.
/// Checked by: `StableGroundTests`.
public struct StableGround: Sendable {
  /// The peak of the density: the apparent motion of most of the stable ground, in the unit of the input.
  public let biasEast, biasNorth: Double
  /// Half the width of the z = 2 contour along each axis, in the unit of the input.
  public let spreadEast, spreadNorth: Double
  /// Share of the points outside the z = 2 contour, 0...1.
  public let outlierShare: Double
  /// Medians and normalised median absolute deviations of the two components.
  public let medianEast, medianNorth, nmadEast, nmadNorth: Double
  /// Count of points with both components.
  public let count: Int
  /// Share of the stable points that were measured at all, 0...1; nil when unknown.
  public let measuredShare: Double?
  public let unit: String

  let density: Grid<Float>
  let rangeEast, rangeNorth: ValueRange
  let points: [(east: Double, north: Double)]
  let isOutlier: [Bool]

  private static let z = 2.0
  /// More points than this change no digit that is shown.
  public static let enough = 100_000
  private static let side = 60

  /// Estimates the density.
  ///
  /// - Parameters:
  ///   - east: apparent motion to the east (or right) of each stable point; NaN = missing.
  ///   - north: apparent motion to the north (or up), same unit.
  ///   - unit: of both.
  ///   - measuredShare: share of the stable points that the match measured.
  ///   - all: how many points there are, where these are an even sample of them.
  /// - Returns: nil with fewer than 10 measured points.
  public init?(east: [Float], north: [Float], unit: String, measuredShare: Double? = nil, outOf all: Int? = nil) {
    precondition(east.count == north.count, "one north value for each east value")
    var pairs: [(east: Double, north: Double)] = []
    for index in east.indices where east[index].isFinite && north[index].isFinite {
      pairs.append((Double(east[index]), Double(north[index])))
    }
    guard pairs.count >= 10 else { return nil }
    count = all ?? pairs.count
    pairs = pairs.thinned(to: Self.enough)
    points = pairs
    self.unit = unit
    self.measuredShare = measuredShare
    medianEast = median(pairs.map(\.east))
    medianNorth = median(pairs.map(\.north))
    nmadEast = nmad(pairs.map(\.east))
    nmadNorth = nmad(pairs.map(\.north))
    let floor = max(nmadEast, nmadNorth, 1e-9) * 0.02
    let scaleEast = max(nmadEast, floor), scaleNorth = max(nmadNorth, floor)
    rangeEast = ValueRange(medianEast - 5 * scaleEast, medianEast + 5 * scaleEast)
    rangeNorth = ValueRange(medianNorth - 5 * scaleNorth, medianNorth + 5 * scaleNorth)
    // Scott's rule in units of cells: a grid spans 10 NMAD.
    let bandwidth = pow(Double(points.count), -1.0 / 6) * Double(Self.side) / 10
    density = Self.blurred(Self.counts(pairs, rangeEast, rangeNorth), sigma: bandwidth)

    let across = Self.ridge(density, alongColumns: true), upward = Self.ridge(density, alongColumns: false)
    let level = exp(-Self.z * Self.z / 2)
    let widthEast = Self.crossings(across, level), widthNorth = Self.crossings(upward, level)
    let cellEast = (rangeEast.high - rangeEast.low) / Double(Self.side)
    let cellNorth = (rangeNorth.high - rangeNorth.low) / Double(Self.side)
    let peak = Self.peak(of: density)
    biasEast = rangeEast.low + (peak.column + 0.5) * cellEast
    biasNorth = rangeNorth.low + (peak.row + 0.5) * cellNorth
    spreadEast = (widthEast.high - widthEast.low) / 2 * cellEast
    spreadNorth = (widthNorth.high - widthNorth.low) / 2 * cellNorth
    let threshold = Float(level) * (density.cells.max() ?? 0)
    let density = density, rangeEast = rangeEast, rangeNorth = rangeNorth
    isOutlier = pairs.map { pair in
      guard let cell = Self.cell(of: pair, rangeEast, rangeNorth) else { return true }
      return density.cells[cell] < threshold
    }
    outlierShare = Double(isOutlier.reduce(0) { $0 + ($1 ? 1 : 0) }) / Double(pairs.count)
  }
}

// MARK: - Density

extension StableGround {
  /// The cell of a point in a density grid whose row 0 is the lowest north value; nil outside.
  private static func cell(
    of pair: (east: Double, north: Double), _ rangeEast: ValueRange, _ rangeNorth: ValueRange
  ) -> Int? {
    let column = (rangeEast.position(of: pair.east) * Double(side)).rounded(.down)
    let row = (rangeNorth.position(of: pair.north) * Double(side)).rounded(.down)
    guard column >= 0 && row >= 0 && column < Double(side) && row < Double(side) else { return nil }
    return Int(row) * side + Int(column)
  }

  private static func counts(
    _ pairs: [(east: Double, north: Double)], _ rangeEast: ValueRange, _ rangeNorth: ValueRange
  ) -> Grid<Float> {
    var grid = Grid(rows: side, columns: side, filledWith: Float(0))
    for pair in pairs {
      if let cell = cell(of: pair, rangeEast, rangeNorth) { grid.cells[cell] += 1 }
    }
    return grid
  }

  private static func blurred(_ grid: Grid<Float>, sigma: Double) -> Grid<Float> {
    let sigma = max(sigma, 0.7), reach = Int((4 * sigma).rounded(.up))
    let weights = (-reach...reach).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
    func pass(_ source: Grid<Float>, _ stepRow: Int, _ stepColumn: Int) -> Grid<Float> {
      var out = source
      for row in 0..<side {
        for column in 0..<side {
          var sum: Float = 0
          for offset in -reach...reach {
            let r = row + offset * stepRow, c = column + offset * stepColumn
            if r >= 0 && r < side && c >= 0 && c < side { sum += weights[offset + reach] * source[r, c] }
          }
          out[row, column] = sum
        }
      }
      return out
    }
    return pass(pass(grid, 1, 0), 0, 1)
  }

  /// The largest density of each column (or row): the outline of the density seen along the other axis.
  private static func ridge(_ density: Grid<Float>, alongColumns: Bool) -> [Double] {
    (0..<side).map { index in
      Double((0..<side).map { alongColumns ? density[$0, index] : density[index, $0] }.max() ?? 0)
    }
  }

  /// The place of the peak, in cells.
  private static func peak(of density: Grid<Float>) -> (row: Double, column: Double) {
    let threshold = Float(exp(-0.5)) * (density.cells.max() ?? 0)
    var sum = 0.0, rows = 0.0, columns = 0.0
    for row in 0..<side {
      for column in 0..<side where density[row, column] >= threshold {
        let weight = Double(density[row, column])
        sum += weight
        rows += weight * Double(row)
        columns += weight * Double(column)
      }
    }
    return (rows / sum, columns / sum)
  }

  /// Where a curve falls below `level` of its largest value on both sides of it, in cells.
  private static func crossings(_ curve: [Double], _ level: Double) -> (low: Double, high: Double) {
    var top = 0
    for index in curve.indices where curve[index] > curve[top] { top = index }
    let threshold = level * curve[top]
    func crossing(_ step: Int) -> Double {
      var index = top
      while index + step >= 0 && index + step < curve.count && curve[index + step] >= threshold { index += step }
      let next = index + step
      guard next >= 0 && next < curve.count else { return Double(index) }
      let part = (curve[index] - threshold) / max(1e-30, curve[index] - curve[next])
      return Double(index) + Double(step) * part
    }
    return (crossing(-1), crossing(1))
  }
}
