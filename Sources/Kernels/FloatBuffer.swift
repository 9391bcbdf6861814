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
/// edge.
package final class PaddedImage: @unchecked Sendable {
  package let view: ImageView
  private let storage: FloatBuffer

  package init(rows: Int, columns: Int, padding: Int) {
    // Eight more on the right: the last vector of a row may start at its last pixel.
    let stride = (columns + 2 * padding + 8 + 15) / 16 * 16
    storage = FloatBuffer(count: (rows + 2 * padding) * stride)
    view = ImageView(base: storage.base + padding * stride + padding, rows: rows, columns: columns, stride: stride)
  }

  package var rows: Int { view.rows }
  package var columns: Int { view.columns }
}

/// Borrowed access to the pixels of a `PaddedImage`, which must outlive it; `base` points at pixel (0, 0).
@frozen
package struct ImageView: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let rows, columns, stride: Int

  @inlinable @inline(__always)
  package init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  @inlinable @inline(__always)
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index &* stride }
}
