// SPDX-License-Identifier: Apache-2.0
import Grids

/// In what tiles a cube is read, and what that costs.
///
/// A stored block is unpacked whole whenever a window touches it. Tiles are therefore whole blocks: as many rows of
/// blocks as the memory holds, else a part of one row of blocks. Where a single block does not fit, it is cut, and
/// unpacked once for each piece.
public struct CubeTiling: Hashable, Sendable {
  public let tileRows, tileColumns: Int
  /// How often a stored block is read and unpacked in one pass over the cube.
  public let readsPerBlock: Int

  /// - Parameters:
  ///   - blockRows, blockColumns: of the stored blocks.
  ///   - pixels: that fit into the memory.
  public init(rows: Int, columns: Int, blockRows: Int, blockColumns: Int, pixels: Int) {
    let height = max(1, min(blockRows, rows)), width = max(1, min(blockColumns, columns))
    if height * columns <= pixels {
      tileRows = min(rows, pixels / columns / height * height)
      tileColumns = columns
    } else if height * width <= pixels {
      tileRows = height
      tileColumns = min(columns, pixels / height / width * width)
    } else if width <= pixels {
      tileRows = pixels / width
      tileColumns = width
    } else {
      tileRows = 1
      tileColumns = max(1, pixels)
    }
    func pieces(_ side: Int, _ tile: Int) -> Int { (side + min(side, tile) - 1) / min(side, tile) }
    readsPerBlock = pieces(height, tileRows) * pieces(width, tileColumns)
    self.rows = rows
    self.columns = columns
  }

  private let rows, columns: Int

  /// All tiles, row after row.
  public var windows: [Window] {
    stride(from: 0, to: rows, by: tileRows).flatMap { row in
      stride(from: 0, to: columns, by: tileColumns).map { column in
        Window(
          row: row, column: column, rows: min(tileRows, rows - row), columns: min(tileColumns, columns - column))
      }
    }
  }

  /// What the user should know when reading is wasteful; nil otherwise.
  public var notice: String? {
    guard readsPerBlock > 4 else { return nil }
    return
      "the blocks of the cube are larger than the memory for one tile, so each is unpacked \(readsPerBlock) times; "
      + "allow more memory, or store the cube in blocks of many dates and few pixels"
  }
}
