// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Quantities over time with their sigmas: points with error bars, curves with bands, reference points, and days that are
/// marked, as steps or a failure time with its interval.
public struct SeriesChart: Sendable {
  public enum Look: Sendable {
    /// Dots with error bars of one sigma.
    case points
    /// A line with a band of one sigma; missing values leave gaps.
    case curve
    /// Hollow grey dots with error bars: what others measured.
    case reference
  }

  /// One series.
  public struct Line: Sendable {
    public let name: String
    /// Days since 1970-01-01, rising.
    public let days: [Double]
    /// One for each day; NaN where missing.
    public let values: [Double]
    /// One sigma each, or nil; NaN where unknown.
    public let sigmas: [Double]?
    public let look: Look

    public init(_ name: String, days: [Double], values: [Double], sigmas: [Double]? = nil, look: Look = .points) {
      precondition(
        days.count == values.count && (sigmas?.count ?? days.count) == days.count, "a series has one value per day")
      (self.name, self.days, self.values, self.sigmas, self.look) = (name, days, values, sigmas, look)
    }
  }

  /// One day that stands out.
  public struct Mark: Sendable {
    public let day: Double
    public let label: String
    /// Days between which it lies; `to` is infinite where the data set no end.
    public let from, to: Double

    public init(day: Double, label: String, from: Double? = nil, to: Double? = nil) {
      (self.day, self.label, self.from, self.to) = (day, label, from ?? day, to ?? day)
    }
  }

  public let lines: [Line]
  public let marks: [Mark]
  /// Of the vertical axis.
  public let name, unit: String
  public let size: ChartSize

  /// Looks that series have; the fifth looks like the first.
  static let looks = 4

  public init(_ lines: [Line], marks: [Mark] = [], name: String, unit: String, size: ChartSize = .wide) {
    (self.lines, self.marks, self.name, self.unit, self.size) = (lines, marks, name, unit, size)
  }

  public func svg(plotHeight: Double = 220) -> String {
    let legend = SeriesLegend(lines, width: size.width - 58)
    let marked = Double(markRows.max() ?? -1) + 1
    let frame = PlotFrame(
      width: size.width, plotHeight: plotHeight, leftMargin: 52, topMargin: 10 + 17 * marked,
      bottomMargin: 24 + legend.height, horizontal: dayRange, vertical: valueRange)
    var canvas = Canvas(width: frame.width, height: frame.height)
    frame.drawVertical(name: name, unit: unit, on: &canvas)
    let ticks = DateTicks(from: dayRange.low, to: dayRange.high, atMost: Int((frame.right - frame.left) / 42))
    for mark in marks { drawInterval(mark, frame, on: &canvas) }
    frame.drawHorizontal(at: ticks.days, labels: ticks.labels, name: "", on: &canvas)
    for (mark, row) in zip(marks, markRows) { drawMark(mark, row: row, frame, on: &canvas) }
    // Bands hide nobody's points, and what others measured not ours.
    let drawings = zip(lines, SeriesLegend.colours(lines)).map { SeriesDrawing($0, colour: $1, frame) }
    for drawing in drawings { drawing.drawBand(on: &canvas) }
    for look in [Look.reference, .curve, .points] {
      for drawing in drawings where drawing.line.look == look { drawing.draw(on: &canvas) }
    }
    legend.draw(left: frame.left, top: frame.bottom + 24, on: &canvas)
    return canvas.document(style: size.style, description: description)
  }

  /// The chart in words.
  public var description: String {
    let measured = lines.filter { line in line.values.contains(where: \.isFinite) }
    guard !measured.isEmpty else { return "\(name) over time: no value." }
    let parts = measured.map { line in
      let finite = line.values.filter(\.isFinite)
      let ends = [finite.min() ?? .nan, finite.max() ?? .nan].map { NumberText.significant($0) }
      return "\(line.name), \(finite.count) values from \(ends[0]) to \(NumberText.with(unit: unit, ends[1]))"
    }
    let marked = marks.isEmpty ? "" : "; marked: " + marks.map(\.label).joined(separator: ", ")
    return "\(name) over time, \(date(dayEnds.low)) to \(date(dayEnds.high)): "
      + parts.joined(separator: "; ") + marked + "."
  }

