// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// An open raster as a pyramid of levels, each twice as coarse or so as the one before, in blocks of its own.
///
/// First come the raster and its stored overviews; where those end early, further levels are made by halving the one
/// before, block by block when they are asked for.
struct TiledRaster: Sendable {
  let file: RasterLayerFile
  let image: RasterImage
  let mark: FileMark?
  let place: RasterPlace
  let levels: [PyramidLevel]

  /// A level that is no longer than this many pixels gets no further one.
  private static let smallest = 32

  init(_ file: RasterLayerFile, _ image: RasterImage, mark: FileMark?, _ transformations: TransformationPool) {
    (self.file, self.image, self.mark) = (file, image, mark)
    place = RasterPlace(image.info.georeference, transformations)
    var levels = image.levels.enumerated().map { PyramidLevel($1, stored: $0, of: image) }
    // Overviews come in any order, and only whole halvings or so are of use.
    levels.sort { $0.rows * $0.columns > $1.rows * $1.columns }
    while let last = levels.last, max(last.rows, last.columns) > Self.smallest {
      levels.append(PyramidLevel(halving: last))
    }
    self.levels = levels
  }

  /// The coarsest level whose pixels are at most this many pixels of the raster.
  func level(forFactor wanted: Double) -> Int {
    levels.indices.last { index in
      (levels[index].rowFactor * levels[index].columnFactor).squareRoot() <= wanted
    } ?? 0
  }
}

/// One level of a pyramid and the blocks in which it is decoded.
struct PyramidLevel: Sendable {
  let rows, columns: Int
  /// Pixels of the raster that a pixel of this level is high and wide.
  let rowFactor, columnFactor: Double
  /// Sides of the blocks that are read, kept and thrown away together.
  let blockRows, blockColumns: Int
  /// Index among the levels that the file holds; nil for one that is made from the level before.
  let stored: Int?

  /// Blocks of the file where those are squares of a useful size, else about 512 × 512.
  init(_ level: RasterLevel, stored: Int, of image: RasterImage) {
    rowFactor = Double(image.rows) / Double(level.rows)
    columnFactor = Double(image.columns) / Double(level.columns)
    (rows, columns, self.stored) = (level.rows, level.columns, stored)
    func side(_ block: Int) -> Int {
      if (256...1024).contains(block) { return block }
      return block < 256 ? (512 / block) * block : 512
    }
    let isStriped = level.blockColumns >= level.columns && level.columns > 1024
    blockRows = isStriped ? 512 : side(level.blockRows)
    blockColumns = isStriped ? 512 : side(level.blockColumns)
  }

  init(halving finer: PyramidLevel) {
    (rows, columns, stored) = ((finer.rows + 1) / 2, (finer.columns + 1) / 2, nil)
    (blockRows, blockColumns) = (512, 512)
    (rowFactor, columnFactor) = (2 * finer.rowFactor, 2 * finer.columnFactor)
  }

  var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }

  /// The pixels of a block.
  func window(ofBlock row: Int, _ column: Int) -> Window {
    Window(row: row * blockRows, column: column * blockColumns, rows: blockRows, columns: blockColumns)
      .intersection(window)
  }
}
