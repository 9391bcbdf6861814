// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Memory that one buffer gave back and the next may take: the pages of fresh memory cost more than most kernels.
///
/// What a pool hands out holds anything. It may be shared by threads; no result depends on which block is handed out.
package final class BufferPool: Sendable {
  /// A free block; its size is the key under which it is kept.
  private struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
  }

  private struct Store {
    var blocks: [Int: [Block]] = [:]
    var idle = 0
    var used = 0
    /// Most that was in use at a time.
    var peak = 0
  }

  private let store = Mutex(Store())
  /// Bytes beyond the peak of use that a pool may hold: tiles at the rim of a scene differ in size, and the memory of
  /// the others must not pile up.
  private static let spareLimit = 64 << 20

  package init() {}

  deinit {
    store.withLock { store in
      for block in store.blocks.values.joined() { block.address.deallocate() }
    }
  }

  /// Sizes in steps of an eighth to a quarter, so that images of similar size share blocks.
  fileprivate static func roundedBytes(_ bytes: Int) -> Int {
    let least = max(bytes, 4096)
    let step = (1 << (Int.bitWidth - 1 - least.leadingZeroBitCount)) / 8
    return (least + step - 1) / step * step
  }

  fileprivate func take(bytes: Int) -> UnsafeMutableRawPointer {
    let block = store.withLock { store -> Block? in
      store.used += bytes
      store.peak = max(store.peak, store.used)
      if let block = store.blocks[bytes]?.popLast() {
        store.idle -= bytes
        return block
      }
      Self.trim(&store)
      return nil
    }
    return block?.address ?? .allocate(byteCount: bytes, alignment: 64)
  }

  /// Frees the largest idle blocks until all memory is within the limit.
  private static func trim(_ store: inout Store) {
    while store.used + store.idle > store.peak + spareLimit,
      let size = store.blocks.keys.filter({ !store.blocks[$0]!.isEmpty }).max()
    {
      store.blocks[size]?.removeLast().address.deallocate()
      store.idle -= size
    }
  }

  fileprivate func put(_ address: UnsafeMutableRawPointer, bytes: Int) {
    let block = Block(address: address)
    store.withLock { store in
      store.blocks[bytes, default: []].append(block)
      store.used -= bytes
      store.idle += bytes
    }
  }
}

/// A cache-line aligned block of floats that lives as long as this object.
///
/// The compiler may let an object go after its last use by name, while `base` is still in use: a function that keeps
/// the pointer only must end with `defer { withExtendedLifetime(buffer) {} }`.
package final class FloatBuffer: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let count: Int
  private let bytes: Int
  private let pool: BufferPool?

  /// A block full of zeros.
  package convenience init(count: Int, pool: BufferPool? = nil) {
    self.init(unfilled: count, pool: pool)
    base.update(repeating: 0, count: count)
  }

  /// A block that holds anything, for the caller to fill.
  package init(unfilled count: Int, pool: BufferPool?) {
    self.count = count
    self.pool = pool
    bytes = BufferPool.roundedBytes(4 * count)
    let raw = pool?.take(bytes: bytes) ?? .allocate(byteCount: bytes, alignment: 64)
    base = raw.bindMemory(to: Float.self, capacity: bytes / 4)
  }

  deinit {
    if let pool { pool.put(base, bytes: bytes) } else { UnsafeMutableRawPointer(base).deallocate() }
  }
}

/// A `rows × columns` image of floats with a border of zeros on every side, so that kernels may read past the
/// edge.
package final class PaddedImage: @unchecked Sendable {
  package let view: ImageView
  private let storage: FloatBuffer

  /// An image whose border is zero and whose pixels hold anything, for the caller to fill.
  package init(unfilledRows rows: Int, columns: Int, padding: Int, pool: BufferPool?) {
    // Eight more on the right: the last vector of a row may start at its last pixel.
    let stride = (columns + 2 * padding + 8 + 15) / 16 * 16
    storage = FloatBuffer(unfilled: (rows + 2 * padding) * stride, pool: pool)
    view = ImageView(base: storage.base + padding * stride + padding, rows: rows, columns: columns, stride: stride)
    // One row's right border and the next one's left border lie side by side.
    storage.base.update(repeating: 0, count: padding * stride + padding)
    for row in 0..<rows { (view.row(row) + columns).update(repeating: 0, count: stride - columns) }
    let end = view.row(rows)
    end.update(repeating: 0, count: storage.base + storage.count - end)
  }

  /// An image of zeros.
  package convenience init(rows: Int, columns: Int, padding: Int, pool: BufferPool? = nil) {
    self.init(unfilledRows: rows, columns: columns, padding: padding, pool: pool)
    for row in 0..<rows { view.row(row).update(repeating: 0, count: columns) }
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
