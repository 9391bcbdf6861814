// SPDX-License-Identifier: Apache-2.0

/// A zero-filled, cache-line aligned block of floats that lives as long as this object.
package final class FloatBuffer: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let count: Int

  package init(count: Int) {
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * 4, alignment: 64)
    base = raw.bindMemory(to: Float.self, capacity: max(1, count))
    base.initialize(repeating: 0, count: max(1, count))
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }
}

/// A `rows × columns` image of floats with a border of zeros on every side, so that kernels may read past the
/// edge. `base` points at pixel (0, 0).
package final class PaddedImage: @unchecked Sendable {
  package let rows: Int
  package let columns: Int
  package let stride: Int
  package let base: UnsafeMutablePointer<Float>
  private let storage: FloatBuffer

  package init(rows: Int, columns: Int, padding: Int) {
    self.rows = rows
    self.columns = columns
    // Eight more on the right: the last vector of a row may start at its last pixel.
    stride = (columns + 2 * padding + 8 + 15) / 16 * 16
    storage = FloatBuffer(count: (rows + 2 * padding) * stride)
    base = storage.base + padding * stride + padding
  }

  @inline(__always)
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * stride }
}
