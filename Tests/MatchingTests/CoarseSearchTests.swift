// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Testing

@Suite("Coarse search")
struct CoarseSearchTests {
  private static let still = SearchTexture(seed: 7, count: 40).image(384, 400)

  private static func shifted(_ dx: Int, _ dy: Int) -> Grid<Float> {
    SearchTexture(seed: 7, count: 40).image(384, 400, dx: Double(dx), dy: Double(dy))
  }

  @Test("finds a shift without being told its size, within 0.5 px", arguments: [(0, 0), (46, -37), (-90, 60)])
  func shift(dx: Int, dy: Int) {
    let field = CoarseSearch.run(reference: Self.still, secondary: Self.shifted(dx, dy))
    #expect(field.reliableShare > 0.7)
    let found = zip(zip(field.dx.cells, field.dy.cells), field.reliable.cells).filter(\.1).map(\.0)
    #expect(abs(median(found.map(\.0)) - Float(dx)) < 0.5 && abs(median(found.map(\.1)) - Float(dy)) < 0.5)
    #expect(field.searchRadius <= 6)
    let middle = field.offset(atRow: 192, column: 200)
    #expect(abs(middle.dx - Double(dx)) < 0.5 && abs(middle.dy - Double(dy)) < 0.5)
  }

  @Test("bridges a masked border and a masked hole")
  func masked() {
    var a = Self.still, b = Self.shifted(20, 12)
    for row in 0..<384 {
      for column in 0..<400 where row < 50 || column > 340 || (abs(row - 200) < 30 && abs(column - 200) < 30) {
        a[row, column] = .nan
        b[row, column] = .nan
      }
    }
    let field = CoarseSearch.run(reference: a, secondary: b)
    let inHole = field.offset(atRow: 200, column: 200)
    #expect(abs(inHole.dx - 20) < 1 && abs(inHole.dy - 12) < 1)
    #expect(field.dx.cells.allSatisfy { $0.isFinite })
  }

  @Test("unrelated images, constant images and tiny images give a field of 0 with nothing reliable")
  func nothing() {
    var random = SearchRandom(state: 1)
    let noise = { (rows: Int) in
      Grid(rows: rows, columns: rows, cells: (0..<rows * rows).map { _ in Float(random.next()) })
    }
    let flat = Grid<Float>(rows: 200, columns: 200, filledWith: 3)
    let missing = Grid<Float>(rows: 200, columns: 200, filledWith: .nan)
    for (a, b) in [
      (noise(256), noise(256)), (flat, flat), (missing, missing), (noise(1), noise(1)), (noise(7), noise(7)),
    ] {
      let field = CoarseSearch.run(reference: a, secondary: b)
      #expect(field.reliableShare == 0)
      let offset = field.offset(atRow: 3, column: 3)
      #expect(offset.dx == 0 && offset.dy == 0)
    }
  }

  @Test("gives the same bits on 1 and 3 threads")
  func threads() async {
    let moved = Self.shifted(30, 10)
    let one = CoarseSearch.run(reference: Self.still, secondary: moved, threads: 1)
    let three = await onOwnThread { CoarseSearch.run(reference: Self.still, secondary: moved, threads: 3) }
    #expect(one.dx.cells.map(\.bitPattern) == three.dx.cells.map(\.bitPattern))
    #expect(one.reliable == three.reliable)
  }
}
