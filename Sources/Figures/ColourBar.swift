// SPDX-License-Identifier: Apache-2.0
import Grids

/// The legend of a colour layer: a bar with round ticks, its name and unit above it.
struct ColourBar {
  static let height = 47.0

  let layer: ColourLayer
  /// Over a base image colours are thinned; the bar is then drawn over mid-grey, so that it matches the map.
  let hasBase: Bool

  func draw(
    left: Double, top: Double, width: Double, on canvas: inout Canvas, encodePNG: PNGEncoder
  ) throws {
    let range = layer.range
    let ticks = Ticks(from: range.low, to: range.high, atMost: max(3, Int(width / 62)))
    canvas.label(
      ticks.axisLabel(layer.name, unit: layer.unit), x: left + width / 2, y: top + 14, "axis strong")
    let ends = extremes()
    let inset = 9.0, y = top + 20, barHeight = 11.0
    let barLeft = left + inset, barWidth = width - 2 * inset
    canvas.rectangle(x: barLeft, y: y, width: barWidth, height: barHeight, "bar-ground")
    let strip = Grid(rows: 1, columns: 256, cells: (0..<256).map { Float($0) / 255 })
    let picture = PixelImage(strip) { layer.map.colour(at: Double($0)) }
    let opacity = hasBase ? layer.opacity : 1
    canvas.image(
      try picture.dataAddress(encodePNG: encodePNG), x: barLeft, y: y, width: barWidth, height: barHeight,
      opacity: opacity)
    canvas.rectangle(x: barLeft, y: y, width: barWidth, height: barHeight, "frame")
    // A pointed end says that some values lie beyond it.
    if ends.below {
      canvas.path(triangle(at: barLeft, y, barHeight, -7), "frame-filled", fill: layer.map.colour(at: 0))
    }
    if ends.above {
      canvas.path(triangle(at: barLeft + barWidth, y, barHeight, 7), "frame-filled", fill: layer.map.colour(at: 1))
    }
    for (value, label) in zip(ticks.values, ticks.labels) {
      let x = barLeft + range.position(of: value) * barWidth
      canvas.line(x, y + barHeight, x, y + barHeight + 3, "tick")
      canvas.label(label, x: x, y: y + barHeight + 14, "number")
    }
  }

  private func extremes() -> (below: Bool, above: Bool) {
    var below = false, above = false
    for value in layer.values.cells {
      if Double(value) < layer.range.low - 1e-9 { below = true }
      if Double(value) > layer.range.high + 1e-9 { above = true }
    }
    return (below, above)
  }

  private func triangle(at x: Double, _ y: Double, _ height: Double, _ reach: Double) -> String {
    var outline = Outline()
    outline.move(x, y)
    outline.line(x + reach, y + height / 2)
    outline.line(x, y + height)
    outline.close()
    return outline.data
  }
}

/// The legend of a class layer: coloured squares with names, in as many lines as they need.
enum ClassLegend {
  private static let lineHeight = 18.0

  static func height(of layer: ClassLayer, width: Double) -> Double {
    8 + lineHeight * Double(rows(of: layer, width: width - 46).count)
  }

  static func draw(_ layer: ClassLayer, left: Double, top: Double, width: Double, on canvas: inout Canvas) {
    for (line, entries) in rows(of: layer, width: width).enumerated() {
      var x = left
      let y = top + 12 + lineHeight * Double(line)
      for (number, name) in entries {
        canvas.rectangle(
          x: x, y: y - 9, width: 11, height: 11, "frame-filled", fill: ColourMap.colour(ofClass: number))
        canvas.label(name, x: x + 16, y: y, "axis", anchor: .start)
        x += entryWidth(name)
      }
    }
  }

  private static func entryWidth(_ name: String) -> Double { 34 + 6.6 * Double(name.count) }

  private static func rows(of layer: ClassLayer, width: Double) -> [[(number: UInt8, name: String)]] {
    var rows: [[(number: UInt8, name: String)]] = [[]], used = 0.0
    for entry in layer.names where entry.number != 0 {
      let need = entryWidth(entry.name)
      if used + need > width && !rows[rows.count - 1].isEmpty {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(entry)
      used += need
    }
    return rows
  }
}
