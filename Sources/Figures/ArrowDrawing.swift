// SPDX-License-Identifier: Apache-2.0
import Grids

/// The arrows of a map: one for the mean motion of each block of cells.
enum ArrowDrawing {
  private struct Arrow {
    let x, y: Double
    let right, down: Double
    let value: Double
  }

  /// Draws the arrows and returns a round value with its length in the drawing, for the legend; nil when no block
  /// has motion.
  static func draw(
    _ layer: ArrowLayer, in layout: MapLayout, on canvas: inout Canvas
  ) -> (value: Double, length: Double, unit: String)? {
    let arrows = blocks(of: layer, in: layout)
    let values = arrows.map { Float($0.value) }
    let typical = ValueRange.percentiles(values, [0.95])[0]
    guard typical.isFinite && typical > 0 else { return nil }
    let factor = layer.right.reduced(toSide: layer.count).factor
    let distance = layer.placement.spacing * Double(factor) * layout.scale
    let unitsPerValue = 1.3 * min(distance, 40) / typical
    var outline = Outline()
    for one in arrows {
      let length = min(one.value * unitsPerValue, 2.2 * distance)
      // The middle of the arrow stands on the block that it speaks for.
      arrow(
        from: (one.x - one.right * length / 2, one.y - one.down * length / 2), along: (one.right, one.down),
        length: length, into: &outline)
    }
    canvas.path(outline.data, "arrow-halo")
    canvas.path(outline.data, "arrow")
    var value = Ticks.roundBelow(typical * 1.2)
    while value * unitsPerValue > 70 { value = Ticks.roundBelow(value * 0.6) }
    return (value, value * unitsPerValue, layer.unit)
  }

  /// Adds one arrow to an outline; motion too small for an arrow is a dot.
  static func arrow(
    from start: (x: Double, y: Double), along direction: (x: Double, y: Double), length: Double,
    into outline: inout Outline
  ) {
    func tenth(_ value: Double) -> Double { (value * 10).rounded() / 10 }
    let x = tenth(start.x), y = tenth(start.y)
    guard length >= 3 else {
      outline.move(x, y)
      outline.line(x + 0.1, y)
      return
    }
    let tipX = tenth(start.x + direction.x * length), tipY = tenth(start.y + direction.y * length)
    let head = min(6, 2 + 0.28 * length), half = 0.42 * head
    let baseX = start.x + direction.x * (length - head), baseY = start.y + direction.y * (length - head)
    outline.move(x, y)
    outline.line(tipX, tipY)
    outline.move(tenth(baseX - direction.y * half), tenth(baseY + direction.x * half))
    outline.line(tipX, tipY)
    outline.line(tenth(baseX + direction.y * half), tenth(baseY - direction.x * half))
  }

  private static func blocks(of layer: ArrowLayer, in layout: MapLayout) -> [Arrow] {
    let (right, factor) = layer.right.reduced(toSide: layer.count)
    let down = layer.down.reduced(toSide: layer.count).grid
    let value = layer.lengths.reduced(toSide: layer.count).grid
    var sizes = layer.right
    for index in sizes.cells.indices {
      let a = layer.right.cells[index], b = layer.down.cells[index]
      sizes.cells[index] = (a * a + b * b).squareRoot()
    }
    let meanSize = sizes.reduced(toSide: layer.count).grid
    let placement = layer.placement.reduced(by: factor)
    var out: [Arrow] = []
    for row in 0..<right.rows {
      for column in 0..<right.columns {
        let dx = Double(right[row, column]), dy = Double(down[row, column]), v = Double(value[row, column])
        let length = (dx * dx + dy * dy).squareRoot(), mean = Double(meanSize[row, column])
        guard length > 0 && v.isFinite && mean > 0 else { continue }
        let point = layout.point(
          row: placement.row + Double(row) * placement.spacing,
          column: placement.column + Double(column) * placement.spacing)
        guard point.x > layout.left && point.x < layout.right && point.y > layout.top && point.y < layout.bottom
        else { continue }
        // Opposed motions within a block cancel: the arrow is the mean vector, not the mean of the lengths.
        out.append(
          Arrow(x: point.x, y: point.y, right: dx / length, down: dy / length, value: v * min(1, length / mean)))
      }
    }
    return out
  }
}
