// SPDX-License-Identifier: Apache-2.0

/// How much an offset is expected to change from a pixel to the next: the mean of what it does around, over neighbours
/// that hold together.
///
/// With these expectations taken off, ties between neighbours resist bends of the field and leave its slopes alone: what
/// the penalty of a second-order term does, at the price of a few box sums.
package struct FieldSlopes {
  /// Half side of the three boxes that in turn make the weights of the mean, px.
  private static let radius = 15
  /// Weights of the mean, over those of ground that holds, below which no slope is expected.
  private static let leastWeight: Float = 1e-3

  /// From each pixel to its right and to its lower neighbour, px per px.
  package let uRight, vRight, uBelow, vBelow: ImageView

  package init(uRight: ImageView, vRight: ImageView, uBelow: ImageView, vBelow: ImageView) {
    self.uRight = uRight
    self.vRight = vRight
    self.uBelow = uBelow
    self.vBelow = vBelow
  }

  /// A way to a neighbour, and how strongly neighbours that way hold.
  private struct Way {
    let rows, columns: Int
    let ties: ImageView
  }

  /// Takes the slopes of a field.
  ///
  /// - Parameters:
  ///   - joint: 1 where a pixel has data, or 0.
  ///   - right, below: weights of the differences to the right and the lower neighbour, at most `across` and `down`.
  ///   - hold: gets how much of their weight the ties around have, 0…1: near 1 inside ground that moves as one, half of
  ///     that at a straight rim.
  ///   - work: overwritten.
  package func find(
    u: ImageView, v: ImageView, joint: ImageView, right: ImageView, below: ImageView, across: Float, down: Float,
    hold: ImageView, work: ImageView, pool: BufferPool?
  ) {
    let ways = [
      (Way(rows: 1, columns: 0, ties: below), down, [(u, uBelow), (v, vBelow)]),
      (Way(rows: 0, columns: 1, ties: right), across, [(u, uRight), (v, vRight)]),
    ]
    for (way, full, fields) in ways {
      Self.weigh(way, joint: joint, scale: 1 / full, field: nil, into: work)
      Self.smooth(work, into: hold, pool)
      for (field, out) in fields {
        Self.weigh(way, joint: joint, scale: 1 / full, field: field, into: work)
        Self.smooth(work, into: out, pool)
        Self.divide(out, by: hold)
      }
    }
  }

  /// Weights of the ties, or with a field its differences times them; 0 where either pixel has no data.
  private static func weigh(_ way: Way, joint: ImageView, scale: Float, field: ImageView?, into out: ImageView) {
    for y in 0..<out.rows {
      let next = min(y + way.rows, out.rows - 1), o = out.row(y), ties = way.ties.row(y)
      let has = joint.row(y), hasNext = joint.row(next) + way.columns
      for x in stride(from: 0, to: out.columns, by: 8) {
        var value = scale * ties.lanes(at: x) * has.lanes(at: x) * hasNext.lanes(at: x)
        if let field { value *= field.row(next).lanes(at: x + way.columns) - field.row(y).lanes(at: x) }
        o.store(value, at: x)
      }
    }
  }

  /// Means over three boxes, one after the other; `work` is overwritten.
  private static func smooth(_ work: ImageView, into out: ImageView, _ pool: BufferPool?) {
    let side = Float(2 * radius + 1), scale = 1 / (side * side * side * side * side * side)
    WindowBox.run(work, radius: radius, into: out, pool: pool)
    WindowBox.run(out, radius: radius, into: work, pool: pool)
    WindowBox.run(work, radius: radius, into: out, pool: pool)
    for y in 0..<out.rows {
      let p = out.row(y)
      for x in stride(from: 0, to: out.columns, by: 8) { p.store(scale * p.lanes(at: x), at: x) }
    }
  }

  private static func divide(_ image: ImageView, by weights: ImageView) {
    for y in 0..<image.rows {
      let p = image.row(y), w = weights.row(y)
      for x in stride(from: 0, to: image.columns, by: 8) {
        let weight = w.lanes(at: x), isUnknown = weight .< leastWeight
        p.store(
          (p.lanes(at: x) / weight.replacing(with: 1, where: isUnknown)).replacing(with: 0, where: isUnknown), at: x)
      }
    }
  }
}
