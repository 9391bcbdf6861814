// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Ground that others are seen against: the median of its places, for each quantity and date.
///
/// What moves all of a scene alike, such as an error of its place, falls out of motion relative to ground that stands
/// still. Only quantities with a sign are made relative: the length of a velocity has no meaning as a difference.
public struct ReferenceSeries: Sendable {
  private struct Moment: Sendable {
    let value, sigma: Float
  }

  /// How many places have been read.
  public let count: Int
  private let moments: [String: [Moment]]

  /// - Parameters:
  ///   - readings: for each place the series of its quantities, the same ones over the same dates for all.
  ///   - places: where they were read, as pixels; what neighbours share is not known without.
  public init(_ readings: [[PointSeries]], at places: [Place] = []) {
    count = readings.count
    var moments: [String: [Moment]] = [:]
    for (index, quantity) in (readings.first ?? []).enumerated() where Self.canBeRelative(quantity.name) {
      let longest = readings.map { $0[index].steps.count }.max() ?? 0
      let dates = (0..<longest).map { step in
        readings.map { step < $0[index].steps.count ? $0[index].steps[step] : nil }
      }
      let correlation = NeighbourCorrelation(places, dates.map { $0.map { $0?.value ?? .nan } })
      moments[quantity.name] = dates.map { Self.moment($0, correlation) }
    }
    self.moments = moments
  }

  /// Whether a quantity has a sign, by its name: a component of a motion, not its length.
  public static func canBeRelative(_ name: String) -> Bool {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    let words = last.split(whereSeparator: { "-_".contains($0) }).map(String.init)
    return ["vx", "vy"].contains(words.first) || RunLayer.Kind(words: words) == .signed
  }

  /// Motion against this ground; what can't be relative stays as it is.
  ///
  /// The errors of both are added as independent ones: where they go together, the true error is smaller.
  public func relative(_ series: [PointSeries]) -> [PointSeries] {
    series.map { one in
      guard let moments = moments[one.name] else { return one }
      let steps = one.steps.indices.map { index -> PointSeries.Step in
        let step = one.steps[index]
        guard index < moments.count else { return .init(from: step.from, to: step.to, value: .nan, sigma: .nan) }
        let moment = moments[index]
        return .init(
          from: step.from, to: step.to, value: step.value - moment.value,
          sigma: (step.sigma * step.sigma + moment.sigma * moment.sigma).squareRoot())
      }
      return PointSeries(
        name: one.name, title: one.title, unit: one.unit, steps: steps, isRelative: true)
    }
  }

  // MARK: - The median

  /// Standard error of a median of normal deviates, in units of that of their mean: √(π/2).
  private static let medianLoss: Float = 1.2533

  /// The error is the larger of what the scatter of the places and what their own errors tell, over the root of the number
  /// of places that are independent of each other; a place alone has its own.
  private static func moment(_ steps: [PointSeries.Step?], _ correlation: NeighbourCorrelation) -> Moment {
    let indices = steps.indices.filter { steps[$0]?.value.isFinite == true }
    let known = indices.compactMap { steps[$0] }
    guard known.count > 1 else { return Moment(value: known.first?.value ?? .nan, sigma: known.first?.sigma ?? .nan) }
    let value = known.map(\.value).middle, root = Float(correlation.effectiveCount(of: indices)).squareRoot()
    let scatter = 1.4826 * known.map { abs($0.value - value) }.middle
    let stated = known.map(\.sigma).filter(\.isFinite)
    return Moment(value: value, sigma: medianLoss * max(scatter, stated.isEmpty ? 0 : stated.middle) / root)
  }
}

// MARK: - Places of an area

extension RasterTiles {
  /// Middles of pixels of a raster inside an outline, evenly spread, `most` at most.
  ///
  /// - Parameter corners: three or more; the last is joined to the first.
  /// - Throws: `TilesError` of kind `.missing`, `.unreadable` or `.noPlace`.
  public func places(within corners: [Place], of file: RasterLayerFile, most: Int) throws(TilesError) -> [Place] {
    try rasters.raster(file).place.places(within: corners, most: most)
  }
}

extension SeriesCube {
  /// As that of `RasterTiles`, on the pixels of the cube.
  public func places(within corners: [Place], most: Int) throws(TilesError) -> [Place] {
    try place.places(within: corners, most: most)
  }
}

extension RasterPlace {
  /// Middles of pixels inside an outline, evenly spread.
  func places(within corners: [Place], most: Int) throws(TilesError) -> [Place] {
    let (rows, columns) = try positions(of: corners)
    guard corners.count > 2, (rows + columns).allSatisfy(\.isFinite) else { return [] }
    func range(_ values: [Double], _ size: Int) -> ClosedRange<Int>? {
      let low = max(0, (values.min() ?? 0).rounded(.up)),
        high = min(Double(size - 1), (values.max() ?? 0).rounded(.down))
      return low <= high ? Int(low)...Int(high) : nil
    }
    guard let tall = range(rows, reference.rows), let wide = range(columns, reference.columns) else { return [] }
    // The box is never smaller than the outline: begin with a step that suits it, and widen where it holds too many.
    var step = max(1, Int((Double(tall.count) * Double(wide.count) / Double(16 * most)).squareRoot()))
    while true {
      var found: [Place] = []
      for row in stride(from: tall.lowerBound, through: tall.upperBound, by: step) {
        for column in stride(from: wide.lowerBound, through: wide.upperBound, by: step)
        where Self.isInside(Double(row), Double(column), rows, columns) {
          found.append(.pixel(row: Double(row), column: Double(column)))
        }
      }
      if found.count <= most { return found }
      step = max(step + 1, Int((Double(step) * (Double(found.count) / Double(most)).squareRoot()).rounded(.down)))
    }
  }

  /// Whether a ray to the right crosses the outline an odd number of times.
  private static func isInside(_ row: Double, _ column: Double, _ rows: [Double], _ columns: [Double]) -> Bool {
    var isInside = false
    var last = rows.count - 1
    for index in rows.indices {
      if (rows[index] > row) != (rows[last] > row) {
        let share = (row - rows[index]) / (rows[last] - rows[index])
        if column < columns[index] + share * (columns[last] - columns[index]) { isInside.toggle() }
      }
      last = index
    }
    return isInside
  }
}
