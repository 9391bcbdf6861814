// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import Simulation
import Testing

@Suite("Clouds of a stack")
struct TemporalCloudsTests {
  struct Stack {
    var scenes: [TemporalClouds.Scene] = []
    var opacity: [Grid<Float>] = []
  }

  private static let rows = 96, width = 48
  private static let ground = [
    GroundSpectra.bareIce, GroundSpectra.dirtyIce, GroundSpectra.debris, GroundSpectra.rock, GroundSpectra.grass,
  ]
  /// Columns of bare and dirty ice.
  static let ice = 0..<96

  /// Dates with clouds at random places; fresh snow lies everywhere at `snowDates`, and texture moves 2 px a date.
  static func stack(
    dates: Int = 9, clouds: Int = 4, snowDates: Set<Int> = [3, 6], moving: Bool = true, opacity strength: Float = 1
  ) -> Stack {
    var random = SeededRandom(seed: 11)
    let columns = width * ground.count
    var stack = Stack()
    for date in 0..<dates {
      let shift = moving ? 2 * date : 0
      let spectra = snowDates.contains(date) ? ground.map { _ in GroundSpectra.freshSnow } : ground
      var bands = GroundSpectra.scene(spectra, rows: rows + 2 * dates, width: width)
      bands = bands.map { $0.cropped(to: Window(row: shift, column: 0, rows: rows, columns: columns)) }
      var opacity = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
      for _ in 0..<clouds {
        let disc = GroundSpectra.disc(
          rows: rows, columns: columns, row: random.uniform() * Double(rows),
          column: random.uniform() * Double(columns),
          radius: 10 + 12 * random.uniform())
        for i in opacity.cells.indices { opacity.cells[i] = max(opacity.cells[i], strength * disc.cells[i]) }
      }
      bands = GroundSpectra.clouded(bands, opacity: opacity)
      stack.scenes.append(TemporalClouds.Scene(visible: bands[0], swir1: bands[4]))
      stack.opacity.append(opacity)
    }
    return stack
  }

  /// Share of pixels of these columns with `opacity` whose certainty is `kind`.
  static func share(
    _ kind: CloudCertainty, _ stack: Stack, _ found: TemporalClouds, opacity: Float, columns: Range<Int>
  ) -> Double {
    var all = 0, hits = 0
    for (date, weights) in found.weights.enumerated() {
      let classes = TemporalClouds.certainty(weights)
      for r in 0..<rows {
        for c in columns where stack.opacity[date][r, c] == opacity {
          all += 1
          if classes[r, c] == kind { hits += 1 }
        }
      }
    }
    return Double(hits) / Double(all)
  }

  @Test(
    "leave at least 95 % of clear ice clear and take at least 98 % of thick cloud, snowfalls included",
    arguments: [true, false])
  func ice(correlates: Bool) {
    let stack = Self.stack()
    var p = TemporalClouds.Parameters()
    p.correlates = correlates
    let found = TemporalClouds(stack.scenes, parameters: p)
    #expect(Self.share(.clear, stack, found, opacity: 0, columns: Self.ice) >= 0.95)
    #expect(Self.share(.cloud, stack, found, opacity: 1, columns: Self.ice) >= 0.98)
    #expect(Self.share(.clear, stack, found, opacity: 0, columns: 96..<240) >= 0.95)
    #expect(Self.share(.cloud, stack, found, opacity: 1, columns: 96..<240) >= 0.98)
  }

  @Test("give thin cloud through which the ground shows more weight than thick cloud, and more with correlation")
  func thinCloud() {
    let thin = Self.stack(snowDates: [], moving: false, opacity: 0.4)
    var p = TemporalClouds.Parameters()
    let correlated = TemporalClouds(thin.scenes, parameters: p)
    p.correlates = false
    let alone = TemporalClouds(thin.scenes, parameters: p)
    let believed = Self.share(.cloud, thin, correlated, opacity: 0.4, columns: 96..<240)
    #expect(believed < 0.6 * Self.share(.cloud, thin, alone, opacity: 0.4, columns: 96..<240))
    for (with, without) in zip(correlated.weights, alone.weights) {
      for (a, b) in zip(with.cells, without.cells) { #expect(a >= b && a <= 1 && b >= 0) }
    }
  }

  @Test("work from one band where the ground is darker than clouds")
  func oneBand() {
    let stack = Self.stack(snowDates: [], moving: false)
    let found = TemporalClouds(stack.scenes.map { TemporalClouds.Scene(visible: $0.visible) })
    #expect(Self.share(.clear, stack, found, opacity: 0, columns: 96..<240) >= 0.95)
    #expect(Self.share(.cloud, stack, found, opacity: 1, columns: 96..<240) >= 0.90)
  }

  @Test("are uncertain with too few dates, null where missing, and the same with any number of threads")
  func fewAndMissing() {
    let stack = Self.stack(dates: 5)
    let two = TemporalClouds(Array(stack.scenes[..<2]))
    #expect(TemporalClouds.certainty(two.weights[0]).cells.allSatisfy { $0 == .uncertain || $0 == .clear })
    var scenes = stack.scenes
    var visible = scenes[1].visible
    visible[5, 7] = .nan
    scenes[1] = TemporalClouds.Scene(visible: visible, swir1: scenes[1].swir1)
    let found = TemporalClouds(scenes)
    #expect(TemporalClouds.certainty(found.weights[1])[5, 7] == .null)
    #expect(!found.weights[0].cells.contains { $0.isNaN })
    let threaded = TemporalClouds(stack.scenes, threads: 3)
    #expect(threaded.weights == TemporalClouds(stack.scenes, threads: 1).weights)
    #expect(TemporalClouds([]).weights.isEmpty)
  }
}

@Suite("Local correlation")
struct LocalCorrelationTests {
  @Test("is that of plain sums to 1e-5, at borders and beside gaps too")
  func plainSums() {
    var a = GroundSpectra.texture(rows: 23, columns: 19, contrast: 0.2, seed: 1)
    let b = GroundSpectra.texture(rows: 23, columns: 19, contrast: 0.2, seed: 2)
    for c in 4..<9 { a[6, c] = .nan }
    let found = LocalCorrelation.map(a, b, radius: 3)
    for row in 0..<23 {
      for column in 0..<19 {
        var pairs: [(Double, Double)] = []
        for r in max(0, row - 3)...min(22, row + 3) {
          for c in max(0, column - 3)...min(18, column + 3) where !a[r, c].isNaN {
            pairs.append((Double(a[r, c]), Double(b[r, c])))
          }
        }
        let n = Double(pairs.count)
        let x = pairs.reduce(0) { $0 + $1.0 } / n, y = pairs.reduce(0) { $0 + $1.1 } / n
        let xy = pairs.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
        let xx = pairs.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
        let yy = pairs.reduce(0) { $0 + ($1.1 - y) * ($1.1 - y) }
        #expect(abs(Double(found[row, column]) - xy / (xx * yy).squareRoot()) < 1e-5)
      }
    }
  }

  @Test("is missing where there is no texture")
  func flat() {
    let flat = Grid<Float>(rows: 9, columns: 9, filledWith: 0.5)
    #expect(LocalCorrelation.map(flat, flat, radius: 2)[4, 4].isNaN)
  }
}
