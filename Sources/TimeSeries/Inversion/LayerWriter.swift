// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Puts what the lanes of a batch hold where it belongs in a series, from any thread.
struct LayerWriter {
  private let shape: MotionSeries.Shape
  private let cells: SharedBuffer<Float>
  /// One a lane.
  private let pixels: [Int]

  init(_ shape: MotionSeries.Shape, _ cells: SharedBuffer<Float>, _ pixels: [Int]) {
    self.shape = shape
    self.cells = cells
    self.pixels = pixels
  }

  /// Makes all layers of some neighbouring pixels missing.
  static func erase(_ shape: MotionSeries.Shape, _ cells: SharedBuffer<Float>, _ pixels: Range<Int>) {
    for layer in 0..<shape.layerCount {
      (cells.base + layer * shape.pixels + pixels.lowerBound).initialize(repeating: .nan, count: pixels.count)
    }
  }

  func put(
    _ layer: MotionLayer, _ value: WideLanes, where isGiven: SIMDMask<SIMD8<Int64>> = .init(repeating: true)
  ) {
    let row = cells.base + shape.place(of: layer) * shape.pixels
    for (lane, pixel) in pixels.enumerated() where isGiven[lane] { row[pixel] = Float(value[lane]) }
  }
}

extension SIMD8 where Scalar == Double {
  /// Square root of a variance; rounding may leave one of nothing just below 0.
  var deviation: Self { replacing(with: 0, where: self .< Self(repeating: 0)).squareRoot() }
}
