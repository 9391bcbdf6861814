// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import Simulation
import Testing

@Suite("Buffers of masks")
struct MaskBufferTests {
  private static func random(rows: Int, columns: Int, share: Double) -> Mask {
    var random = SeededRandom(seed: 7)
    return Mask(rows: rows, columns: columns, cells: (0..<rows * columns).map { _ in random.uniform() < share })
  }

  /// Whether a pixel of this kind lies within the distance, by looking at all.
  private static func isNear(_ mask: Mask, _ value: Bool, _ row: Int, _ column: Int, _ distance: Double) -> Bool {
    for r in 0..<mask.rows {
      for c in 0..<mask.columns where mask[r, c] == value {
        if Double((r - row) * (r - row) + (c - column) * (c - column)) <= distance * distance { return true }
      }
    }
    return false
  }

  @Test("are those of all pairs of pixels", arguments: [1, 1.5, 3, 7.3, -1, -1.5, -3])
  func agreesWithAllPairs(distance: Double) {
    let mask = Self.random(rows: 37, columns: 29, share: distance > 0 ? 0.03 : 0.97)
    let buffered = mask.buffered(by: distance)
    for r in 0..<37 {
      for c in 0..<29 {
        let expected =
          distance > 0 ? Self.isNear(mask, true, r, c, distance) : !Self.isNear(mask, false, r, c, -distance)
        #expect(buffered[r, c] == expected)
      }
    }
  }

  @Test("of a single pixel are discs; an empty and a full mask stay as they are")
  func shapes() {
    var mask = Mask(rows: 9, columns: 9, filledWith: false)
    #expect(mask.buffered(by: 3) == mask)
    mask[4, 4] = true
    #expect(mask.buffered(by: 1).cells.count { $0 } == 5)
    #expect(mask.buffered(by: 1.5).cells.count { $0 } == 9)
    #expect(mask.buffered(by: 0) == mask)
    let full = Mask(rows: 9, columns: 9, filledWith: true)
    #expect(full.buffered(by: -3) == full)
  }
}
