// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Image kernels of dense matching")
struct DenseImageKernelTests {
  @Test("an eight by eight matrix is transposed exactly")
  func transposition() {
    let values = (0..<64).map(Float.init)
    values.withUnsafeBufferPointer { p in
      var m = Matrix8(p.baseAddress!, stride: 8)
      m.transpose()
      let rows = [m.r0, m.r1, m.r2, m.r3, m.r4, m.r5, m.r6, m.r7]
      for i in 0..<8 {
        for j in 0..<8 { #expect(rows[i][j] == Float(8 * j + i)) }
      }
    }
  }

  @Test("gradients of a cubic are exact within 1e-4 and zero where masked")
  func gradients() {
    let n = 37
    let image = DenseFixtures.image(rows: n, columns: n) { row, column in
      let x = Float(column - 18) / 8, y = Float(row - 18) / 8
      return x * x * x - 2 * x * y * y + y
    }
    let mask = DenseFixtures.image(rows: n, columns: n) { $0 == 7 || $1 == 9 ? 0 : 1 }
    let gx = PaddedImage(rows: n, columns: n, padding: 32), gy = PaddedImage(rows: n, columns: n, padding: 32)
    DenseFilters.gradients(image.view, mask: mask.view, gx: gx.view, gy: gy.view)
    for row in 2..<n - 2 {
      for column in 2..<n - 2 {
        let x = Double(column - 18) / 8, y = Double(row - 18) / 8
        let isMasked = row == 7 || column == 9
        let expected = isMasked ? (0, 0) : ((3 * x * x - 2 * y * y) / 8, (1 - 4 * x * y) / 8)
        #expect(abs(DenseFixtures.value(gx, row, column) - expected.0) < 1e-4)
        #expect(abs(DenseFixtures.value(gy, row, column) - expected.1) < 1e-4)
      }
    }
  }

  @Test("a mask shrinks exactly as by looking at every neighbour", arguments: [1, 2, 4])
  func erosion(radius: Int) {
    var noise = DenseFixtures.Noise(seed: 9)
    let mask = DenseFixtures.image(rows: 31, columns: 45) { _, _ in noise.next() > -0.96 ? 1 : 0 }
    let out = PaddedImage(unfilledRows: 31, columns: 45, padding: 32, pool: nil)
    MaskErosion.run(mask.view, radius: radius, into: out.view, pool: nil)
    for row in 0..<31 {
      for column in 0..<45 {
        var expected = 1.0
        for y in row - radius...row + radius {
          for x in column - radius...column + radius { expected = min(expected, DenseFixtures.value(mask, y, x)) }
        }
        #expect(DenseFixtures.value(out, row, column) == expected, "row \(row), column \(column)")
      }
    }
  }

  @Test("half resolution is the weighted mean of the valid neighbours within 1e-6", arguments: [(40, 51), (33, 34)])
  func halving(rows: Int, columns: Int) {
    var noise = DenseFixtures.Noise(seed: 10)
    let valid = DenseFixtures.image(rows: rows, columns: columns) { row, column in row < 9 && column > 20 ? 0 : 1 }
    let values = DenseFixtures.image(rows: rows, columns: columns) { row, column in
      noise.next() * valid.view.row(row)[column]
    }
    let r = (rows + 1) / 2, c = (columns + 1) / 2
    let out = PaddedImage(unfilledRows: r, columns: c, padding: 32, pool: nil)
    let outValid = PaddedImage(unfilledRows: r, columns: c, padding: 32, pool: nil)
    Pyramid.halve(values.view, validity: valid.view, into: out.view, validity: outValid.view, pool: nil)
    let taps = [0.054488684, 0.24420134, 0.40261995, 0.24420134, 0.054488684]
    for row in 0..<r {
      for column in 0..<c {
        var sum = 0.0, weight = 0.0
        for i in -2...2 {
          for j in -2...2 {
            let w = taps[i + 2] * taps[j + 2]
            sum += w * DenseFixtures.value(values, 2 * row + i, 2 * column + j)
            weight += w * DenseFixtures.value(valid, 2 * row + i, 2 * column + j)
          }
        }
        let isValid = weight > 0.75
        #expect(DenseFixtures.value(outValid, row, column) == (isValid ? 1 : 0))
        #expect(abs(DenseFixtures.value(out, row, column) - (isValid ? sum / weight : 0)) < 1e-6)
      }
      for column in c..<c + 32 { #expect(out.view.row(row)[column] == 0 && outValid.view.row(row)[column] == 0) }
    }
  }

  @Test("an image with missing pixels is taken over exactly, and its sums leave them out")
  func load() {
    let columns = 19
    var pixels = (0..<7 * columns).map { Float($0 % 13) }
    pixels[5] = .nan
    pixels[columns * 3 + 18] = .infinity
    let values = PaddedImage(unfilledRows: 7, columns: columns, padding: 8, pool: nil)
    let valid = PaddedImage(unfilledRows: 7, columns: columns, padding: 8, pool: nil)
    let isMissing = Pyramid.load(pixels, mean: 2, factor: 0.5, into: values.view, validity: valid.view)
    #expect(isMissing)
    for (index, value) in pixels.enumerated() {
      let row = index / columns, column = index % columns
      #expect(valid.view.row(row)[column] == (value.isFinite ? 1 : 0))
      #expect(values.view.row(row)[column] == (value.isFinite ? (value - 2) / 2 : 0))
    }
    let sums = Pyramid.sums(pixels, count: pixels.count, origin: 3)
    let finite = pixels.filter(\.isFinite).map { Double($0) - 3 }
    #expect(sums.count == Double(finite.count))
    #expect(abs(sums.sum - finite.reduce(0, +)) < 1e-3)
    #expect(abs(sums.square - finite.reduce(0) { $0 + $1 * $1 }) < 1e-2)
  }

  @Test("memory from a pool has a border of zeros whatever it held before")
  func pool() {
    let pool = BufferPool()
    do {
      let dirty = FloatBuffer(unfilled: 100 * 100, pool: pool)
      dirty.base.update(repeating: 7, count: dirty.count)
    }
    let owner = PaddedImage(unfilledRows: 50, columns: 61, padding: 16, pool: pool), image = owner.view
    defer { withExtendedLifetime(owner) {} }
    for row in -16..<66 {
      for column in -16..<77 where row < 0 || column < 0 || row >= 50 || column >= 61 {
        #expect(image.row(row)[column] == 0)
      }
    }
    let clean = FloatBuffer(count: 100 * 100, pool: pool)
    #expect((0..<clean.count).allSatisfy { clean.base[$0] == 0 })
  }

  @Test(
    "a lattice at twice the resolution is the bilinear one within 1e-6", arguments: [(9, 14), (10, 13), (11, 15)])
  func doubling(outRows: Int, outColumns: Int) {
    let rows = 5, columns = 7, stride = 16
    var noise = DenseFixtures.Noise(seed: 11)
    let source = FloatBuffer(count: rows * stride), out = FloatBuffer(count: outRows * 24)
    for i in 0..<rows * stride { source.base[i] = noise.next() }
    defer { withExtendedLifetime((source, out)) {} }
    LatticeArithmetic.double(
      source.base, rows: rows, columns: columns, stride: stride, scale: 2, into: out.base, outRows: outRows,
      outColumns: outColumns, outStride: 24)
    for row in 0..<outRows {
      for column in 0..<outColumns {
        let y = min(Double(row) / 2, Double(rows - 1)), x = min(Double(column) / 2, Double(columns - 1))
        let r = Int(y), c = Int(x), t = y - Double(r), s = x - Double(c)
        func at(_ i: Int, _ j: Int) -> Double {
          Double(source.base[min(r + i, rows - 1) * stride + min(c + j, columns - 1)])
        }
        let expected = 2 * ((1 - t) * ((1 - s) * at(0, 0) + s * at(0, 1)) + t * ((1 - s) * at(1, 0) + s * at(1, 1)))
        #expect(abs(Double(out.base[row * 24 + column]) - expected) < 1e-6)
      }
    }
  }
}
