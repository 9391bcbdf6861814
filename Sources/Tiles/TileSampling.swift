// SPDX-License-Identifier: Apache-2.0
import Grids

/// Fills a part of a tile from pixels of one level of a raster.
///
/// Bilinear between the four pixels around each position, of those that are there; NaN where the nearest one is
/// missing, so that gaps keep their shape. Names are picked from the nearest pixel.
struct TileSampling {
  let lattice: TileLattice
  /// Positions of the lattice's nodes in the level.
  let nodes: (rows: [Double], columns: [Double])
  let isCategorical: Bool

  /// The pixels of the level that the part shows, and one more all around; nil when it shows none.
  func source(in level: PyramidLevel) -> Window? {
    var top = Double.infinity, low = -top, left = top, right = -top
    for index in nodes.rows.indices {
      let row = nodes.rows[index], column = nodes.columns[index]
      guard row.isFinite, column.isFinite else { continue }
      (top, low) = (min(top, row), max(low, row))
      (left, right) = (min(left, column), max(right, column))
    }
    guard low > -1, right > -1, top < Double(level.rows), left < Double(level.columns) else { return nil }
    // One pixel beyond the level is read as missing.
    func inside(_ value: Double, _ count: Int) -> Int { Int(min(Double(count), max(-1, value.rounded(.down)))) }
    let row = inside(top, level.rows), column = inside(left, level.columns)
    return Window(
      row: row, column: column, rows: inside(low + 1, level.rows) + 1 - row,
      columns: inside(right + 1, level.columns) + 1 - column)
  }

  /// Fills a tile, NaN before, of `size × size` pixels.
  func fill(_ tile: inout [Float], size: Int, from pixels: Grid<Float>, at source: Window) {
    let window = lattice.window, cells = lattice.cells
    let steps = Steps(count: window.columns, cells: cells), down = Steps(count: window.rows, cells: cells)
    var left = [Double](repeating: 0, count: cells + 1), top = left
    tile.withUnsafeMutableBufferPointer { tile in
      pixels.cells.withUnsafeBufferPointer { pixels in
        let sampler = PixelSampler(pixels: pixels, rows: source.rows, columns: source.columns)
        for row in 0..<window.rows {
          let i = down.cell[row] * (cells + 1), f = down.share[row]
          // The lattice at this row, with the source's corner taken as the origin.
          for j in 0...cells {
            top[j] = nodes.rows[i + j] + f * (nodes.rows[i + cells + 1 + j] - nodes.rows[i + j]) - Double(source.row)
            left[j] =
              nodes.columns[i + j] + f * (nodes.columns[i + cells + 1 + j] - nodes.columns[i + j])
              - Double(source.column)
          }
          guard let out = tile.baseAddress else { return }
          let line = out + (window.row + row) * size + window.column
          if isCategorical {
            steps.forEach(top, left) { line[$0] = sampler.nearest($1, $2) }
          } else {
            steps.forEach(top, left) { line[$0] = sampler.bilinear($1, $2) }
          }
        }
      }
    }
  }
}

/// In which cell of the lattice each pixel of a line lies, and how far in it.
private struct Steps {
  let cell: [Int]
  let share: [Double]

  init(count: Int, cells: Int) {
    let places = (0..<count).map { count > 1 ? Double($0) * Double(cells) / Double(count - 1) : 0 }
    let cell = places.map { min(cells - 1, Int($0)) }
    self.cell = cell
    share = zip(places, cell).map { $0 - Double($1) }
  }

  /// Each pixel of the line with its row and column in the source.
  @inline(__always)
  func forEach(_ rows: [Double], _ columns: [Double], _ body: (Int, Double, Double) -> Void) {
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        cell.withUnsafeBufferPointer { cell in
          share.withUnsafeBufferPointer { share in
            for index in 0..<cell.count {
              let j = cell[index], f = share[index]
              body(index, rows[j] + f * (rows[j &+ 1] - rows[j]), columns[j] + f * (columns[j &+ 1] - columns[j]))
            }
          }
        }
      }
    }
  }
}
