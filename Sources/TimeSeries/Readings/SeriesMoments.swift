// SPDX-License-Identifier: Apache-2.0

/// Means and products of the dates of many series: all that the directions of their variation follow from.
///
/// Gathered part by part, so that a cube of any size streams; parts that are merged in one order give one result. Pixels that
/// miss a date are left out. O(pixels × dates²), memory O(dates²).
public struct SeriesMoments: Sendable {
  public let dates: Int
  public let mode: IndependentComponents.Mode
  /// Pixels that have all dates.
  public private(set) var count = 0
  private var sums: [Double]
  /// Rows × columns, the lower half.
  private var products: [Double]

  public init(dates: Int, mode: IndependentComponents.Mode) {
    (self.dates, self.mode) = (dates, mode)
    sums = Array(repeating: 0, count: dates)
    products = Array(repeating: 0, count: dates * dates)
  }

  /// - Parameter displacements: date after date, all pixels of each.
  public mutating func add(_ displacements: [Float], pixels: Int) {
    precondition(displacements.count == pixels * dates, "a cube has pixels × dates displacements")
    var series = Array(repeating: 0.0, count: dates)
    for pixel in 0..<pixels where Self.gather(displacements, pixel, pixels, &series) {
      if mode == .temporal { Self.centre(&series) }
      count += 1
      products.withUnsafeMutableBufferPointer { products in
        for row in 0..<dates {
          let value = series[row], start = row * dates
          sums[row] += value
          for column in 0...row { products[start + column] += value * series[column] }
        }
      }
    }
  }

  public mutating func merge(_ other: SeriesMoments) {
    precondition(other.dates == dates && other.mode == mode, "moments of the same dates are merged")
    count += other.count
    for index in sums.indices { sums[index] += other.sums[index] }
    for index in products.indices { products[index] += other.products[index] }
  }

  /// Mean of each date that is taken out before all else; 0 in temporal mode, where each pixel's own is.
  var centre: [Double] {
    mode == .spatial && count > 0 ? sums.map { $0 / Double(count) } : sums.map { _ in 0 }
  }

  /// Sum of the products of all dates with each other, about the centre; rows × columns.
  var spread: [Double] {
    let centre = centre, n = Double(count)
    var out = products
    for row in 0..<dates {
      for column in 0...row {
        let value = products[row * dates + column] - n * centre[row] * centre[column]
        out[row * dates + column] = value
        out[column * dates + row] = value
      }
    }
    return out
  }

  /// The series of a pixel; false where a date is missing.
  static func gather(_ displacements: [Float], _ pixel: Int, _ pixels: Int, _ series: inout [Double]) -> Bool {
    for date in series.indices {
      let value = displacements[date * pixels + pixel]
      guard value.isFinite else { return false }
      series[date] = Double(value)
    }
    return true
  }

  static func centre(_ series: inout [Double]) {
    let mean = series.reduce(0, +) / Double(series.count)
    for index in series.indices { series[index] -= mean }
  }
}
