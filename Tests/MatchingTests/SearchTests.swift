// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Testing

@Suite("Template search")
struct SearchTests {
  static let texture = SearchTexture(seed: 11)
  static let still = texture.image(160, 176)
  static let lattice = SearchLattice(originRow: 40, originColumn: 44, spacing: 16, rows: 5, columns: 6)

  static func parameters(
    window: Int = 31, radius: Int = 8, method: SearchMethod = .crossCorrelation
  ) -> TemplateSearch.Parameters {
    var parameters = TemplateSearch.Parameters()
    parameters.method = method
    parameters.templateWindow = window
    parameters.searchRadius = radius
    return parameters
  }

  @Test(
    "finds a shift of (5, −3) px at every point, within 0.01 px (orientation 0.05 px)",
    arguments: [(SearchMethod.crossCorrelation, 0.01), (.orientation, 0.05)])
  func wholeShift(method: SearchMethod, tolerance: Double) {
    let moved = Self.texture.image(160, 176, dx: 5, dy: -3)
    var parameters = Self.parameters()
    parameters.method = method
    let found = TemplateSearch.run(
      SearchImages(reference: Self.still, secondary: moved), lattice: Self.lattice, parameters: parameters)
    for match in found.cells {
      #expect(match.flag == .measured)
      #expect(abs(Double(match.dx) - 5) < tolerance && abs(Double(match.dy) + 3) < tolerance)
      #expect(match.ncc > 0.99)
    }
  }

  @Test(
    "finds a shift of (2.3, −1.6) px within the method's bias",
    arguments: [
      (PeakInterpolation.none, 0.45), (.parabola, 0.08), (.gauss, 0.08), (.quadratic, 0.05), (.upsampled, 0.01),
    ])
  func subPixel(interpolation: PeakInterpolation, tolerance: Double) {
    let moved = Self.texture.image(160, 176, dx: 2.3, dy: -1.6)
    var parameters = Self.parameters()
    parameters.interpolation = interpolation
    let found = TemplateSearch.run(
      SearchImages(reference: Self.still, secondary: moved), lattice: Self.lattice, parameters: parameters)
    let dx = found.dx.cells.reduce(0, +) / Float(found.cells.count)
    let dy = found.dy.cells.reduce(0, +) / Float(found.cells.count)
    #expect(abs(Double(dx) - 2.3) < tolerance && abs(Double(dy) + 1.6) < tolerance)
  }

  @Test(
    "phase finds shifts at every point, within 0.02 px", arguments: [(0.0, 0.0), (5, -3), (2.3, -1.6), (0.5, 0.5)])
  func phase(dx: Double, dy: Double) {
    // Phases need a full spectrum: waves down to nearly two pixels.
    let texture = SearchTexture(seed: 3, count: 600, shortest: 2.2)
    var parameters = Self.parameters(window: 47)
    parameters.method = .phase
    let found = TemplateSearch.run(
      SearchImages(reference: texture.image(160, 176), secondary: texture.image(160, 176, dx: dx, dy: dy)),
      lattice: Self.lattice, parameters: parameters)
    for match in found.cells {
      #expect(match.flag == .measured)
      #expect(abs(Double(match.dx) - dx) < 0.02 && abs(Double(match.dy) - dy) < 0.02)
    }
  }

  @Test("its correlation equals the direct sum within 1e-5", arguments: [1, 3, 8, 16, 31, 40])
  func directSum(spacing: Int) {
    let moved = Self.texture.image(160, 176, dx: 2, dy: 1)
    let lattice = SearchLattice(originRow: 36, originColumn: 40, spacing: spacing, rows: 3, columns: 3)
    let found = TemplateSearch.run(
      SearchImages(reference: Self.still, secondary: moved), lattice: lattice, parameters: Self.parameters())
    for row in 0..<3 {
      for column in 0..<3 {
        let match = found[row, column]
        #expect(match.wholeX == 2 && match.wholeY == 1)
        let expected = directCorrelation(
          Self.still, moved, at: lattice.pixel(row: row, column: column), half: 15, dx: 2, dy: 1)
        #expect(abs(Double(match.ncc) - expected) < 1e-5)
      }
    }
  }

