// SPDX-License-Identifier: Apache-2.0

/// How wide a chart is meant to be shown; lettering keeps its size.
public enum ChartSize: Sendable {
  /// About 456 px wide: one of two side by side.
  case half
  /// About 304 px wide: one of three, or beside the main map.
  case narrow
  /// About 620 px wide: alone in its row.
  case wide

  var width: Double {
    switch self {
    case .half: 456
    case .narrow: 304
    case .wide: 620
    }
  }

  /// The classes of a chart of this size.
  var style: String {
    switch self {
    case .half: "figure chart half"
    case .narrow: "figure chart"
    case .wide: "figure chart wide"
    }
  }
}

/// The axes of a chart: where values stand in the drawing, ticks, grid lines and names.
struct PlotFrame {
  let width, height: Double
  let left, right, top, bottom: Double
  let horizontal, vertical: ValueRange

  /// - Parameters:
  ///   - width: of the whole drawing, user units.
  ///   - plotHeight: of the area between the axes.
  ///   - leftMargin: room for the labels of the vertical axis.
  init(
    width: Double, plotHeight: Double, leftMargin: Double = 46, rightMargin: Double = 12, topMargin: Double = 10,
    bottomMargin: Double = 40, horizontal: ValueRange, vertical: ValueRange
  ) {
    self.width = width
    height = plotHeight + topMargin + bottomMargin
    left = leftMargin
    right = width - rightMargin
    top = topMargin
    bottom = topMargin + plotHeight
    self.horizontal = horizontal
    self.vertical = vertical
  }

  func x(_ value: Double) -> Double { left + horizontal.position(of: value) * (right - left) }
  func y(_ value: Double) -> Double { bottom - vertical.position(of: value) * (bottom - top) }

  /// Draws grid lines, ticks and labels; `percent` labels the vertical axis in percent of 1.
  func draw(
    horizontalName: String, horizontalUnit: String, verticalName: String, verticalUnit: String = "",
    percentAxes: (horizontal: Bool, vertical: Bool) = (false, false), on canvas: inout Canvas
  ) {
    let across = percentTicks(horizontal, atMost: max(3, Int((right - left) / 56)), isPercent: percentAxes.horizontal)
    drawVertical(name: verticalName, unit: verticalUnit, isPercent: percentAxes.vertical, on: &canvas)
    drawHorizontal(
      at: across.values.map { percentAxes.horizontal ? $0 / 100 : $0 }, labels: across.labels,
      name: across.axisLabel(horizontalName, unit: percentAxes.horizontal ? "%" : horizontalUnit), on: &canvas)
  }

  /// Grid lines, labels and name of the vertical axis.
  func drawVertical(name: String, unit: String, isPercent: Bool = false, on canvas: inout Canvas) {
    let upward = percentTicks(vertical, atMost: max(3, Int((bottom - top) / 30)), isPercent: isPercent)
    for (value, label) in zip(upward.values, upward.labels) {
      let height = y(isPercent ? value / 100 : value)
      canvas.line(left, height, right, height, "grid")
      canvas.label(label, x: left - 6, y: height + 4, "number", anchor: .end)
    }
    canvas.label(
      upward.axisLabel(name, unit: isPercent ? "%" : unit), x: 11, y: (top + bottom) / 2, "axis", turned: true)
  }

  /// The horizontal axis with its ticks.
  func drawHorizontal(at values: [Double], labels: [String], name: String, on canvas: inout Canvas) {
    canvas.line(left, bottom, right, bottom, "base")
    for (value, label) in zip(values, labels) {
      let place = x(value)
      canvas.line(place, bottom, place, bottom + 4, "tick")
      canvas.label(label, x: place, y: bottom + 16, "number")
    }
    if !name.isEmpty { canvas.label(name, x: (left + right) / 2, y: bottom + 33, "axis") }
  }

  private func percentTicks(_ range: ValueRange, atMost count: Int, isPercent: Bool) -> Ticks {
    let factor = isPercent ? 100.0 : 1
    return Ticks(from: range.low * factor, to: range.high * factor, atMost: count)
  }
}
