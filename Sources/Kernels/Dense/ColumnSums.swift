// SPDX-License-Identifier: Apache-2.0

/// The vertical half of `WindowSums`: sums over runs of rows of channels, from suffix sums of one segment of rows and
/// prefix sums of the next. Moments are kept about the first row of a segment.
struct ColumnSums {
  private let families: [WindowSums.Family]
  /// Rows of a segment; a run is as many and a part of the next row.
  private let cells: Int
  private let stride: Int
  private let size: Int
  private let storage: FloatBuffer
  private var position = 0
  private var taken = 0
  /// Where moments of the next row are to be about, px.
  private(set) var origin: Int

  /// - Parameters:
  ///   - cells: rows of a run before the last.
  ///   - origin: where the first row lies, px.
  init(_ sums: WindowSums, cells: Int, origin: Int, pool: BufferPool?) {
    families = sums.families
    self.cells = cells
    self.origin = origin
    stride = sums.stride
    size = sums.channels * sums.stride
    storage = FloatBuffer(unfilled: (cells + 2) * size, pool: pool)
    // Channels of no family are never summed.
    sum.update(repeating: 0, count: size)
  }

  private var prefix: UnsafeMutablePointer<Float> { storage.base + cells * size }
  /// The last finished run.
  var sum: UnsafeMutablePointer<Float> { storage.base + (cells + 1) * size }

  /// Takes a row in and, when it ends a run, fills `sum` with moments about `target` px.
  ///
  /// - Parameters:
  ///   - part: what of the row ends a run. `whole`: all of it, for the runs to come.
  /// - Returns: whether there was a run.
  mutating func take(
    part: UnsafeMutablePointer<Float>, whole: UnsafeMutablePointer<Float>, momentsAbout target: Int
  ) -> Bool {
    let isComplete = taken >= cells
    if isComplete {
      combine(
        storage.base + position * size, offset: Float(target - (origin - cells * WindowSums.step)), part,
        offset: Float(target - origin))
    }
    advance(whole)
    taken += 1
    position += 1
    if position == cells {
      position = 0
      origin += cells * WindowSums.step
    }
    return isComplete
  }

  /// Puts a row into its slot and the prefix; turns a finished segment into its suffix sums.
  private func advance(_ whole: UnsafeMutablePointer<Float>) {
    let slots = storage.base, prefix = prefix, slot = slots + position * size
    if position < cells - 1 {
      if position == 0 {
        for i in Swift.stride(from: 0, to: size, by: 8) {
          let value = whole.lanes(at: i)
          slot.store(value, at: i)
          prefix.store(value, at: i)
        }
      } else {
        for i in Swift.stride(from: 0, to: size, by: 8) {
          let value = whole.lanes(at: i)
          slot.store(value, at: i)
          prefix.store(prefix.lanes(at: i) + value, at: i)
        }
      }
      return
    }
    slot.update(from: whole, count: size)
    prefix.update(repeating: 0, count: size)
    for k in Swift.stride(from: cells - 2, through: 0, by: -1) {
      let a = slots + k * size, b = a + size
      for i in Swift.stride(from: 0, to: size, by: 8) { a.store(a.lanes(at: i) + b.lanes(at: i), at: i) }
    }
  }

  /// Sum of suffix, prefix and the part of the last row, with the moments moved by `a` and `b` px.
  private func combine(
    _ suffix: UnsafeMutablePointer<Float>, offset a: Float, _ part: UnsafeMutablePointer<Float>, offset b: Float
  ) {
    let sum = sum, prefix = prefix
    var channel = 0
    for family in families {
      let at = channel * stride
      switch family.order {
      case 0:
        for i in Swift.stride(from: at, to: at + stride, by: 8) {
          sum.store(suffix.lanes(at: i) + (prefix.lanes(at: i) + part.lanes(at: i)), at: i)
        }
      case 1:
        for i in Swift.stride(from: at, to: at + stride, by: 8) {
          let j = i + stride
          let s0 = suffix.lanes(at: i), s1 = suffix.lanes(at: j)
          let p0 = prefix.lanes(at: i) + part.lanes(at: i), p1 = prefix.lanes(at: j) + part.lanes(at: j)
          sum.store(s0 + p0, at: i)
          sum.store((s1 - a * s0) + (p1 - b * p0), at: j)
        }
      default:
        for i in Swift.stride(from: at, to: at + stride, by: 8) {
          let j = i + stride, k = j + stride
          let s0 = suffix.lanes(at: i), s1 = suffix.lanes(at: j), s2 = suffix.lanes(at: k)
          let p0 = prefix.lanes(at: i) + part.lanes(at: i), p1 = prefix.lanes(at: j) + part.lanes(at: j)
          let p2 = prefix.lanes(at: k) + part.lanes(at: k)
          sum.store(s0 + p0, at: i)
          sum.store((s1 - a * s0) + (p1 - b * p0), at: j)
          sum.store((s2 - 2 * a * s1 + a * a * s0) + (p2 - 2 * b * p1 + b * b * p0), at: k)
        }
      }
      channel += family.order + 1
    }
  }
}
