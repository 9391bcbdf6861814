// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Window sums")
struct WindowSumsTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let rows, columns: Int
    let window: WindowShape
    init(rows: Int, columns: Int, half: Int) {
      self.init(rows: rows, columns: columns, window: .box(half: half))
    }
    init(rows: Int, columns: Int, window: WindowShape) {
      self.rows = rows
      self.columns = columns
      self.window = window
    }
    var testDescription: String { "\(rows) × \(columns), box of \(2 * window.half + 1), spreads \(window.spreads)" }
  }

  /// Windows of both residues that odd sides have, from the smallest to one larger than the image; shapes that are no
  /// multiples of four or eight.
  static let shapes = [
    Shape(rows: 24, columns: 40, half: 2), Shape(rows: 25, columns: 43, half: 3),
    Shape(rows: 37, columns: 29, half: 4),
    Shape(rows: 30, columns: 53, half: 5), Shape(rows: 41, columns: 64, half: 12),
    Shape(rows: 70, columns: 61, half: 25),
    Shape(rows: 67, columns: 50, half: 50),
    Shape(rows: 24, columns: 40, window: .gaussian(half: 7)),
    Shape(rows: 37, columns: 29, window: .gaussian(half: 12)),
    Shape(rows: 70, columns: 61, window: .gaussian(half: 25)),
    Shape(rows: 33, columns: 47, window: WindowShape(half: 3, spreads: [2])),
    Shape(rows: 33, columns: 47, window: WindowShape(half: 6, spreads: [3, 1, 2])),
  ]

  struct Images {
    let gx, gy, r, m, w: PaddedImage
    init(_ s: Shape) {
      gx = DenseFixtures.noise(rows: s.rows, columns: s.columns, seed: 1)
      gy = DenseFixtures.noise(rows: s.rows, columns: s.columns, seed: 2)
      r = DenseFixtures.noise(rows: s.rows, columns: s.columns, seed: 3, mean: 0.5)
      m = DenseFixtures.image(rows: s.rows, columns: s.columns) { ($0 * 7 + $1) % 5 == 0 ? 0 : 1 }
      w = DenseFixtures.noise(rows: s.rows, columns: s.columns, seed: 4)
    }
  }

  /// Largest difference from sums in double precision over every channel and power of the column at many lattice points,
  /// relative to the sum of absolute values.
  static func worst(
    _ sums: WindowSums, products: [(order: Int, of: (Int, Int) -> Double)], columnOrder: Int,
    _ found: [[Float]]
  ) -> Double {
    var worst = 0.0
    // A box has the weight 1, a smooth window that of the noise-equivalent box.
    let half = sums.window.reach, plain = sums.window.spreads.isEmpty
    let side = plain ? Double(2 * half + 1) : sums.window.noiseEquivalentSide
    let weights = sums.window.weights.map { $0 * side }
    // Direct sums over large windows are slow: every third point, the last ones among them.
    let every = half < 12 ? 1 : 3
    for latticeRow in stride(from: (sums.latticeRows - 1) % every, to: sums.latticeRows, by: every) {
      for latticeColumn in stride(from: (sums.latticeColumns - 1) % every, to: sums.latticeColumns, by: every) {
        var channel = 0
        for product in products {
          for power in 0...product.order {
            for columnPower in 0...columnOrder {
              var sum = 0.0, scale = 1e-3
              for y in (4 * latticeRow - half)...(4 * latticeRow + half) {
                for x in (4 * latticeColumn - half)...(4 * latticeColumn + half) {
                  let weight = weights[y - 4 * latticeRow + half] * weights[x - 4 * latticeColumn + half]
                  var term = weight * product.of(y, x)
                  for _ in 0..<power { term *= Double(y - 4 * latticeRow) / Double(half) }
                  for _ in 0..<columnPower { term *= Double(x - 4 * latticeColumn) / Double(half) }
                  sum += term
                  scale += abs(weight * product.of(y, x))
                }
              }
              let at = (latticeColumn * sums.vectorsPerPoint + channel / 8 * (columnOrder + 1) + columnPower) * 8
              var value = Double(found[latticeRow][at + channel % 8])
              for _ in 0..<power + columnPower { value /= Double(half) }
              worst = max(worst, abs(value - sum) / scale)
            }
            channel += 1
          }
        }
      }
    }
    return worst
  }

  @Test("sums and moments equal direct sums within 1e-5 of the sum of absolute terms", arguments: shapes)
  func structure(shape: Shape) {
    let images = Images(shape)
    let sums = WindowSums(
      rows: shape.rows, columns: shape.columns, window: shape.window, families: StructureSums.families, columnOrder: 2
    )
    var found: [[Float]] = []
    sums.run(
      pool: nil,
      accumulate: {
        StructureSums.accumulate(
          $0, gx: images.gx.view, gy: images.gy.view, reference: images.r.view, mask: images.m.view, partial: $1,
          whole: $2)
      },
      sink: { row, values in
        #expect(row == found.count)
        found.append(Array(UnsafeBufferPointer(start: values, count: sums.latticeColumns * sums.vectorsPerPoint * 8)))
      })
    func at(_ image: PaddedImage) -> (Int, Int) -> Double { { DenseFixtures.value(image, $0, $1) } }
    let gx = at(images.gx), gy = at(images.gy), r = at(images.r), m = at(images.m)
    let worst = Self.worst(
      sums,
      products: [
        (2, { gx($0, $1) * gx($0, $1) }), (2, { gx($0, $1) * gy($0, $1) }), (2, { gy($0, $1) * gy($0, $1) }),
        (1, gx), (1, gy), (0, r), (0, { r($0, $1) * r($0, $1) }), (2, m),
        (1, { gx($0, $1) * r($0, $1) }), (1, { gy($0, $1) * r($0, $1) }),
      ], columnOrder: 2, found)
    #expect(worst < 1e-5, "largest relative difference \(worst)")
  }

  @Test("sums with the warped image equal direct sums within 1e-5", arguments: shapes)
  func warped(shape: Shape) {
    let images = Images(shape)
    let sums = WindowSums(
      rows: shape.rows, columns: shape.columns, window: shape.window, families: WarpedSums.families, columnOrder: 1)
    var found: [[Float]] = []
    sums.run(
      pool: BufferPool(),
      accumulate: {
        WarpedSums.accumulate(
          $0, gx: images.gx.view, gy: images.gy.view, reference: images.r.view, warped: images.w.view, partial: $1,
          whole: $2)
      },
      sink: { _, values in
        found.append(Array(UnsafeBufferPointer(start: values, count: sums.latticeColumns * sums.vectorsPerPoint * 8)))
      })
    func at(_ image: PaddedImage) -> (Int, Int) -> Double { { DenseFixtures.value(image, $0, $1) } }
    let gx = at(images.gx), gy = at(images.gy), r = at(images.r), w = at(images.w)
    let worst = Self.worst(
      sums,
      products: [
        (1, { gx($0, $1) * w($0, $1) }), (1, { gy($0, $1) * w($0, $1) }), (0, w), (0, { w($0, $1) * w($0, $1) }),
        (0, { r($0, $1) * w($0, $1) }),
      ], columnOrder: 1, found)
    #expect(worst < 1e-5, "largest relative difference \(worst)")
  }
}
