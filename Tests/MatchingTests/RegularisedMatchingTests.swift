// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Simulation
import Testing

@Suite("Regularised matching")
struct RegularisedMatchingTests {
  private static let side = 192

  /// Texture that may be sampled anywhere: waves of random direction, the finest 4 px long.
  private struct Waves: Sendable {
    private var waves: [(x: Double, y: Double, phase: Double, size: Double)] = []

    init(seed: UInt64) {
      var state = seed
      func random() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 33) / Double(1 << 31)
      }
      for _ in 0..<60 {
        let length = 4 * pow(8, random()), angle = 2 * Double.pi * random(), k = 2 * Double.pi / length
        waves.append((k * cos(angle), k * sin(angle), 2 * Double.pi * random(), 6))
      }
    }

    func value(_ x: Double, _ y: Double) -> Float {
      Float(waves.reduce(128.0) { $0 + $1.size * sin($1.x * x + $1.y * y + $1.phase) })
    }
  }

  private static let texture = Waves(seed: 3)
  private static let other = Waves(seed: 4)

  private static func image(_ value: (Double, Double) -> Float) -> Grid<Float> {
    var out = Grid<Float>(rows: side, columns: side, filledWith: 0)
    for row in 0..<side { for column in 0..<side { out[row, column] = value(Double(column), Double(row)) } }
    return out
  }

  private static let reference = image(texture.value)

  private static func shifted(_ dx: Double, _ dy: Double) -> Grid<Float> {
    image { 0.9 * texture.value($0 - dx, $1 - dy) + 7 }
  }

  /// Means over measured points at least 16 px inside for which `isMeant` holds.
  private static func means(
    _ match: RegularisedMatch, where isMeant: (_ row: Int, _ column: Int) -> Bool = { _, _ in true }
  ) -> (dx: Double, dy: Double, count: Int) {
    var dx = 0.0, dy = 0.0, count = 0
    for row in 16..<side - 16 {
      for column in 16..<side - 16 where isMeant(row, column) && match.flags[row, column] == .measured {
        dx += Double(match.dx[row, column])
        dy += Double(match.dy[row, column])
        count += 1
      }
    }
    return (dx / Double(count), dy / Double(count), count)
  }

  private static func match(
    _ secondary: Grid<Float>, reference: Grid<Float> = reference, range: Int = 2, tile: Int = 1024, threads: Int = 1,
    spacing: Int = 1
  ) -> RegularisedMatch {
    var parameters = RegularisedMatching.Parameters()
    parameters.searchRange = range
    return RegularisedMatching.match(
      reference: reference, secondary: secondary, spacing: spacing, parameters: parameters, tile: tile,
      threads: threads)
  }

  @Test("mean bias of exact shifts is at most 0.005 px", arguments: [0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0])
  func shifts(shift: Double) {
    let result = Self.means(Self.match(Self.shifted(shift, -0.5 * shift)))
    #expect(result.count == (Self.side - 32) * (Self.side - 32))
    #expect(abs(result.dx - shift) < 0.005 && abs(result.dy + 0.5 * shift) < 0.005, "\(result)")
  }

  @Test(
    "ground that is strained by 2 % and turned is measured within 0.006 px without noise, 0.03 px in strong noise")
  func strain() {
    func offset(_ x: Double, _ y: Double) -> (dx: Double, dy: Double) {
      (0.02 * (x - 96) - 0.008 * (y - 96), 0.012 * (x - 96) + 0.004 * (y - 96))
    }
    // Inverse of x + offset(x) by three fixed-point steps: 2 % cubed is far below what is tested.
    let secondary = Self.image { x, y in
      var (a, b) = (x, y)
      for _ in 0..<4 {
        let o = offset(a, b)
        (a, b) = (x - o.dx, y - o.dy)
      }
      return Self.texture.value(a, b)
    }
    for (noise, bar) in [(0.0, 0.006), (15.0, 0.03)] {
      var random = SeededRandom(seed: 8)
      func noisy(_ image: Grid<Float>) -> Grid<Float> {
        Grid(
          rows: image.rows, columns: image.columns,
          cells: image.cells.map { $0 + Float(noise * random.normalPair().0) })
      }
      let match = Self.match(noisy(secondary), reference: noisy(Self.reference), range: 3)
      var sum = 0.0, count = 0.0
      for row in 24..<Self.side - 24 {
        for column in 24..<Self.side - 24 {
          let truth = offset(Double(column), Double(row))
          sum += abs(Double(match.dx[row, column]) - truth.dx) + abs(Double(match.dy[row, column]) - truth.dy)
          count += 2
        }
      }
      #expect(sum / count < bar, "noise \(noise): \(sum / count)")
    }
  }

  @Test("a shift of seven pixels is found within 0.01 px where the range allows it")
  func wideRange() {
    let result = Self.means(Self.match(Self.shifted(7.3, -5.6), range: 8))
    #expect(abs(result.dx - 7.3) < 0.01 && abs(result.dy + 5.6) < 0.01, "\(result)")
  }

  @Test("motion of 40 px that grows from nothing is found within 0.1 px")
  func farRange() {
    // From 0 at the left to 40 px at the right, which a start at no offset would never reach.
    let side = 320.0
    func motion(_ x: Double) -> Double { 40 * max(0, min(1, (x - 60) / 200)) }
    var reference = Grid<Float>(rows: 320, columns: 320, filledWith: 0), secondary = reference
    for row in 0..<320 {
      for column in 0..<320 {
        let x = Double(column), y = Double(row)
        reference[row, column] = Self.texture.value(x, y)
        // The point that has come to x started at s with s + motion(s) = x.
        var start = x
        for _ in 0..<60 { start = x - motion(start) }
        secondary[row, column] = Self.texture.value(start, y)
      }
    }
    let match = Self.match(secondary, reference: reference, range: 48)
    var worst: [Float] = []
    for row in 40..<280 {
      for column in 40..<Int(side - 85) where match.flags[row, column] == .measured {
        worst.append(abs(match.dx[row, column] - Float(motion(Double(column)))))
      }
    }
    worst.sort()
    #expect(worst.count > 240 * 190)
    #expect(worst[worst.count * 95 / 100] < 0.1, "\(worst[worst.count / 2]) \(worst[worst.count * 95 / 100])")
  }

  @Test("a disc of 30 px that moves keeps its own motion, and the ground beside it stays", arguments: [0.5, 1.5])
  func disc(shift: Double) {
    let centre = Double(Self.side / 2)
    func distance(_ x: Double, _ y: Double) -> Double {
      ((x - centre) * (x - centre) + (y - centre) * (y - centre)).squareRoot()
    }
    let secondary = Self.image { x, y in
      if distance(x - shift, y) < 15 { return Self.texture.value(x - shift, y) }
      // What was under the disc had another face.
      return distance(x, y) < 15 ? Self.other.value(x, y) : Self.texture.value(x, y)
    }
    let match = Self.match(secondary)
    let inside = Self.means(match) { distance(Double($1), Double($0)) < 10 }
    let beside = Self.means(match) { distance(Double($1), Double($0)) > 22 }
    #expect(abs(inside.dx - shift) < 0.05 && abs(inside.dy) < 0.05, "\(inside)")
    #expect(abs(beside.dx) < 0.01 && abs(beside.dy) < 0.01, "\(beside)")
  }

  @Test("a fault of 0.8 px is as sharp as 6 px", arguments: [nil, 90.0])
  func fault(direction: Double?) {
    let secondary = Self.image { x, y in Self.texture.value(x, y - (x > 95.5 ? 0.4 : -0.4)) }
    var parameters = RegularisedMatching.Parameters()
    parameters.faultDirection = direction
    let match = RegularisedMatching.match(reference: Self.reference, secondary: secondary, parameters: parameters)
    let left = Self.means(match) { $1 < 90 }, right = Self.means(match) { $1 > 101 }
    #expect(abs(left.dy + 0.4) < 0.03 && abs(right.dy - 0.4) < 0.03, "\(left) \(right)")
  }

  @Test("missing pixels have a reason, and what lies beside them is right within 0.02 px", arguments: [true, false])
  func missing(isInReference: Bool) {
    var reference = Self.reference, secondary = Self.shifted(0.4, 0.2)
    for row in 80..<110 {
      for column in 80..<110 {
        if isInReference { reference[row, column] = .nan } else { secondary[row, column] = .nan }
      }
    }
    let match = Self.match(secondary, reference: reference)
    #expect(match.flags[95, 95] == .masked && match.dx[95, 95].isNaN && match.dxSigma[95, 95].isNaN)
    let beside = Self.means(match) { abs($0 - 95) < 30 && abs($1 - 95) < 30 }
    #expect(beside.count > 2000 && abs(beside.dx - 0.4) < 0.02 && abs(beside.dy - 0.2) < 0.02, "\(beside)")
    #expect(match.flags[0, 0] == .offImage)
  }

  @Test("ground without texture has no offset but a reason")
  func textureless() {
    var reference = Self.reference, secondary = Self.shifted(0.5, 0)
    for row in 60..<150 { for column in 60..<150 { (reference[row, column], secondary[row, column]) = (90, 90) } }
    let match = Self.match(secondary, reference: reference)
    #expect(match.flags[105, 105] == .noTexture && match.dx[105, 105].isNaN)
    #expect(match.flags[30, 30] == .measured)
    let flat = Grid<Float>(rows: 64, columns: 64, filledWith: 12)
    let nothing = Self.match(flat, reference: flat)
    #expect(nothing.flags[32, 32] == .noTexture && nothing.dx.cells.allSatisfy { $0.isNaN })
  }

  @Test("tiles of 64 and of 128 px give the same within 0.01 px at 99 % of the pixels")
  func tiles() {
    let secondary = Self.shifted(0.63, -1.2)
    let a = Self.match(secondary, tile: 64), b = Self.match(secondary, tile: 128)
    let differences = zip(a.dx.cells, b.dx.cells).filter { !$0.isNaN && !$1.isNaN }.map { abs($0 - $1) }.sorted()
    #expect(differences.count > 150 * 150)
    #expect(differences[differences.count * 99 / 100] <= 0.01)
  }

  @Test("the bits are those of one thread for any number of threads, and every n-th pixel is that pixel")
  func threads() {
    let secondary = Self.shifted(0.63, -1.2)
    let one = Self.match(secondary, tile: 64), three = Self.match(secondary, tile: 64, threads: 3)
    let thin = Self.match(secondary, tile: 64, spacing: 5)
    // NaN differs from itself: compare patterns.
    #expect(one.dx.cells.map(\.bitPattern) == three.dx.cells.map(\.bitPattern))
    #expect(one.dySigma.cells.map(\.bitPattern) == three.dySigma.cells.map(\.bitPattern))
    for row in 0..<thin.dx.rows {
      for column in 0..<thin.dx.columns {
        #expect(thin.dx[row, column].bitPattern == one.dx[2 + 5 * row, 2 + 5 * column].bitPattern)
      }
    }
  }

  private struct Unreadable: Error, Equatable {}

  @Test(
    "a tile that reads what it needs gives the bits of the whole pair, reads inside the image, and hands on failures")
  func readTile() throws {
    let secondary = Self.shifted(0.63, -1.2), parameters = RegularisedMatching.Parameters()
    let window = Window(row: 64, column: 128, rows: 64, columns: 64)
    let whole = Self.match(secondary, tile: 64)
    func read(_ image: Grid<Float>, _ part: Window) throws(Unreadable) -> Grid<Float> {
      guard image.window.contains(part) else { throw Unreadable() }
      return image.cropped(to: part)
    }
    let block = try RegularisedMatching.Block(
      window: window, image: Self.reference.window, start: (0, 0), parameters: parameters,
      reference: { (part) throws(Unreadable) in try read(Self.reference, part) },
      secondary: { (part) throws(Unreadable) in try read(secondary, part) })
    let match = RegularisedMatching.match(
      block, points: RegularisedMatching.points(in: window, spacing: 1), parameters: parameters,
      workspace: .init())
    #expect(match.dx.cells.map(\.bitPattern) == whole.dx.cropped(to: window).cells.map(\.bitPattern))
    #expect(throws: Unreadable()) {
      _ = try RegularisedMatching.Block(
        window: window, image: Self.reference.window, start: (0, 0), parameters: parameters,
        reference: { _ throws(Unreadable) in throw Unreadable() },
        secondary: { (part) throws(Unreadable) in try read(secondary, part) })
    }
  }

  @Test("the margin grows with the regularisation and is whole pixels of the coarsest level")
  func margin() {
    var parameters = RegularisedMatching.Parameters()
    #expect(parameters.margin == 96)
    parameters.regularisation = 0.8
    #expect(parameters.margin == 160)
    parameters.searchRange = 12
    #expect(parameters.margin == 160)
  }

  @Test("offsets 6 to 12 px from the rim of the image are right within 0.05 px")
  func rim() {
    let match = Self.match(Self.shifted(1.4, -0.7))
    var sum: Float = 0, count: Float = 0
    for row in 6..<Self.side - 6 {
      for column in 6..<Self.side - 6 {
        let rim = min(min(row, column), min(Self.side - 1 - row, Self.side - 1 - column))
        guard rim < 12, match.flags[row, column] == .measured else { continue }
        sum += abs(match.dx[row, column] - 1.4)
        count += 1
      }
    }
    #expect(count > 3500 && sum / count < 0.05, "\(sum / count)")
  }

  @Test("error over sigma is 0.6 to 1.2 in weak and strong noise", arguments: [3.0, 15.0])
  func sigma(noise: Double) {
    var random = SeededRandom(seed: 5)
    func noisy(_ image: Grid<Float>) -> Grid<Float> {
      Grid(
        rows: image.rows, columns: image.columns, cells: image.cells.map { $0 + Float(noise * random.normalPair().0) }
      )
    }
    let match = Self.match(noisy(Self.shifted(0.4, 0.2)), reference: noisy(Self.reference))
    var sum = 0.0, count = 0.0
    for row in 24..<Self.side - 24 {
      for column in 24..<Self.side - 24 {
        let score = Double((match.dx[row, column] - 0.4) / match.dxSigma[row, column])
        sum += score * score
        count += 1
      }
    }
    let ratio = (sum / count).squareRoot()
    #expect(ratio > 0.6 && ratio < 1.2, "\(ratio)")
  }
}
