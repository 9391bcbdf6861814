// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("PNG")
struct PNGTests {
  let scratch = Scratch()

  @Test("a grey picture comes back bit for bit and has the signature of its format")
  func grey() throws {
    let grid = Grid(rows: 30, columns: 41, cells: (0..<30 * 41).map { UInt8($0 % 251) })
    let bytes = try PNG.encode(grid)
    #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    try PNG.write(grid, to: scratch["g.png"])
    #expect(scratch.files == ["g.png"])
    let image = try RasterImage.open(scratch["g.png"])
    #expect(try image.read(image.window).cells == grid.cells.map(Float.init))
  }

  @Test("a colour picture keeps its channels and its transparency")
  func colour() throws {
    let grid = Grid<RGBA>(
      rows: 2, columns: 2,
      cells: [
        RGBA(1, 2, 3, 255), RGBA(4, 5, 6, 255), RGBA(7, 8, 9, 128), RGBA(10, 11, 12, 0),
      ])
    try PNG.write(grid, to: scratch["c.png"])
    let blue = try RasterImage.open(scratch["c.png"], band: 3)
    #expect(blue.info.bandCount == 4)
    #expect(same(try blue.read(blue.window), Grid(rows: 2, columns: 2, cells: [3, 6, 9, .nan])))
  }

  @Test("a picture of indices keeps them and its table, and is a tenth of the colour picture where it is plain")
  func indexed() throws {
    let grid = Grid(rows: 256, columns: 300, cells: (0..<256 * 300).map { UInt8($0 / 300 / 2) })
    let palette = (0..<128).map { RGBA(UInt8($0), UInt8(2 * $0), 7, $0 == 0 ? 0 : 255) }
    let bytes = try PNG.encode(indices: grid, palette: palette)
    try Data(bytes).write(to: URL(filePath: scratch["i.png"]))
    let image = try RasterImage.open(scratch["i.png"])
    #expect(image.info.bandCount == 1 && image.rows == 256 && image.columns == 300)
    let read = try image.read(image.window)
    // Index 0 is clear, which GDAL gives as missing.
    #expect(zip(read.cells, grid.cells).allSatisfy { $1 == 0 ? $0.isNaN : $0 == Float($1) })
    #expect(bytes.count < 3000)
  }

  @Test("a folder that does not exist is named")
  func unwritable() {
    let error = failure { () throws(RasterError) in
      try PNG.write(Grid<UInt8>(rows: 1, columns: 1, filledWith: 0), to: scratch["no/x.png"])
    }
    #expect(error?.message == "\(scratch["no/x.png"]): the folder \(scratch["no/"]) does not exist; make it first")
  }
}
