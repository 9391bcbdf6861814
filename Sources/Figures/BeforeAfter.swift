// SPDX-License-Identifier: Apache-2.0

/// How a quantity is spread before and after something was done to it: two histograms on one axis.
public struct BeforeAfterHistogram: Sendable {
  public let range: ValueRange
  /// Share of the finite values in each class.
  public let before, after: [Double]
  /// Median and NMAD, before and after.
  public let centres, spreads: (before: Double, after: Double)
  public let name, unit: String
  public let size: ChartSize

  /// - Parameters:
  ///   - before: any unit; NaN is left out.
  ///   - after: the same values afterwards.
  ///   - range: ends of the axis; around zero, wide enough for nearly all, when left out.
  public init(
    before: [Float], after: [Float], range: ValueRange? = nil, classes: Int = 60, name: String, unit: String,
    size: ChartSize = .half
  ) {
    let range = range ?? ValueRange.aroundZero(before + after, upper: 0.97)
    self.before = range.shares(of: before, classes: classes).inClass
    self.after = range.shares(of: after, classes: classes).inClass
    let ends = [before, after].map(Self.middle)
    centres = (ends[0].centre, ends[1].centre)
    spreads = (ends[0].spread, ends[1].spread)
    (self.range, self.name, self.unit, self.size) = (range, name, unit, size)
  }

  private static func middle(_ values: [Float]) -> (centre: Double, spread: Double) {
    let centre = ValueRange.percentiles(values, [0.5])[0]
    let deviations = values.map { abs($0 - Float(centre)) }
    return (centre, 1.4826 * ValueRange.percentiles(deviations, [0.5])[0])
  }

  public func svg(plotHeight: Double = 150) -> String {
    let top = max(1e-6, (before + after).max() ?? 0) * 1.08
    let frame = PlotFrame(
      width: size.width, plotHeight: plotHeight, topMargin: 26, horizontal: range, vertical: ValueRange(0, top))
    var canvas = Canvas(width: frame.width, height: frame.height)
    frame.draw(
      horizontalName: name, horizontalUnit: unit, verticalName: "points", percentAxes: (false, true), on: &canvas)
    let step = (range.high - range.low) / Double(after.count)
    for (index, share) in after.enumerated() where share > 0 {
      let x = frame.x(range.low + step * Double(index)), y = frame.y(share)
      canvas.rectangle(
        x: x, y: y, width: frame.x(range.low + step * Double(index + 1)) - x, height: frame.bottom - y, "mark")
    }
    var outline = Outline()
    outline.move(frame.left, frame.bottom)
    for (index, share) in before.enumerated() {
      outline.line(frame.x(range.low + step * Double(index)), frame.y(share))
      outline.line(frame.x(range.low + step * Double(index + 1)), frame.y(share))
    }
    outline.line(frame.right, frame.bottom)
    canvas.path(outline.data, "contour")
    if range.low < 0 && range.high > 0 {
      canvas.line(frame.x(0), frame.top, frame.x(0), frame.bottom, "guide")
    }
    canvas.line(frame.left, 11, frame.left + 16, 11, "contour")
    canvas.label("before: \(text(centres.before, spreads.before))", x: frame.left + 21, y: 15, "axis", anchor: .start)
    let middle = (frame.left + frame.right) / 2 + 6
    canvas.rectangle(x: middle, y: 6, width: 16, height: 10, "mark")
    canvas.label("after: \(text(centres.after, spreads.after))", x: middle + 21, y: 15, "axis", anchor: .start)
    return canvas.document(style: size.style, description: description)
  }

  private func text(_ centre: Double, _ spread: Double) -> String {
    "\(NumberText.decimal(centre, places: 3)) ± "
      + NumberText.with(unit: unit, NumberText.decimal(spread, places: 3))
  }

  /// The chart in words.
  public var description: String {
    "Histograms of \(name): median and NMAD \(text(centres.before, spreads.before)) before, "
      + "\(text(centres.after, spreads.after)) after."
  }
}