  private func date(_ day: Double) -> String { CalendarDate(dayNumber: Int(day.rounded())).description }
}

// MARK: - Ranges

extension SeriesChart {
  private var dayRange: ValueRange {
    let margin = 0.02 * max(1, dayEnds.high - dayEnds.low)
    return ValueRange(dayEnds.low - margin, dayEnds.high + margin)
  }

  /// All days with values, and marked ones no further away than the series is long.
  private var dayEnds: ValueRange {
    let days = lines.flatMap { line in line.days.indices.filter { line.values[$0].isFinite }.map { line.days[$0] } }
    guard let first = days.min(), let last = days.max() else { return ValueRange(0, 365) }
    let span = max(1, last - first), near = first - span...last + span
    let marked = marks.flatMap { [$0.day, $0.from, $0.to] }.filter { near.contains($0) }
    return ValueRange(min(first, marked.min() ?? first), max(last, marked.max() ?? last))
  }

  /// All values and their sigmas, these as far as they don't dwarf the values.
  private var valueRange: ValueRange {
    let values = lines.flatMap { $0.values.filter(\.isFinite) }
    guard let low = values.min(), let high = values.max() else { return ValueRange(0, 1) }
    var (bottom, top) = (low, high)
    let most = max(high - low, 1e-12)
    for line in lines {
      for (value, sigma) in zip(line.values, line.sigmas ?? []) where value.isFinite && sigma.isFinite {
        bottom = min(bottom, value - min(sigma, most))
        top = max(top, value + min(sigma, most))
      }
    }
    let margin = 0.06 * max(1e-12, top - bottom)
    return ValueRange(bottom - margin, top + margin)
  }

  /// Line of text above the plot for each mark, 0 the lowest, so that labels meet neither each other nor the dashes of marks
  /// below them: a label reaches to the right of its mark and stands above those that it would run into.
  private var markRows: [Int] {
    let room = size.width - 64
    var rows = Array(repeating: 0, count: marks.count), taken: [(from: Double, to: Double, row: Int)] = []
    let labels = marks.indices.map { index in
      let place = min(1, max(0, dayRange.position(of: marks[index].day))) * room
      let width = SeriesLegend.width(of: marks[index].label) + 12
      return place + width > room + 18 ? (from: place - width, to: place) : (from: place, to: place + width)
    }
    for index in marks.indices.sorted(by: { labels[$0].from > labels[$1].from }) {
      let label = labels[index]
      let above = taken.filter { $0.from < label.to && label.from < $0.to }.map(\.row).max() ?? -1
      rows[index] = above + 1
      taken.append((label.from, label.to, above + 1))
    }
    return rows
  }
}

// MARK: - Marks

extension SeriesChart {
  private func drawInterval(_ mark: Mark, _ frame: PlotFrame, on canvas: inout Canvas) {
    let left = max(frame.left, frame.x(max(mark.from, frame.horizontal.low)))
    let right = min(frame.right, frame.x(min(mark.to, frame.horizontal.high)))
    guard mark.to > mark.from, right > left else { return }
    canvas.rectangle(x: left, y: frame.top, width: right - left, height: frame.bottom - frame.top, "mark-veil")
  }

  private func drawMark(_ mark: Mark, row: Int, _ frame: PlotFrame, on canvas: inout Canvas) {
    let isInside = mark.day >= frame.horizontal.low && mark.day <= frame.horizontal.high
    let place = isInside ? frame.x(mark.day) : mark.day < frame.horizontal.low ? frame.left : frame.right
    let baseline = frame.top - 6 - 17 * Double(row)
    if isInside { canvas.line(place, baseline + 3, place, frame.bottom, "guide") }
    let text = isInside ? mark.label : mark.day < frame.horizontal.low ? "← " + mark.label : mark.label + " →"
    let overflows = place + SeriesLegend.width(of: mark.label) > frame.right + 6
    canvas.label(text, x: overflows ? place + 2 : place - 2, y: baseline, "axis", anchor: overflows ? .end : .start)
  }
}
