// SPDX-License-Identifier: Apache-2.0
import CLanes

/// Least squares where all pixels have the same weights and no pair is missing: one factor serves them all.
///
/// Pairs are read once, in stretches that stay in the cache, and added to the right sides of their two dates; the work per
/// pixel is then one forward and one backward substitution. Bound by the memory that pairs are read from.
package struct NetworkPanel {
  /// Pixels of a stretch: the right sides of 100 dates then fill half of a second-level cache.
  package static let stretch = 256

  private let layout: EnvelopeLayout
  private let factor, inverse: UnsafeMutablePointer<WideLanes>
  private let right, column, squares: UnsafeMutablePointer<WideLanes>

  /// - Parameters:
  ///   - factor: of the matrix, `layout.count`; kept by the caller for as long as the panel.
  ///   - inverse: of the factor's diagonal.
  package init(
    layout: EnvelopeLayout, factor: UnsafeMutablePointer<WideLanes>, inverse: UnsafeMutablePointer<WideLanes>
  ) {
    self.layout = layout
    self.factor = factor
    self.inverse = inverse
    let groups = Self.stretch / WideLanes.scalarCount
    right = .allocate(capacity: max(1, layout.order) * groups)
    column = .allocate(capacity: max(1, layout.order))
    squares = .allocate(capacity: groups)
  }

  package func deallocate() {
    right.deallocate()
    column.deallocate()
    squares.deallocate()
  }

  /// - Parameters:
  ///   - data: pair after pair, `pixels` each; `first` is the first pixel of the stretch of `count` pixels.
  ///   - earlier, later: dates of each pair; date 0 has no unknown.
  ///   - out: date after date from date 1, `pixels` each.
  ///   - misfit: Σ w r² of each pixel, `pixels`.
  package func solve(
    _ data: UnsafePointer<Float>, pixels: Int, first: Int, count: Int, earlier: UnsafePointer<Int>,
    later: UnsafePointer<Int>, weights: UnsafePointer<Double>, pairs: Int,
    into out: UnsafeMutablePointer<Float>, misfit: UnsafeMutablePointer<Float>
  ) {
    let lanes = WideLanes.scalarCount, groups = (count + lanes - 1) / lanes
    right.update(repeating: WideLanes(repeating: 0), count: layout.order * groups)
    squares.update(repeating: WideLanes(repeating: 0), count: groups)
    for pair in 0..<pairs {
      let row = data + pair * pixels + first
      let a = earlier[pair] - 1, b = later[pair] - 1, weight = WideLanes(repeating: weights[pair])
      for group in 0..<groups {
        let values = Self.load(row + group * lanes, count - group * lanes)
        let weighted = values * weight
        squares[group].addProduct(values, weighted)
        if a >= 0 { right[a * groups + group] -= weighted }
        right[b * groups + group] += weighted
      }
    }
    for group in 0..<groups {
      for unknown in 0..<layout.order { column[unknown] = right[unknown * groups + group] }
      layout.forward(factor, inverse: inverse, column)
      layout.backward(factor, inverse: inverse, column)
      var rest = squares[group]
      let present = min(lanes, count - group * lanes), place = first + group * lanes
      for unknown in 0..<layout.order {
        let value = column[unknown]
        rest.subtractProduct(value, right[unknown * groups + group])
        Self.store(value, out + unknown * pixels + place, present)
      }
      Self.store(rest.replacing(with: 0, where: rest .< 0), misfit + place, present)
    }
  }

  @inline(__always)
  private static func load(_ row: UnsafePointer<Float>, _ present: Int) -> WideLanes {
    if present >= 8 { return ogive_widen(row.lanes(at: 0)) }
    var out = WideLanes(repeating: 0)
    for lane in 0..<present { out[lane] = Double(row[lane]) }
    return out
  }

  @inline(__always)
  private static func store(_ value: WideLanes, _ target: UnsafeMutablePointer<Float>, _ present: Int) {
    if present >= 8 {
      target.store(ogive_narrow(value), at: 0)
    } else {
      for lane in 0..<present { target[lane] = Float(value[lane]) }
    }
  }
}
