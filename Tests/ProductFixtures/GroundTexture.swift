// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// A texture of waves known at every place on the ground, in metres.
public struct GroundTexture: Sendable {
  private let waves: [(east: Double, north: Double, phase: Double)]

  /// - Parameter shortest: wavelength, m.
  public init(shortest: Double, seed: UInt64 = 7) {
    var state = seed
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    waves = (0..<30).map { _ in
      let number = 2 * Double.pi / shortest * random().squareRoot(), angle = 2 * Double.pi * random()
      return (number * cos(angle), number * sin(angle), 2 * Double.pi * random())
    }
  }

  public func value(east: Double, north: Double) -> Double {
    waves.reduce(5000) { $0 + 200 * cos($1.east * east + $1.north * north + $1.phase) }
  }

  public func grid(_ rows: Int, _ columns: Int, _ transform: GeoTransform) -> Grid<Float> {
    Grid(
      rows: rows, columns: columns,
      cells: (0..<rows * columns).map { index in
        let place = transform.coordinate(row: Double(index / columns), column: Double(index % columns))
        return Float(value(east: place.east, north: place.north))
      })
  }
}
