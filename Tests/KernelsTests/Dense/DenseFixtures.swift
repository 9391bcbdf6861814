// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Images to feed kernels with.
enum DenseFixtures {
  /// Repeatable numbers between -1 and 1.
  struct Noise {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 23) - 1
    }
  }

  static func image(
    rows: Int, columns: Int, padding: Int = 32, _ value: (_ row: Int, _ column: Int) -> Float
  ) -> PaddedImage {
    let image = PaddedImage(rows: rows, columns: columns, padding: padding)
    for row in 0..<rows {
      for column in 0..<columns { image.view.row(row)[column] = value(row, column) }
    }
    return image
  }

  static func noise(rows: Int, columns: Int, seed: UInt64, mean: Float = 0) -> PaddedImage {
    var noise = Noise(seed: seed)
    return image(rows: rows, columns: columns) { _, _ in mean + noise.next() }
  }

  /// The value at a pixel, 0 beyond the image.
  static func value(_ image: PaddedImage, _ row: Int, _ column: Int) -> Double {
    guard row >= 0, column >= 0, row < image.rows, column < image.columns else { return 0 }
    return Double(image.view.row(row)[column])
  }
}