  @Test("shared sums, lone sums and Fourier transforms give the same peak, and its height within 1e-5")
  func threeWays() {
    let moved = Self.texture.image(160, 176, dx: 3.4, dy: -2.2)
    let images = SearchImages(reference: Self.still, secondary: moved)
    let points = (0..<30).map { Self.lattice.pixel(row: $0 / 6, column: $0 % 6) }
    let shared = TemplateSearch.run(images, lattice: Self.lattice, parameters: Self.parameters())
    let lone = TemplateSearch.run(images, points: points, parameters: Self.parameters())
    // A radius of 64 px is far beyond the break-even of the transforms.
    let wide = TemplateSearch.run(images, points: points, parameters: Self.parameters(radius: 64))
    for k in 0..<30 {
      for other in [lone[k], wide[k]] {
        #expect(other.wholeX == shared.cells[k].wholeX && other.wholeY == shared.cells[k].wholeY)
        #expect(abs(other.ncc - shared.cells[k].ncc) < 1e-5)
      }
    }
  }

  @Test(
    "ignores gain and offset of the secondary: same offsets within 1e-3 px", arguments: [0.01, 1, 300] as [Float])
  func gainAndOffset(gain: Float) {
    let moved = Self.texture.image(160, 176, dx: 1.7, dy: 0.4)
    let plain = TemplateSearch.run(
      SearchImages(reference: Self.still, secondary: moved), lattice: Self.lattice, parameters: Self.parameters())
    let changed = TemplateSearch.run(
      SearchImages(reference: Self.still, secondary: moved.map { gain * $0 + 7 * gain }), lattice: Self.lattice,
      parameters: Self.parameters())
    for (a, b) in zip(plain.cells, changed.cells) {
      #expect(abs(a.dx - b.dx) < 1e-3 && abs(a.dy - b.dy) < 1e-3)
    }
  }

  @Test("gives the same bits on 1, 2 and 5 threads", arguments: SearchMethod.allCases)
  func threads(method: SearchMethod) async {
    let moved = Self.texture.image(160, 176, dx: 1.7, dy: 0.4)
    let images = SearchImages(reference: Self.still, secondary: moved)
    let parameters = Self.parameters(radius: 6, method: method)
    let dense = SearchLattice(originRow: 24, originColumn: 24, spacing: 2, rows: 50, columns: 58)
    let one = TemplateSearch.run(images, lattice: dense, parameters: parameters, threads: 1)
    for threads in [2, 5] {
      let more = await onOwnThread {
        TemplateSearch.run(images, lattice: dense, parameters: parameters, threads: threads)
      }
      for (a, b) in zip(one.cells, more.cells) {
        #expect(a.dx.bitPattern == b.dx.bitPattern && a.ncc.bitPattern == b.ncc.bitPattern && a.flag == b.flag)
      }
    }
  }

  @Test("a part of the lattice gives what the whole gives, within 1e-4 px")
  func tiling() {
    let moved = Self.texture.image(160, 176, dx: 1.7, dy: 0.4)
    let images = SearchImages(reference: Self.still, secondary: moved)
    let part = SearchLattice(originRow: 56, originColumn: 60, spacing: 16, rows: 2, columns: 3)
    let whole = TemplateSearch.run(images, lattice: Self.lattice, parameters: Self.parameters())
    let some = TemplateSearch.run(images, lattice: part, parameters: Self.parameters())
    for row in 0..<2 {
      for column in 0..<3 { #expect(abs(some[row, column].dx - whole[row + 1, column + 1].dx) < 1e-4) }
    }
  }

  @Test("searches around a prior that differs from point to point, within 0.03 px")
  func prior() {
    let moved = Self.texture.image(160, 176, dx: 9, dy: -7)
    var random = SearchRandom(state: 5)
    let dx = Grid(rows: 5, columns: 6, cells: (0..<30).map { _ in Float(7 + 4 * random.next()) })
    let dy = Grid(rows: 5, columns: 6, cells: (0..<30).map { _ in Float(-9 + 4 * random.next()) })
    let found = TemplateSearch.run(
      SearchImages(reference: Self.still, secondary: moved), lattice: Self.lattice,
      prior: SearchPrior(dx: dx, dy: dy), parameters: Self.parameters(radius: 4))
    for match in found.cells {
      #expect(match.flag == .measured)
      #expect(abs(match.dx - 9) < 0.03 && abs(match.dy + 7) < 0.03)
    }
  }
}
