// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Offsets and their gradients on the lattice of one level, px of that level; finite everywhere.
///
/// One row and one column beyond the lattice repeat the last, for the interpolation between points.
final class LatticeField {
  let rows: Int
  let columns: Int
  let stride: Int
  /// Floats between one parameter and the next.
  let plane: Int
  private let storage: FloatBuffer

  init(rows: Int, columns: Int, pool: BufferPool) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 8 + 7) / 8 * 8
    plane = (rows + 1) * stride + 8
    storage = FloatBuffer(count: 9 * plane, pool: pool)
  }

  /// dx, its change per pixel to the right and down, dy, its change per pixel to the right and down.
  func parameter(_ index: Int) -> UnsafeMutablePointer<Float> { storage.base + index * plane }
  var u: UnsafeMutablePointer<Float> { parameter(0) }
  var v: UnsafeMutablePointer<Float> { parameter(3) }
  var ncc: UnsafeMutablePointer<Float> { parameter(6) }
  var gain: UnsafeMutablePointer<Float> { parameter(7) }
  /// 1 where the point was solved.
  var valid: UnsafeMutablePointer<Float> { parameter(8) }

  var arrays: CandidateChoice.Arrays { .init(base: storage.base, plane: plane) }

  var warpField: DenseWarp.Field { DenseWarp.Field(u: u, v: v, stride: stride) }

  var output: NormalEquations.Output {
    NormalEquations.Output(
      parameters: (0..<6).map(parameter), ncc: ncc, gain: gain, valid: valid, stride: stride)
  }

  /// Largest offset on either axis, px.
  var reach: Float {
    var reach: Float = 0
    for p in [u, v] {
      for row in 0..<rows { reach = max(reach, LatticeArithmetic.reach(p + row * stride, count: columns)) }
    }
    return reach
  }

  /// Cuts offsets at `limit` px and repeats their last row and column beyond the lattice.
  func settle(limit: Float) {
    for p in [u, v] {
      LatticeArithmetic.clamp(p, limit: limit, count: rows * stride)
      for row in 0..<rows {
        let line = p + row * stride
        (line + columns).update(repeating: line[columns - 1], count: stride - columns)
      }
      (p + rows * stride).update(from: p + (rows - 1) * stride, count: stride)
    }
  }

  /// The field of a level with twice the resolution.
  func doubled(rows newRows: Int, columns newColumns: Int, limit: Float, pool: BufferPool) -> LatticeField {
    let out = LatticeField(rows: newRows, columns: newColumns, pool: pool)
    for index in 0..<6 {
      LatticeArithmetic.double(
        parameter(index), rows: rows, columns: columns, stride: stride, scale: index % 3 == 0 ? 2 : 1,
        into: out.parameter(index), outRows: newRows, outColumns: newColumns, outStride: out.stride)
    }
    out.settle(limit: limit)
    return out
  }
}
