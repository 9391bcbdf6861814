// SPDX-License-Identifier: Apache-2.0
import Grids

/// Values along a line over time as a picture (Hovmöller 1949): distance to the right, time upwards, values in colours.
public struct DistanceTimeFigure: Sendable {
  /// Evenly spaced along the line, rising.
  public let distances: [Double]
  /// First and last day of each row, days since 1970-01-01, rising; gaps stay empty.
  public let spans: [(from: Double, to: Double)]
  /// Rows are spans, columns distances; NaN is left clear.
  public let values: Grid<Float>
  public let distanceUnit, name, unit: String

  /// Most rows of the picture.
  private static let mostRows = 600
  /// From this share of the largest values on those below 0 have colours of their own.
  private static let signedShare = 0.25

  public init(
    distances: [Double], spans: [(from: Double, to: Double)], values: Grid<Float>, distanceUnit: String, name: String,
    unit: String
  ) {
    precondition(
      values.rows == spans.count && values.columns == distances.count, "a picture has one value per span and distance"
    )
    (self.distances, self.spans, self.values) = (distances, spans, values)
    (self.distanceUnit, self.name, self.unit) = (distanceUnit, name, unit)
  }

  /// - Throws: only what `encodePNG` throws.
  public func svg(plotHeight: Double = 320, encodePNG: PNGEncoder) throws -> String {
    // A few values below 0 are noise of what stands still.
    let ends = ValueRange.percentiles(values.cells, [0.02, 0.98])
    let isSigned = -ends[0] > Self.signedShare * abs(ends[1])
    let range = isSigned ? ValueRange.aroundZero(values.cells) : ValueRange.amounts(values.cells.map { max(0, $0) })
    let map = ColourMap.fitting(isSigned: isSigned), width = ChartSize.wide.width
    let time = ValueRange(spans.first?.from ?? 0, spans.last?.to ?? 1)
    let half = distances.count > 1 ? (distances[1] - distances[0]) / 2 : 0.5
    let frame = PlotFrame(
      width: width, plotHeight: plotHeight, leftMargin: 76, bottomMargin: 44 + ColourBar.height,
      horizontal: ValueRange((distances.first ?? 0) - half, (distances.last ?? 1) + half), vertical: time)
    var canvas = Canvas(width: frame.width, height: frame.height)
    let address = try PixelImage(picture(time), map: map, range: range, levels: 64).dataAddress(encodePNG: encodePNG)
    canvas.image(
      address, x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top,
      isCrisp: true)
    let across = Ticks(from: frame.horizontal.low, to: frame.horizontal.high, atMost: 8)
    frame.drawHorizontal(
      at: across.values, labels: across.labels, name: across.axisLabel("distance", unit: distanceUnit), on: &canvas)
    let days = DateTicks(from: time.low, to: time.high, atMost: max(3, Int(plotHeight / 26)))
    for (day, label) in zip(days.days, days.labels) {
      canvas.line(frame.left - 4, frame.y(day), frame.left, frame.y(day), "tick")
      canvas.label(label, x: frame.left - 7, y: frame.y(day) + 4, "number", anchor: .end)
    }
    canvas.line(frame.left, frame.top, frame.left, frame.bottom, "base")
    let layer = ColourLayer(values, placement: .blocks(of: 1), map: map, range: range, name: name, unit: unit)
    try ColourBar(layer: layer, hasBase: false).draw(
      left: frame.left, top: frame.bottom + 42, width: frame.right - frame.left, on: &canvas, encodePNG: encodePNG)
    return canvas.document(style: ChartSize.wide.style, description: description)
  }

  /// The figure in words.
  public var description: String {
    let ends = ValueRange.percentiles(values.cells, [0, 1])
    guard ends[0].isFinite else { return "\(name) along a line over time: no value." }
    return "\(name) along a line over time: from \(NumberText.significant(ends[0])) to "
      + "\(NumberText.with(unit: unit, NumberText.significant(ends[1])))."
  }

  /// Rows of even time, the last on top, fine enough for the shortest span.
  private func picture(_ time: ValueRange) -> Grid<Float> {
    let shortest = spans.map { $0.to - $0.from }.filter { $0 > 0 }.min() ?? 1
    let rows = min(Self.mostRows, max(1, Int(((time.high - time.low) / shortest * 2).rounded(.up))))
    var out = Grid(rows: rows, columns: values.columns, filledWith: Float.nan)
    for row in 0..<rows {
      let day = time.high - (Double(row) + 0.5) / Double(rows) * (time.high - time.low)
      guard let span = spans.firstIndex(where: { $0.from <= day && day < $0.to }) else { continue }
      for column in 0..<values.columns { out[row, column] = values[span, column] }
    }
    return out
  }
}
