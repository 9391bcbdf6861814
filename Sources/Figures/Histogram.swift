// SPDX-License-Identifier: Apache-2.0

/// How often values occur, as a chart of the share of points in each of evenly wide classes.
public struct Histogram: Sendable {
  public let range: ValueRange
  /// Share of all finite values in each class; values beyond the range count in no class.
  public let shares: [Double]
  /// Share of the finite values that lie beyond the range.
  public let shareBeyond: Double
  /// Median of the finite values; NaN when there are none.
  public let median: Double
  public let name, unit: String
  public let size: ChartSize

  /// Counts values.
  ///
  /// - Parameters:
  ///   - values: any unit; NaN is left out.
  ///   - range: ends of the chart; from zero to a round number above the 99.5th percentile when left out.
  ///   - classes: count of classes.
  ///   - name: what the values are, for the axis.
  ///   - unit: of the values.
  public init(
    _ values: [Float], range: ValueRange? = nil, classes: Int = 48, name: String, unit: String,
    size: ChartSize = .half
  ) {
    let range = range ?? ValueRange.amounts(values)
    self.range = range
    (shares, shareBeyond) = range.shares(of: values, classes: classes)
    median = ValueRange.percentiles(values, [0.5])[0]
    self.name = name
    self.unit = unit
    self.size = size
  }

  /// The chart; the median is marked with a line.
  public func svg(plotHeight: Double = 170, map: ColourMap? = nil) -> String {
    let top = max(1e-6, shares.max() ?? 0) * 1.08
    let frame = PlotFrame(
      width: size.width, plotHeight: plotHeight, topMargin: 22, horizontal: range, vertical: ValueRange(0, top))
    var canvas = Canvas(width: frame.width, height: frame.height)
    frame.draw(
      horizontalName: name, horizontalUnit: unit, verticalName: "points", percentAxes: (false, true), on: &canvas)
    let step = (range.high - range.low) / Double(shares.count)
    for (index, share) in shares.enumerated() where share > 0 {
      let low = range.low + step * Double(index)
      let x = frame.x(low), y = frame.y(share)
      let colour = map?.colour(at: (Double(index) + 0.5) / Double(shares.count))
      canvas.rectangle(
        x: x + 0.4, y: y, width: frame.x(low + step) - x - 0.8, height: frame.bottom - y,
        colour == nil ? "mark" : "mark-edge", fill: colour)
    }
    if median.isFinite && range.position(of: median) >= 0 && range.position(of: median) <= 1 {
      let x = frame.x(median)
      canvas.line(x, frame.top - 4, x, frame.bottom, "guide")
      let text = "median " + NumberText.with(unit: unit, NumberText.significant(median))
      let isRight = range.position(of: median) > 0.55
      canvas.label(text, x: x, y: frame.top - 9, "axis", anchor: isRight ? .end : .start)
    }
    return canvas.document(style: size.style, description: description)
  }

  /// The chart in words.
  public var description: String {
    let text = NumberText.with(unit: unit, NumberText.significant(median))
    let beyond = shareBeyond > 0 ? "; \(NumberText.percent(shareBeyond)) of the points lie beyond the axis" : ""
    return "Histogram of \(name): median \(text)\(beyond)."
  }
}

extension ValueRange {
  /// Shares of the finite values in each of evenly wide classes, and of those that lie beyond the range.
  func shares(of values: [Float], classes: Int) -> (inClass: [Double], beyond: Double) {
    var counts = [Int](repeating: 0, count: classes), total = 0, beyond = 0
    for value in values where value.isFinite {
      total += 1
      let position = position(of: Double(value))
      if position < 0 || position > 1 {
        beyond += 1
      } else {
        counts[min(classes - 1, Int(position * Double(classes)))] += 1
      }
    }
    let all = Double(max(1, total))
    return (counts.map { Double($0) / all }, Double(beyond) / all)
  }
}
