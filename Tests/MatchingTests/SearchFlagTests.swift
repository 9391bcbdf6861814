// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Testing

@Suite("Template search on poor data")
struct SearchFlagTests {
  private let texture = SearchTexture(seed: 23)
  private let lattice = SearchLattice(originRow: 40, originColumn: 40, spacing: 16, rows: 5, columns: 5)

  private func run(
    _ a: Grid<Float>, _ b: Grid<Float>, radius: Int = 8, method: SearchMethod = .crossCorrelation
  ) -> Grid<TemplateMatch> {
    var parameters = SearchTests.parameters(radius: radius)
    parameters.method = method
    return TemplateSearch.run(
      SearchImages(reference: a, secondary: b), lattice: lattice, parameters: parameters)
  }

  /// The image with a share of its pixels missing, in blobs of 5 × 5.
  private func holed(_ image: Grid<Float>, share: Double, seed: UInt64) -> Grid<Float> {
    var out = image
    var random = SearchRandom(state: seed)
    for _ in 0..<Int(share * Double(image.cells.count) / 25) {
      let row = Int(random.next() * Double(image.rows - 5)), column = Int(random.next() * Double(image.columns - 5))
      for r in row..<row + 5 { for c in column..<column + 5 { out[r, c] = .nan } }
    }
    return out
  }

  @Test("leaves missing pixels of both images out exactly: correlation of the common ones within 1e-5")
  func masked() {
    let a = holed(texture.image(144, 144), share: 0.15, seed: 1)
    let b = holed(texture.image(144, 144, dx: 3, dy: 2), share: 0.15, seed: 2)
    let found = run(a, b)
    for row in 0..<5 {
      for column in 0..<5 {
        let match = found[row, column]
        #expect(match.flag == .measured)
        #expect(abs(match.dx - 3) < 0.05 && abs(match.dy - 2) < 0.05)
        let expected = directCorrelation(
          a, b, at: lattice.pixel(row: row, column: column), half: 15, dx: 3, dy: 2)
        #expect(abs(Double(match.ncc) - expected) < 1e-5)
      }
    }
  }

  @Test("an infinite pixel counts as missing")
  func infinite() {
    var a = texture.image(144, 144)
    a[72, 72] = .infinity
    let found = run(a, texture.image(144, 144, dx: 3, dy: 2))
    #expect(found.cells.allSatisfy { $0.flag == .measured && abs($0.dx - 3) < 0.05 })
  }

  @Test("a window with too few pixels is masked, its neighbours are not", arguments: SearchMethod.allCases)
  func tooFew(method: SearchMethod) {
    var a = texture.image(144, 144)
    for row in 0..<72 { for column in 0..<72 { a[row, column] = .nan } }
    let found = run(a, texture.image(144, 144), method: method)
    #expect(found[0, 0].flag == .masked)
    #expect(found[4, 4].flag == .measured)
  }

  @Test("a constant template or target is never a match", arguments: SearchMethod.allCases)
  func constant(method: SearchMethod) {
    let image = texture.image(144, 144)
    let flat = Grid<Float>(rows: 144, columns: 144, filledWith: 50)
    for found in [
      run(flat, image, method: method), run(image, flat, method: method), run(flat, flat, method: method),
    ] {
      #expect(found.cells.allSatisfy { $0.flag == .noTexture && $0.dx.isNaN && $0.dy.isNaN })
    }
  }

  @Test("quantisation noise of less than half a step is no texture")
  func quantisation() {
    var a = texture.image(144, 144).map { $0.rounded() }
    var random = SearchRandom(state: 3)
    for row in 0..<72 {
      for column in 0..<144 { a[row, column] = random.next() < 0.05 ? 51 : 50 }
    }
    let found = run(a, a)
    #expect(found[0, 2].flag == .noTexture)
    #expect(found[4, 2].flag == .measured)
  }

  @Test("a best offset on the border of the range is not measured; a wider range measures it")
  func border() {
    let a = texture.image(144, 144), b = texture.image(144, 144, dx: 6, dy: 0)
    let narrow = run(a, b, radius: 6)
    #expect(narrow.cells.allSatisfy { $0.flag == .ambiguous && $0.isAtRangeBorder && $0.dx.isNaN && $0.wholeX == 6 })
    #expect(run(a, b, radius: 8).cells.allSatisfy { $0.flag == .measured })
    var parameters = SearchTests.parameters(radius: 3)
    parameters.widenings = 2
    let widened = TemplateSearch.run(
      SearchImages(reference: a, secondary: b), lattice: lattice, parameters: parameters)
    #expect(widened.cells.allSatisfy { $0.flag == .measured && abs($0.dx - 6) < 0.05 })
  }

  @Test("a pattern that repeats within the range is ambiguous")
  func periodic() {
    var stripes = Grid<Float>(rows: 144, columns: 144, filledWith: 0)
    for row in 0..<144 { for column in 0..<144 { stripes[row, column] = Float((row % 6) * (column % 6)) } }
    #expect(run(stripes, stripes).cells.allSatisfy { $0.flag == .ambiguous && $0.dx.isNaN })
  }

  @Test("a template or target outside the image is off image")
  func offImage() {
    let image = texture.image(144, 144)
    let parameters = SearchTests.parameters()
    let found = TemplateSearch.run(
      SearchImages(reference: image, secondary: image),
      points: [
        SearchPoint(row: 14, column: 70), SearchPoint(row: 70, column: 70), SearchPoint(row: 70, column: 140),
      ],
      priors: [.zero, [80, 0], .zero], parameters: parameters)
    #expect(found.allSatisfy { $0.flag == .offImage && $0.dx.isNaN })
  }

  @Test("an image smaller than the window gives no points")
  func tiny() {
    let lattice = SearchLattice(imageRows: 1, imageColumns: 1, spacing: 16, window: 51)
    let image = Grid<Float>(rows: 1, columns: 1, filledWith: 1)
    #expect(TemplateSearch.run(SearchImages(reference: image, secondary: image), lattice: lattice).cells.isEmpty)
  }

  @Test("unrelated images give no confident match: at most 5 % measured with snr above 6")
  func unrelated() {
    let found = run(texture.image(144, 144), SearchTexture(seed: 99).image(144, 144))
    #expect(found.cells.count { $0.flag == .measured && $0.snr > 6 } <= 1)
  }
}
