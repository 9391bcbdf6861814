// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// A rectangle of neighbouring points whose products are formed together, and the shifts that they need in common.
struct SearchBlock: Sendable {
  /// First point and number of points, in lattice indices.
  let row, column, rows, columns: Int
  /// Union of the ranges of its points: whole-pixel offsets from … to, inclusive.
  let left, right, top, bottom: Int
  let isMasked: Bool

  var shiftColumns: Int { right - left + 1 }
  var shiftRows: Int { bottom - top + 1 }
}

/// Divides a lattice into blocks so that the number of products is least.
///
/// Points with equal priors share nearly all products, so large blocks are best; where priors differ or pixels are
/// missing a block is cut in four as long as that saves work. The division depends on the lattice, the priors and
/// the masks only, never on threads or memory.
struct SearchPlan {
  let lattice: SearchLattice
  let priorX, priorY: [Int32]
  let parameters: TemplateSearch.Parameters
  let missing: (reference: MissingTiles, secondary: MissingTiles)
  let hasOrientation: Bool

  /// Most floats of sums in one block: what a thread's share of a third-level cache holds.
  private static let surfaceBudget = 2_000_000

  func blocks() -> [SearchBlock] {
    let shifts = (2 * parameters.radiusRows + 11) * (2 * parameters.radiusColumns + 8)
    var side = 32
    while side > 1 && side * side * shifts > Self.surfaceBudget { side /= 2 }
    var out: [SearchBlock] = []
    for row in stride(from: 0, to: lattice.rows, by: side) {
      for column in stride(from: 0, to: lattice.columns, by: side) {
        let rows = min(side, lattice.rows - row), columns = min(side, lattice.columns - column)
        out += best(row: row, column: column, rows: rows, columns: columns).blocks
      }
    }
    return out
  }

  private func best(row: Int, column: Int, rows: Int, columns: Int) -> (blocks: [SearchBlock], cost: Int) {
    let whole = block(row: row, column: column, rows: rows, columns: columns)
    let cost = cost(whole)
    guard rows > 1 || columns > 1, whole.isMasked || !isUniform(whole) else { return ([whole], cost) }
    let fits = rows * columns * layout(whole).surfaceCount <= Self.surfaceBudget
    var parts: [SearchBlock] = [], sum = 0
    let r = (rows + 1) / 2, c = (columns + 1) / 2
    for (y, height) in [(row, r), (row + r, rows - r)] where height > 0 {
      for (x, width) in [(column, c), (column + c, columns - c)] where width > 0 {
        let part = best(row: y, column: x, rows: height, columns: width)
        parts += part.blocks
        sum += part.cost
      }
    }
    return sum < cost || !fits ? (parts, sum) : ([whole], cost)
  }

  private func isUniform(_ block: SearchBlock) -> Bool {
    block.shiftColumns == 2 * parameters.radiusColumns + 1 && block.shiftRows == 2 * parameters.radiusRows + 1
  }

  func layout(_ block: SearchBlock) -> WindowLayout {
    WindowLayout(
      rows: block.rows, columns: block.columns, spacing: lattice.spacing, window: parameters.templateWindow,
      shiftRows: block.shiftRows, shiftColumns: block.shiftColumns)
  }

  /// Products, plus what copying and normalising a region costs in the same unit.
  private func cost(_ block: SearchBlock) -> Int {
    let layout = layout(block)
    let planes = hasOrientation ? 2 : block.isMasked ? 6 : 1
    return planes * layout.work + 100 * layout.bRows * layout.bColumns
  }

  private func block(row: Int, column: Int, rows: Int, columns: Int) -> SearchBlock {
    var left = Int.max, right = Int.min, top = Int.max, bottom = Int.min
    for y in row..<row + rows {
      for x in column..<column + columns {
        let px = Int(priorX[y * lattice.columns + x]), py = Int(priorY[y * lattice.columns + x])
        left = min(left, px)
        right = max(right, px)
        top = min(top, py)
        bottom = max(bottom, py)
      }
    }
    left -= parameters.radiusColumns
    right += parameters.radiusColumns
    top -= parameters.radiusRows
    bottom += parameters.radiusRows
    let first = lattice.pixel(row: row, column: column)
    let area = Window(
      row: first.row - parameters.half, column: first.column - parameters.half,
      rows: (rows - 1) * lattice.spacing + parameters.templateWindow,
      columns: (columns - 1) * lattice.spacing + parameters.templateWindow)
    let target = Window(
      row: area.row + top, column: area.column + left, rows: area.rows + bottom - top,
      columns: area.columns + right - left)
    let isMasked = missing.reference.isAny(in: area) || missing.secondary.isAny(in: target)
    return SearchBlock(
      row: row, column: column, rows: rows, columns: columns, left: left, right: right, top: top, bottom: bottom,
      isMasked: isMasked && !hasOrientation)
  }
}

/// Which 32 × 32 tiles of an image have a missing pixel.
struct MissingTiles: Sendable {
  private static let side = 32
  private let tiles: Mask
  private let isAny: Bool

  init(_ image: Grid<Float>) {
    let side = Self.side
    var tiles = Mask(
      rows: (image.rows + side - 1) / side, columns: (image.columns + side - 1) / side, filledWith: false)
    image.cells.withUnsafeBufferPointer { cells in
      guard let base = cells.baseAddress else { return }
      for row in 0..<image.rows {
        let start = base + row * image.columns
        guard SearchKernels.hasMissing(start, columns: image.columns) else { continue }
        for column in 0..<tiles.columns {
          let count = min(side, image.columns - column * side)
          if SearchKernels.hasMissing(start + column * side, columns: count) { tiles[row / side, column] = true }
        }
      }
    }
    self.tiles = tiles
    isAny = tiles.cells.contains(true)
  }

  func isAny(in window: Window) -> Bool {
    guard isAny else { return false }
    let side = Self.side
    let top = max(0, window.row) / side, left = max(0, window.column) / side
    let bottom = min(tiles.rows, (window.endRow + side - 1) / side)
    let right = min(tiles.columns, (window.endColumn + side - 1) / side)
    guard top < bottom, left < right else { return false }
    for row in top..<bottom {
      for column in left..<right where tiles[row, column] { return true }
    }
    return false
  }
}
