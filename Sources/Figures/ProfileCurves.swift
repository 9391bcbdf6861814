// SPDX-License-Identifier: Apache-2.0

/// Values along a line at several times: one curve each with error bars, coloured from the first to the last.
public struct ProfileCurves: Sendable {
  public struct Curve: Sendable {
    public let name: String
    /// One for each distance; NaN leaves a gap.
    public let values: [Double]
    /// One sigma each; NaN where unknown.
    public let sigmas: [Double]

    public init(_ name: String, values: [Double], sigmas: [Double]) {
      (self.name, self.values, self.sigmas) = (name, values, sigmas)
    }
  }

  /// Distance from the start of the line, rising.
  public let distances: [Double]
  public let curves: [Curve]
  public let distanceUnit, name, unit: String
  public let size: ChartSize

  /// About so many error bars a curve, each curve at places of its own.
  private static let bars = 16

  public init(
    distances: [Double], curves: [Curve], distanceUnit: String, name: String, unit: String, size: ChartSize = .wide
  ) {
    precondition(
      curves.allSatisfy { $0.values.count == distances.count && $0.sigmas.count == distances.count },
      "a curve has one value and one sigma per distance")
    (self.distances, self.curves, self.distanceUnit) = (distances, curves, distanceUnit)
    (self.name, self.unit, self.size) = (name, unit, size)
  }

  public func svg(plotHeight: Double = 220) -> String {
    let legend = SeriesLegend(
      curves.map { SeriesChart.Line($0.name, days: [], values: [], look: .curve) }, width: size.width - 58)
    let frame = PlotFrame(
      width: size.width, plotHeight: plotHeight, leftMargin: 52, bottomMargin: 40 + legend.height,
      horizontal: ValueRange(distances.first ?? 0, distances.last ?? 1), vertical: valueRange)
    var canvas = Canvas(width: frame.width, height: frame.height)
    frame.draw(
      horizontalName: "distance", horizontalUnit: distanceUnit, verticalName: name, verticalUnit: unit, on: &canvas)
    for index in curves.indices { draw(index, frame, on: &canvas) }
    legend.draw(left: frame.left, top: frame.bottom + 40, tints: curves.indices.map(tint), on: &canvas)
    return canvas.document(style: size.style, description: description)
  }

  /// The chart in words.
  public var description: String {
    let finite = curves.flatMap(\.values).filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return "\(name) along a line: no value." }
    let ends = [low, high].map { NumberText.significant($0) }
    return "\(name) along a line, \(curves.map(\.name).joined(separator: ", ")): from \(ends[0]) to "
      + "\(NumberText.with(unit: unit, ends[1]))."
  }

  private func tint(_ index: Int) -> Colour {
    let share = curves.count > 1 ? Double(index) / Double(curves.count - 1) : 0.4
    return ColourMap.speed.colour(at: 0.08 + 0.76 * share)
  }

  private var valueRange: ValueRange {
    let finite = curves.flatMap(\.values).filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return ValueRange(0, 1) }
    let margin = 0.06 * max(1e-12, high - min(0, low))
    return ValueRange(low < 0 ? low - margin : 0, high + margin)
  }

  private func draw(_ index: Int, _ frame: PlotFrame, on canvas: inout Canvas) {
    let curve = curves[index]
    var line = Outline(), whiskers = Outline(), isDrawing = false
    let step = max(1, distances.count / Self.bars), shift = step * index / max(1, curves.count)
    for (place, value) in curve.values.enumerated() {
      guard value.isFinite else {
        isDrawing = false
        continue
      }
      let x = frame.x(distances[place])
      if isDrawing { line.line(x, frame.y(value)) } else { line.move(x, frame.y(value)) }
      isDrawing = true
      let sigma = curve.sigmas[place]
      guard place % step == shift, sigma.isFinite else { continue }
      whiskers.move(x, min(frame.bottom, max(frame.top, frame.y(value - sigma))))
      whiskers.line(x, min(frame.bottom, max(frame.top, frame.y(value + sigma))))
    }
    if !whiskers.data.isEmpty { canvas.path(whiskers.data, "tinted thin", stroke: tint(index)) }
    if !line.data.isEmpty { canvas.path(line.data, "tinted", stroke: tint(index)) }
  }
}
