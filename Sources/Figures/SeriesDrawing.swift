// SPDX-License-Identifier: Apache-2.0

/// One series inside the axes of a chart.
struct SeriesDrawing {
  let line: SeriesChart.Line
  /// Which of the looks; nil for reference points.
  let colour: Int?
  let frame: PlotFrame

  init(_ line: SeriesChart.Line, colour: Int?, _ frame: PlotFrame) {
    (self.line, self.colour, self.frame) = (line, colour, frame)
  }

  func drawBand(on canvas: inout Canvas) {
    guard line.look == .curve, let sigmas = line.sigmas, let colour else { return }
    for run in runs where run.count > 1 {
      var band = Outline()
      for (position, index) in run.enumerated() {
        let (x, y) = (frame.x(line.days[index]), clipped(line.values[index] + width(sigmas[index])))
        if position == 0 { band.move(x, y) } else { band.line(x, y) }
      }
      for index in run.reversed() {
        band.line(frame.x(line.days[index]), clipped(line.values[index] - width(sigmas[index])))
      }
      band.close()
      canvas.path(band.data, "veil series-band-\(colour)")
    }
  }

  func draw(on canvas: inout Canvas) {
    line.look == .curve ? drawCurve(on: &canvas) : drawPoints(on: &canvas)
  }

  private func drawCurve(on canvas: inout Canvas) {
    for run in runs {
      var outline = Outline()
      for (position, index) in run.enumerated() {
        let (x, y) = (frame.x(line.days[index]), frame.y(line.values[index]))
        if position == 0 { outline.move(x, y) } else { outline.line(x, y) }
      }
      if run.count > 1 {
        canvas.path(outline.data, "curve series-\(colour ?? 0)")
      } else {
        canvas.circle(
          x: frame.x(line.days[run.lowerBound]), y: frame.y(line.values[run.lowerBound]), radius: 2,
          "part-dot-\(colour ?? 0)")
      }
    }
  }

  private func drawPoints(on canvas: inout Canvas) {
    var whiskers = Outline()
    let places = line.values.indices.filter { line.values[$0].isFinite }
    for index in places {
      guard let sigma = line.sigmas?[index], sigma.isFinite, sigma > 0 else { continue }
      let x = frame.x(line.days[index])
      whiskers.move(x, clipped(line.values[index] - sigma))
      whiskers.line(x, clipped(line.values[index] + sigma))
    }
    if !whiskers.data.isEmpty {
      canvas.path(whiskers.data, colour.map { "whisker series-\($0)" } ?? "whisker whisker-before")
    }
    // Dots of many dates would make one bar.
    let room = (frame.right - frame.left) / Double(max(1, places.count))
    let radius = min(3, max(1.2, 0.4 * room))
    for index in places {
      canvas.circle(
        x: frame.x(line.days[index]), y: frame.y(line.values[index]), radius: radius,
        colour.map { "part-dot-\($0)" } ?? "dot-before")
    }
  }

  /// Unbroken stretches of values.
  private var runs: [Range<Int>] {
    var out: [Range<Int>] = [], start: Int?
    for index in line.values.indices {
      let isMeasured = line.values[index].isFinite
      if isMeasured && start == nil { start = index }
      if !isMeasured, let first = start {
        out.append(first..<index)
        start = nil
      }
    }
    if let first = start { out.append(first..<line.values.count) }
    return out
  }

  private func width(_ sigma: Double) -> Double { sigma.isFinite ? sigma : 0 }
  private func clipped(_ value: Double) -> Double { min(frame.bottom, max(frame.top, frame.y(value))) }
}

/// What the looks of a chart's series stand for, in as many rows as they need.
struct SeriesLegend {
  private struct Entry {
    let line: SeriesChart.Line
    let colour: Int?
    let x, row: Double
  }

  private let entries: [Entry]
  let height: Double

  init(_ lines: [SeriesChart.Line], width: Double) {
    var entries: [Entry] = [], x = 0.0, row = 0.0
    for (line, colour) in zip(lines, Self.colours(lines)) {
      let needed = 26 + Self.width(of: line.name) + 18
      if x > 0 && x + needed > width { (x, row) = (0, row + 1) }
      entries.append(Entry(line: line, colour: colour, x: x, row: row))
      x += needed
    }
    self.entries = entries
    height = entries.isEmpty ? 0 : 18 * (row + 1)
  }

  /// Width of a label, user units.
  static func width(of text: String) -> Double { 6.6 * Double(text.count) }

  /// Which look each series has.
  static func colours(_ lines: [SeriesChart.Line]) -> [Int?] {
    var next = 0
    return lines.map { line in
      guard line.look != .reference else { return nil }
      next += 1
      return (next - 1) % SeriesChart.looks
    }
  }

  /// - Parameter tints: of the entries, where these are curves with colours of their own.
  func draw(left: Double, top: Double, tints: [Colour] = [], on canvas: inout Canvas) {
    for (index, entry) in entries.enumerated() {
      let x = left + entry.x, y = top + 8 + 18 * entry.row
      if index < tints.count {
        var line = Outline()
        line.move(x, y)
        line.line(x + 20, y)
        canvas.path(line.data, "tinted", stroke: tints[index])
        canvas.label(entry.line.name, x: x + 26, y: y + 4, "axis", anchor: .start)
        continue
      }
      let series = entry.colour.map { "series-\($0)" } ?? "whisker-before"
      if entry.line.look == .curve {
        if entry.line.sigmas != nil {
          canvas.rectangle(x: x, y: y - 5, width: 20, height: 10, "veil series-band-\(entry.colour ?? 0)")
        }
        canvas.line(x, y, x + 20, y, "curve \(series)")
      } else {
        if entry.line.sigmas != nil { canvas.line(x + 10, y - 6, x + 10, y + 6, "whisker \(series)") }
        canvas.circle(x: x + 10, y: y, radius: 3, entry.colour.map { "part-dot-\($0)" } ?? "dot-before")
      }
      canvas.label(entry.line.name, x: x + 26, y: y + 4, "axis", anchor: .start)
    }
  }
}
