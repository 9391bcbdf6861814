// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Simulation

/// Real texture of 512 × 512 px in which small bodies, one side of a fault, or everything moved by a known offset; the
/// secondary has another gain, both have noise and whole grey values.
struct SmallMotionScene {
  enum Motion: Sendable, CustomStringConvertible {
    /// 36 discs of 15 to 60 px that move by 0.3 to 2 px.
    case discs
    /// One side of an oblique line by (1, 0.4) px.
    case fault
    /// All by the same offset, px.
    case shift(dx: Double, dy: Double)

    var description: String {
      switch self {
      case .discs: "discs"
      case .fault: "fault"
      case .shift(let dx, let dy): "shift \(dx) \(dy)"
      }
    }
  }

  static let side = 512
  let reference, secondary: Grid<Float>
  let dx, dy: Grid<Float>

  /// - Parameters:
  ///   - texture: larger than the scene by 64 px on every side.
  ///   - noise: standard deviation of the noise in each image over that of the texture.
  init(texture: Grid<Float>, _ motion: Motion, noise: Double, seed: UInt64 = 1) {
    var random = SeededRandom(seed: seed)
    let side = Self.side, source = ResamplingSource(texture, row: -64, column: -64, kernel: .spline)
    let bodies = Self.bodies(motion, &random)
    var secondary = texture.cropped(to: Window(row: 64, column: 64, rows: side, columns: side))
    let reference = secondary
    var dx = Grid<Float>(rows: side, columns: side, filledWith: 0), dy = dx
    for body in bodies {
      for row in 0..<side {
        for column in 0..<side {
          let x = Double(column), y = Double(row)
          if body.contains(x, y) { (dx[row, column], dy[row, column]) = (Float(body.dx), Float(body.dy)) }
          guard body.contains(x - body.dx, y - body.dy) else { continue }
          secondary[row, column] = source.sample(rows: [y - body.dy], columns: [x - body.dx])[0]
        }
      }
    }
    let mean = reference.cells.reduce(0) { $0 + Double($1) } / Double(side * side)
    let variance = reference.cells.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(side * side)
    let deviation = noise * variance.squareRoot()
    func finished(_ value: Double, _ random: inout SeededRandom) -> Float {
      Float(max(0, min(255, (value + deviation * random.normalPair().0).rounded())))
    }
    self.reference = Grid(
      rows: side, columns: side, cells: reference.cells.map { finished(Double($0), &random) })
    self.secondary = Grid(
      rows: side, columns: side, cells: secondary.cells.map { finished(0.95 * Double($0) + 4, &random) })
    (self.dx, self.dy) = (dx, dy)
  }

  private struct Body {
    let dx, dy: Double
    let contains: (_ x: Double, _ y: Double) -> Bool
  }

  private static func bodies(_ motion: Motion, _ random: inout SeededRandom) -> [Body] {
    let middle = Double(side) / 2
    switch motion {
    case .shift(let dx, let dy): return [Body(dx: dx, dy: dy) { _, _ in true }]
    case .fault: return [Body(dx: 1, dy: 0.4) { 0.9 * ($0 - middle) + 0.44 * ($1 - middle) > 0 }]
    case .discs:
      var bodies: [Body] = []
      for (row, size) in [0.3, 0.5, 0.8, 1.2, 1.6, 2.0].enumerated() {
        for (column, diameter) in [15.0, 20, 30, 40, 50, 60].enumerated() {
          let angle = 2 * Double.pi * random.uniform(), radius = diameter / 2
          let x = Double(45 + 84 * column), y = Double(45 + 84 * row)
          bodies.append(
            Body(dx: size * cos(angle), dy: size * sin(angle)) {
              ($0 - x) * ($0 - x) + ($1 - y) * ($1 - y) < radius * radius
            })
        }
      }
      return bodies
    }
  }
}
