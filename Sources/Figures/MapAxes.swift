// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

extension MapLayout {
  /// Mean length of a degree of latitude on the sphere of 6371 km.
  static let metresPerDegree = 6_371_000 * Double.pi / 180

  static func cosine(ofDegrees angle: Double) -> Double { cos(angle * .pi / 180) }
}

/// Frame, ticks and axis names of a map.
enum MapAxes {
  /// Draws map coordinates where rows and columns run along them, else pixels.
  static func draw(in layout: MapLayout, on canvas: inout Canvas) {
    canvas.rectangle(
      x: layout.left, y: layout.top, width: layout.plotWidth, height: layout.plotHeight, "frame")
    let area = layout.frame.area
    var unit = 1.0, places = ("column (px)", "row (px)")
    var west = Double(area.column), east = Double(area.endColumn)
    var north = Double(area.row), south = Double(area.endRow)
    if let transform = layout.frame.geoTransform, transform.eastPerRow == 0, transform.northPerColumn == 0 {
      let upperLeft = transform.coordinate(row: north - 0.5, column: west - 0.5)
      let lowerRight = transform.coordinate(row: south - 0.5, column: east - 0.5)
      (west, north, east, south) = (upperLeft.east, upperLeft.north, lowerRight.east, lowerRight.north)
      let crs = layout.frame.crsName.isEmpty ? "" : ", \(layout.frame.crsName)"
      switch layout.frame.unit {
      case .degrees: places = ("longitude (°\(crs))", "latitude (°)")
      case .metres:
        unit = max(abs(east - west), abs(north - south)) > 800 ? 1000 : 1
        places = unit == 1 ? ("east (m\(crs))", "north (m)") : ("east (km\(crs))", "north (km)")
      }
    }
    horizontal(from: west / unit, to: east / unit, name: places.0, in: layout, on: &canvas)
    vertical(from: north / unit, to: south / unit, name: places.1, in: layout, on: &canvas)
  }

  private static func horizontal(
    from first: Double, to last: Double, name: String, in layout: MapLayout, on canvas: inout Canvas
  ) {
    let ticks = Ticks(from: first, to: last, atMost: max(3, Int(layout.plotWidth / 75)), areCoordinates: true)
    for (value, label) in zip(ticks.values, ticks.labels) {
      let x = layout.left + (value - first) / (last - first) * layout.plotWidth
      canvas.line(x, layout.bottom, x, layout.bottom + 4, "tick")
      canvas.label(label, x: x, y: layout.bottom + 15, "number")
    }
    canvas.label(name, x: layout.left + layout.plotWidth / 2, y: layout.bottom + 29, "axis")
  }

  private static func vertical(
    from first: Double, to last: Double, name: String, in layout: MapLayout, on canvas: inout Canvas
  ) {
    let ticks = Ticks(from: first, to: last, atMost: max(3, Int(layout.plotHeight / 75)), areCoordinates: true)
    for (value, label) in zip(ticks.values, ticks.labels) {
      let y = layout.top + (value - first) / (last - first) * layout.plotHeight
      canvas.line(layout.left - 4, y, layout.left, y, "tick")
      // Labels run upwards, so that long coordinates need no wide margin.
      let half = Double(label.count) * 3.2
      let middle = min(layout.bottom - half, max(layout.top + half, y))
      canvas.label(label, x: layout.left - 8, y: middle, "number", turned: true)
    }
    canvas.label(name, x: layout.left - 23, y: layout.top + layout.plotHeight / 2, "axis", turned: true)
  }
}

/// Scale bar, reference arrow and north arrow on small plates over the map.
enum MapFurniture {
  static func draw(
    in layout: MapLayout, arrow: (value: Double, length: Double, unit: String)?, on canvas: inout Canvas
  ) {
    let bar = scaleBar(in: layout)
    let arrowText = arrow.map { NumberText.with(unit: $0.unit, NumberText.round($0.value)) } ?? ""
    let barWidth = max(bar.length, textWidth(bar.label))
    let arrowWidth = arrow.map { max($0.length, textWidth(arrowText)) } ?? 0
    let plateWidth = 20 + barWidth + (arrow == nil ? 0 : 18 + arrowWidth)
    let x = layout.left + 8, y = layout.bottom - 42
    canvas.rectangle(x: x, y: y, width: plateWidth, height: 34, "plate", radius: 4)
    let barLeft = x + 10 + (barWidth - bar.length) / 2
    canvas.path(
      "M\(c(barLeft)) \(c(y + 21))v6h\(c(bar.length))v-6", "plate-line")
    canvas.label(bar.label, x: x + 10 + barWidth / 2, y: y + 16, "plate-ink")
    if let arrow {
      let middle = x + 28 + barWidth + arrowWidth / 2
      var outline = Outline()
      ArrowDrawing.arrow(
        from: (middle - arrow.length / 2, y + 25), along: (1, 0), length: arrow.length, into: &outline)
      canvas.path(outline.data, "arrow")
      canvas.label(arrowText, x: middle, y: y + 16, "plate-ink")
    }
    if let up = north(in: layout) { northArrow(up: up, in: layout, on: &canvas) }
  }

  /// The longest round length that takes at most 28 % of the map's width.
  static func scaleBar(in layout: MapLayout) -> (length: Double, label: String) {
    let room = 0.28 * layout.plotWidth
    guard let metres = layout.metresPerUnit else {
      let pixels = Ticks.roundBelow(room / layout.scale)
      return (pixels * layout.scale, NumberText.round(pixels) + "\u{202F}px")
    }
    let length = Ticks.roundBelow(room * metres)
    let text = length >= 1000 ? (length / 1000, "km") : (length, "m")
    return (length / metres, NumberText.round(text.0) + "\u{202F}" + text.1)
  }

  /// The direction of north in the drawing; nil when the image has no place on Earth.
  static func north(in layout: MapLayout) -> (x: Double, y: Double)? {
    guard let transform = layout.frame.geoTransform else { return nil }
    let here = transform.position(east: transform.originEast, north: transform.originNorth)
    let there = transform.position(
      east: transform.originEast, north: transform.originNorth + transform.pixelSize.height)
    let x = there.column - here.column, y = there.row - here.row
    let length = (x * x + y * y).squareRoot()
    return (x / length, y / length)
  }

  private static func northArrow(up: (x: Double, y: Double), in layout: MapLayout, on canvas: inout Canvas) {
    let x = layout.right - 24, y = layout.top + 24
    canvas.circle(x: x, y: y, radius: 16, "plate")
    // In its own frame the arrow points up; the point `(a, b)` is a to the right of and b ahead of the centre.
    func place(_ a: Double, _ b: Double) -> (Double, Double) { (x - up.y * a + up.x * b, y + up.x * a + up.y * b) }
    let tip = place(0, 13), left = place(-5, -3), right = place(5, -3), notch = place(0, 0)
    var dark = Outline()
    dark.move(tip.0, tip.1)
    dark.line(left.0, left.1)
    dark.line(notch.0, notch.1)
    dark.close()
    canvas.path(dark.data, "plate-fill")
    var light = Outline()
    light.move(tip.0, tip.1)
    light.line(right.0, right.1)
    light.line(notch.0, notch.1)
    light.close()
    canvas.path(light.data, "plate-edge")
    let letter = place(0, -9)
    canvas.label("N", x: letter.0, y: letter.1 + 3.6, "plate-ink small")
  }

  /// Room for a label of 12 units, with a reserve for the larger letters on a phone.
  private static func textWidth(_ text: String) -> Double { Double(text.count) * 6.9 }

  private static func c(_ value: Double) -> String { NumberText.coordinate(value) }
}