/// Median and spread of many members before and after something was done to each, side by side in one strip: which
/// members were bad, and whether they are better now.
public struct BeforeAfterStrip: Sendable {
  /// One member, such as a pair.
  public struct Entry: Sendable {
    public let label: String
    /// Median, and what is drawn to both sides of it; NaN where nothing is known.
    public let before, after: (centre: Double, spread: Double)

    public init(
      _ label: String, before: (centre: Double, spread: Double), after: (centre: Double, spread: Double)
    ) {
      (self.label, self.before, self.after) = (label, before, after)
    }
  }

  public let entries: [Entry]
  public let name, unit: String
  public let size: ChartSize

  /// Members that are drawn at most; of more, every n-th is.
  public static let most = 240

  public init(_ entries: [Entry], name: String, unit: String, size: ChartSize = .wide) {
    let step = max(1, (entries.count + Self.most - 1) / Self.most)
    self.entries = stride(from: 0, to: entries.count, by: step).map { entries[$0] }
    (self.name, self.unit, self.size) = (name, unit, size)
  }

  public func svg(plotHeight: Double = 130) -> String {
    let reach = entries.flatMap { entry in
      [entry.before, entry.after].map { Float(abs($0.centre) + $0.spread) }
    }
    let range = ValueRange.aroundZero(reach, upper: 0.98)
    let frame = PlotFrame(
      width: size.width, plotHeight: plotHeight, topMargin: 24, bottomMargin: 82,
      horizontal: ValueRange(-0.5, Double(max(1, entries.count)) - 0.5), vertical: range)
    var canvas = Canvas(width: frame.width, height: frame.height)
    let ticks = Ticks(from: range.low, to: range.high, atMost: 6)
    for (value, label) in zip(ticks.values, ticks.labels) {
      canvas.line(frame.left, frame.y(value), frame.right, frame.y(value), value == 0 ? "base" : "grid")
      canvas.label(label, x: frame.left - 6, y: frame.y(value) + 4, "number", anchor: .end)
    }
    canvas.label(
      ticks.axisLabel(name, unit: unit), x: 11, y: (frame.top + frame.bottom) / 2, "axis", turned: true)
    let slot = (frame.right - frame.left) / Double(max(1, entries.count)), aside = min(5, slot / 4)
    var free = -Double.infinity
    for (index, entry) in entries.enumerated() {
      let x = frame.x(Double(index))
      draw(entry.before, x: x - aside, slot, "before", in: frame, on: &canvas)
      draw(entry.after, x: x + aside, slot, "after", in: frame, on: &canvas)
      guard x >= free else { continue }
      canvas.label(entry.label, x: x + 4, y: frame.bottom + 8, "number", anchor: .end, turned: true)
      free = x + 14
    }
    for (place, word) in ["before", "after"].enumerated() {
      let x = frame.left + 80 * Double(place)
      canvas.line(x + 4, 4, x + 4, 18, "whisker-\(word)")
      canvas.circle(x: x + 4, y: 11, radius: 2.6, "dot-\(word)")
      canvas.label(word, x: x + 12, y: 15, "axis", anchor: .start)
    }
    return canvas.document(style: size.style, description: description)
  }

  private func draw(
    _ value: (centre: Double, spread: Double), x: Double, _ slot: Double, _ look: String, in frame: PlotFrame,
    on canvas: inout Canvas
  ) {
    guard value.centre.isFinite, value.spread.isFinite else { return }
    func y(_ value: Double) -> Double { min(frame.bottom, max(frame.top, frame.y(value))) }
    canvas.line(x, y(value.centre + value.spread), x, y(value.centre - value.spread), "whisker-\(look)")
    let place = frame.vertical.position(of: value.centre)
    if place >= 0 && place <= 1 {
      canvas.circle(x: x, y: y(value.centre), radius: min(2.6, max(1, slot / 5)), "dot-\(look)")
    }
  }

  /// The chart in words.
  public var description: String {
    func middle(_ values: [Double]) -> String {
      NumberText.with(
        unit: unit, NumberText.decimal(ValueRange.percentiles(values.map { Float($0) }, [0.5])[0], places: 3))
    }
    return
      "\(name) of \(entries.count) members: the typical spread is \(middle(entries.map(\.before.spread))) before "
      + "and \(middle(entries.map(\.after.spread))) after."
  }
}
