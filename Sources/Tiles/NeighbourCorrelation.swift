// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How much neighbours share their errors, as told by places whose true values are alike: so many of them count as so few.
///
/// The correlation at a distance is one minus the variogram over its sill. Both are estimated by medians (Dowd 1984), so
/// that wrong matches among the places don't count, and over several dates together, since a single one of a hundred places
/// tells little. How it enters the error of a mean: Rolstad et al. 2009, section 2.4, here as the sum over the places
/// themselves, whatever their outline.
struct NeighbourCorrelation: Sendable {
  /// Correlations at multiples of `width`, falling until there is none.
  private let values: [Double]
  private let width: Double
  private let rows, columns: [Double]

  /// More dates would tell little more and take longer.
  private static let mostDates = 24
  /// A distance with fewer differences says nothing.
  private static let leastPairs = 30

  /// - Parameters:
  ///   - places: pixels; others than `.pixel` count as unrelated.
  ///   - dates: for each date the values at the places; NaN where there is none.
  init(_ places: [Place], _ dates: [[Float]]) {
    let positions = places.map { place -> (row: Double, column: Double) in
      if case .pixel(let row, let column) = place { (row, column) } else { (.nan, .nan) }
    }
    (rows, columns) = (positions.map(\.row), positions.map(\.column))
    width = Self.spacing(rows, columns)
    values = width > 0 ? Self.correlations(rows, columns, width, Self.scaled(dates)) : []
  }

  /// How many independent places tell as much of the mean as these.
  func effectiveCount(of known: [Int]) -> Double {
    let count = Double(known.count)
    guard values.count > 1 else { return count }
    var shared = 0.0
    for (number, one) in known.enumerated() {
      for other in known[..<number] { shared += at(hypot(rows[one] - rows[other], columns[one] - columns[other])) }
    }
    return max(1, count * count / (count + 2 * shared))
  }

  /// Between the distances on a line.
  private func at(_ distance: Double) -> Double {
    let place = distance / width
    guard place < Double(values.count - 1) else { return 0 }
    let low = Int(place), part = place - Double(low)
    return values[low] * (1 - part) + values[low + 1] * part
  }

  // MARK: - The variogram

  /// Smallest distance along a row or column between two neighbours: places lie on a lattice.
  private static func spacing(_ rows: [Double], _ columns: [Double]) -> Double {
    func step(_ values: [Double]) -> Double? {
      let sorted = Set(values.filter(\.isFinite)).sorted()
      return zip(sorted.dropFirst(), sorted).map { $0 - $1 }.min()
    }
    return [step(rows), step(columns)].compactMap { $0 }.min() ?? 0
  }

  /// Deviations from the median in units of the scatter, of dates evenly chosen.
  private static func scaled(_ dates: [[Float]]) -> [[Float]] {
    let stride = max(1, (dates.count + mostDates - 1) / mostDates)
    return Swift.stride(from: 0, to: dates.count, by: stride).compactMap { index in
      let known = dates[index].filter(\.isFinite)
      guard known.count > 2 else { return nil }
      let middle = known.middle, scatter = 1.4826 * known.map { abs($0 - middle) }.middle
      return scatter > 0 ? dates[index].map { ($0 - middle) / scatter } : nil
    }
  }

  private static func correlations(
    _ rows: [Double], _ columns: [Double], _ width: Double, _ dates: [[Float]]
  ) -> [Double] {
    let extent = hypot((rows.max() ?? 0) - (rows.min() ?? 0), (columns.max() ?? 0) - (columns.min() ?? 0))
    // Beyond half of the extent there are few pairs, and all of them at the border.
    let classes = Int(extent / 2 / width) + 1
    var differences = [[Float]](repeating: [], count: classes + 1)
    for one in rows.indices {
      for other in 0..<one {
        let number = Int((hypot(rows[one] - rows[other], columns[one] - columns[other]) / width).rounded())
        guard number <= classes else { continue }
        for date in dates {
          let difference = abs(date[one] - date[other])
          if difference.isFinite { differences[number].append(difference) }
        }
      }
    }
    var found = [1.0]
    for some in differences.dropFirst() {
      let last = found[found.count - 1]
      // A lattice has distances that no two of its places have: there it goes on as before.
      let root = some.count < leastPairs ? (2 * (1 - last)).squareRoot() : 1.4826 * Double(some.middle)
      let correlation = min(last, 1 - root * root / 2)
      guard correlation > 0 else { break }
      found.append(correlation)
    }
    return differences.contains { $0.count >= leastPairs } ? found + [0] : []
  }
}

extension [Float] {
  /// The median; NaN of none.
  var middle: Float {
    guard !isEmpty else { return .nan }
    let sorted = sorted(), half = count / 2
    return count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }
}
