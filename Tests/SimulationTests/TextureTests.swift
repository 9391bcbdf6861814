// SPDX-License-Identifier: Apache-2.0
import Grids
import Simulation
import Testing

@Suite("Textures")
struct TextureTests {
  @Test("a generated texture has the asked mean within half and deviation within a quarter of the deviation")
  func level() {
    let window = Window(row: 0, column: 0, rows: 512, columns: 512)
    let statistics = TextureStatistics(rows: 512, columns: 512, read: GeneratedTexture().read)
    #expect(abs(statistics.mean - 127.5) < 18)
    #expect(abs(statistics.variance.squareRoot() - 36) < 9)
    var p = GeneratedTexture.Parameters()
    p.textureSeed = 2
    #expect(GeneratedTexture(parameters: p).read(window) != GeneratedTexture().read(window))
  }

  @Test("windows of a texture give the same bits, also left of and above the origin")
  func windows() {
    let texture = GeneratedTexture()
    let whole = texture.read(Window(row: -70, column: -33, rows: 150, columns: 120))
    let part = texture.read(Window(row: -11, column: -5, rows: 37, columns: 43))
    #expect(part == whole.cropped(to: Window(row: 59, column: 28, rows: 37, columns: 43)))
  }

  @Test("the amplitude falls like 1/f: differences over 2, 8 and 32 px grow by octaves, not by distance")
  func spectrum() {
    let g = GeneratedTexture().read(Window(row: 0, column: 0, rows: 400, columns: 400))
    func structure(_ lag: Int) -> Double {
      var sum = 0.0
      for r in 0..<400 {
        for c in 0..<400 - lag { sum += Double((g[r, c + lag] - g[r, c]) * (g[r, c + lag] - g[r, c])) }
      }
      return sum / Double(400 * (400 - lag))
    }
    // Equal variance per octave makes the structure function grow linearly with the logarithm of the lag.
    let first = structure(8) - structure(2), second = structure(32) - structure(8)
    #expect(first > 0 && abs(second / first - 1) < 0.35)
  }

  @Test("statistics joined from blocks equal those of the whole within 1e-9, and skip missing pixels")
  func statistics() {
    var random = SeededRandom(seed: 1)
    var cells = (0..<4000).map { _ in Float(1e4 + 3 * random.normalPair().0) }
    cells[17] = .nan
    let whole = Grid(rows: 40, columns: 100, cells: cells)
    var joined = TextureStatistics()
    for row in stride(from: 0, to: 40, by: 7) {
      joined.add(whole.cropped(to: Window(row: row, column: 0, rows: min(7, 40 - row), columns: 100)))
    }
    var direct = TextureStatistics()
    direct.add(whole)
    #expect(joined.count == 3999)
    #expect(abs(joined.mean - direct.mean) < 1e-9 && abs(joined.variance - direct.variance) < 1e-9)
  }
}
