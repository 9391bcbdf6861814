// SPDX-License-Identifier: Apache-2.0

/// The weights of a window along each axis: a box of pixels, and for a smooth window boxes over lattice points on top.
///
/// Three boxes of nearly the same width are a quadratic B-spline, nowhere further from a Gaussian than 6 % of its height. Windows of different shape are compared at equal noise-equivalent side: that of the box over which a
/// plain mean has the same noise, (Σw)² / Σw² pixels.
package struct WindowShape: Hashable, Sendable {
  /// Half side of the box of pixels, px.
  package let half: Int
  /// Radii of the boxes over lattice points, in lattice steps; none for a plain box.
  package let spreads: [Int]

  package init(half: Int, spreads: [Int]) {
    self.half = half
    self.spreads = spreads
  }

  package static func box(half: Int) -> WindowShape { WindowShape(half: half, spreads: []) }

  /// The near Gaussian whose noise-equivalent side comes closest to that of a box of `2 half + 1` pixels.
  ///
  /// Lattice points lie four pixels apart: sides below 13 px have no smooth shape and stay boxes.
  package static func gaussian(half: Int) -> WindowShape {
    let side = Double(2 * half + 1)
    return nearest { abs($0.noiseEquivalentSide / side - 1) } ?? box(half: half)
  }

  /// The shape whose weights are nearest to the squares of this one's: a box for a box, and for a Gaussian the one
  /// with the same second moment.
  package var squared: WindowShape {
    if spreads.isEmpty { return self }
    let squares = weights.map { $0 * $0 }
    let target = Self.variance(squares) / squares.reduce(0, +)
    return Self.nearest { abs(($0.variance / target).squareRoot() - 1) } ?? self
  }

  /// Of the shapes of three boxes that lie within 4 % of what is wanted, the one with the most even boxes.
  private static func nearest(_ distance: (WindowShape) -> Double) -> WindowShape? {
    var best: (shape: WindowShape, unevenness: Double)?
    for radius in 1...40 {
      for second in [radius, radius - 1] {
        for half in max(2, 2 * radius - 6)...(4 * radius + 8) {
          let shape = WindowShape(half: half, spreads: [radius, second].filter { $0 > 0 })
          let error = distance(shape)
          guard error < 0.04 else { continue }
          let widths = [2 * half + 1, 8 * radius + 4, second > 0 ? 8 * second + 4 : 1].map(Double.init)
          let unevenness = (widths.max()! - widths.min()!) / widths.reduce(0, +) + 2 * error
          if unevenness < best?.unevenness ?? .infinity { best = (shape, unevenness) }
        }
      }
    }
    return best?.shape
  }
}

extension WindowShape {
  /// Pixels from the centre to the last one with a weight.
  package var reach: Int { half + WindowSums.step * spread }

  /// Lattice steps that the boxes over lattice points add on each side.
  var spread: Int { spreads.reduce(0, +) }

  /// Weights of the pixels from -`reach` to `reach`, sum 1.
  package var weights: [Double] {
    var out = [Double](repeating: 1 / Double(2 * half + 1), count: 2 * half + 1)
    for radius in spreads {
      let last = out
      out = [Double](repeating: 0, count: last.count + 2 * radius * WindowSums.step)
      for k in 0...2 * radius {
        for (i, value) in last.enumerated() { out[k * WindowSums.step + i] += value / Double(2 * radius + 1) }
      }
    }
    return out
  }

  /// Side of the box over which a mean is as noisy, px.
  package var noiseEquivalentSide: Double { 1 / weights.reduce(0) { $0 + $1 * $1 } }

  /// Second moment of the weights, px².
  package var variance: Double { Self.variance(weights) }

  private static func variance(_ weights: [Double]) -> Double {
    let centre = Double(weights.count - 1) / 2
    return weights.enumerated().reduce(0) { sum, w in
      let x = Double(w.offset) - centre
      return sum + w.element * x * x
    }
  }

  /// Half side of the box with this second moment, px; unit of the coordinates in the normal equations.
  package var scale: Double { spreads.isEmpty ? Double(half) : (3 * variance).squareRoot() }

  /// Weights of the lattice points around a lattice point, each for its cell of pixels; the sum is the
  /// noise-equivalent side in lattice steps.
  package var latticeWeights: [Float] {
    let step = Float(WindowSums.step)
    guard !spreads.isEmpty else {
      let reach = (Float(half) + 0.5) / step
      let radius = max(1, Int((reach + 0.5).rounded(.up)) - 1)
      // The outermost lattice point stands for the part of its cell that the window covers.
      let edge = min(1, max(0.25, reach - (Float(radius) - 0.5)))
      return (-radius...radius).map { abs($0) == radius ? edge : 1 }
    }
    let w = weights, side = noiseEquivalentSide, total = side / Double(step)
    func weight(_ x: Int) -> Double { abs(x) > reach ? 0 : w[x + reach] }
    func cell(_ k: Int) -> Double {
      let x = k * WindowSums.step
      return 0.5 * (weight(x - 2) + weight(x + 2)) + weight(x - 1) + weight(x) + weight(x + 1)
    }
    // Points in the last thousandth of the rim cost time and change nothing.
    var radius = reach / WindowSums.step + 1
    while radius > 1 && cell(radius) < 1e-3 * cell(0) { radius -= 1 }
    let cells = (-radius...radius).map(cell), sum = cells.reduce(0, +)
    return cells.map { Float($0 / sum * total) }
  }
}
