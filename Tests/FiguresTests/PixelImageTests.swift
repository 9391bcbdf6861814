// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Testing

@Suite("Pixel images")
struct PixelImageTests {
  @Test("values take the colours of the map, NaN is clear")
  func colours() {
    let grid = Grid(rows: 1, columns: 4, cells: [0, 5, 10, Float.nan])
    let image = PixelImage(grid, map: .grey, range: ValueRange(0, 10))
    #expect(image.rgba == [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255, 0, 0, 0, 0])
    #expect(image.rows == 1 && image.columns == 4)
  }

  @Test("fewer levels give no more colours than asked, and keep both ends")
  func levels() {
    let grid = Grid(rows: 1, columns: 1000, cells: (0..<1000).map { Float($0) / 999 })
    let image = PixelImage(grid, map: .speed, range: ValueRange(0, 1), levels: 8)
    let distinct = Set((0..<1000).map { Array(image.rgba[4 * $0..<4 * $0 + 4]) })
    #expect(distinct.count == 8)
    let ends = PixelImage(grid, map: .speed, range: ValueRange(0, 1))
    #expect(image.rgba.prefix(4) == ends.rgba.prefix(4) && image.rgba.suffix(4) == ends.rgba.suffix(4))
  }

  @Test("grey images are stretched between percentiles, a constant image included")
  func grey() {
    let ramp = Grid(rows: 10, columns: 100, cells: (0..<1000).map { Float($0) })
    let image = PixelImage(grey: ramp, between: (0.1, 0.9), levels: 256)
    #expect(image.rgba[0] == 0 && image.rgba[4 * 999] == 255)
    #expect(abs(Int(image.rgba[4 * 500]) - 128) <= 1)
    let flat = PixelImage(grey: Grid(rows: 2, columns: 2, filledWith: 7))
    #expect(flat.rgba[3] == 255)
    let missing = PixelImage(grey: Grid(rows: 1, columns: 1, filledWith: .nan))
    #expect(missing.rgba == [0, 0, 0, 0])
  }

  @Test("reduction averages blocks, keeps small grids and loses blocks that are mostly missing")
  func reduction() {
    let grid = Grid(rows: 4, columns: 4, cells: (0..<16).map { Float($0) })
    let (small, factor) = grid.reduced(toSide: 2)
    #expect(factor == 2 && small.cells == [2.5, 4.5, 10.5, 12.5])
    #expect(grid.reduced(toSide: 4).factor == 1)
    var holes = grid
    for cell in [0, 1, 4] { holes.cells[cell] = .nan }
    #expect(holes.reduced(toSide: 2).grid.cells[0].isNaN)
    holes.cells[4] = 4
    #expect(holes.reduced(toSide: 2).grid.cells[0] == 4.5)
    // 5 columns in blocks of 2: the last block is one column wide.
    let odd = Grid(rows: 1, columns: 5, cells: [Float(1), 3, 5, 7, 9]).reduced(toSide: 3)
    #expect(odd.grid.cells == [2, 6, 9])
  }

  @Test("classes are reduced to the most frequent one")
  func classes() {
    let grid = Grid<UInt8>(rows: 2, columns: 4, cells: [0, 3, 1, 2, 3, 3, 2, 1])
    let (small, factor) = grid.reduced(toSide: 2)
    #expect(factor == 2 && small.cells == [3, 1])
  }

  @Test("a quicklook of a signed product is centred on zero and no larger than asked")
  func quicklook() {
    let grid = Grid(rows: 300, columns: 200, cells: (0..<60_000).map { Float($0) / 30_000 - 1 })
    let (image, range) = Quicklook.render(grid, isSigned: true, side: 100)
    #expect(image.rows == 100 && image.columns == 67)
    #expect(range.low == -range.high)
    let middle = 4 * (50 * image.columns + 30)
    #expect(image.rgba[middle] > 230 && image.rgba[middle + 2] > 230)
    #expect(Quicklook.render(image: grid, side: 100).rows == 100)
    #expect(Quicklook.render(classes: grid.map { _ in UInt8(0) }, side: 100).rgba.allSatisfy { $0 == 0 })
  }

  @Test("the data address carries what the encoder gives")
  func address() throws {
    let image = PixelImage(Grid(rows: 1, columns: 1, filledWith: Float(0)), map: .grey, range: ValueRange(0, 1))
    let text = try image.dataAddress { rgba, rows, columns in
      #expect(rgba == [0, 0, 0, 255] && rows == 1 && columns == 1)
      return [1, 2, 3]
    }
    #expect(text == "data:image/png;base64,AQID")
  }
}
