// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Offsets and their gradients on the lattice of one level, px of that level; finite everywhere.
///
/// One row and one column beyond the lattice repeat the last, for the interpolation between points.
final class LatticeField {
  let rows: Int
  let columns: Int
  let stride: Int
  private let storage: FloatBuffer
  private let plane: Int

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 8 + 7) / 8 * 8
    plane = (rows + 1) * stride + 8
    storage = FloatBuffer(count: 9 * plane)
  }

  /// dx, its change per pixel to the right and down, dy, its change per pixel to the right and down.
  func parameter(_ index: Int) -> UnsafeMutablePointer<Float> { storage.base + index * plane }
  var u: UnsafeMutablePointer<Float> { parameter(0) }
  var v: UnsafeMutablePointer<Float> { parameter(3) }
  var ncc: UnsafeMutablePointer<Float> { parameter(6) }
  var gain: UnsafeMutablePointer<Float> { parameter(7) }
  /// 1 where the point was solved.
  var valid: UnsafeMutablePointer<Float> { parameter(8) }

  var warpField: DenseWarp.Field { DenseWarp.Field(u: u, v: v, stride: stride) }

  var output: NormalEquations.Output {
    NormalEquations.Output(
      parameters: (0..<6).map(parameter), ncc: ncc, gain: gain, valid: valid, stride: stride)
  }

  /// Repeats the last row and column of the offsets beyond the lattice.
  func extend() {
    for p in [u, v] {
      for row in 0..<rows {
        let line = p + row * stride
        for column in columns..<stride { line[column] = line[columns - 1] }
      }
      (p + rows * stride).update(from: p + (rows - 1) * stride, count: stride)
    }
  }

  /// The field of a level with twice the resolution.
  func doubled(rows newRows: Int, columns newColumns: Int) -> LatticeField {
    let out = LatticeField(rows: newRows, columns: newColumns)
    for index in [0, 1, 2, 3, 4, 5] {
      let source = parameter(index), target = out.parameter(index)
      let scale: Float = index % 3 == 0 ? 2 : 1
      for row in 0..<newRows {
        let y = min(Float(row) / 2, Float(rows - 1)), r0 = Int(y), r1 = min(r0 + 1, rows - 1)
        let t = y - Float(r0)
        for column in 0..<newColumns {
          let x = min(Float(column) / 2, Float(columns - 1)), c0 = Int(x), c1 = min(c0 + 1, columns - 1)
          let s = x - Float(c0)
          let top = source[r0 * stride + c0] * (1 - s) + source[r0 * stride + c1] * s
          let bottom = source[r1 * stride + c0] * (1 - s) + source[r1 * stride + c1] * s
          target[row * out.stride + column] = scale * (top * (1 - t) + bottom * t)
        }
      }
    }
    out.extend()
    return out
  }
}
