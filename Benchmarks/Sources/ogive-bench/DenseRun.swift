// SPDX-License-Identifier: Apache-2.0
import Foundation
import OgiveKit
import Synchronization

/// Dense matching of a whole image, as one block or in the tiles of `ogive match`.
struct DenseRun: Sendable {
  let pair: BenchPair
  let parameters: DenseMatching.Parameters
  let spacing: Int
  private let coarse: CoarseField
  /// Pixels around a block that the field and its correction reach.
  private let slack: Int
  /// The blocks of all runs take turns with its memory, as those of `ogive match` do.
  private let workspace = DenseMatching.Workspace()

  init(_ pair: BenchPair, window: Int?, weights: WindowWeights = .box, spacing: Int) {
    self.pair = pair
    self.spacing = spacing
    var parameters = DenseMatching.Parameters()
    parameters.templateWindow = window
    parameters.windowWeights = weights
    self.parameters = parameters
    let coarse = CoarseSearch.run(reference: pair.reference, secondary: pair.secondary)
    self.coarse = coarse
    let largest = (coarse.dx.cells + coarse.dy.cells).map { abs($0) }.max() ?? 0
    let unit = Float(DenseMatching.slackStep)
    slack = Int(((largest + 16) / unit).rounded(.up)) * DenseMatching.slackStep
  }

  var lattice: PointLattice { PointLattice(height: pair.size, width: pair.size, spacing: spacing) }

  /// The whole image as one block.
  func oneBlock() -> FoundPoints {
    FoundPoints(
      lattice: lattice, layers: match(Window(row: 0, column: 0, rows: pair.size, columns: pair.size), lattice))
  }

  /// In tiles of `core` pixels with the matcher's margin around each.
  func tiles(core: Int = 1024, threads: Int) -> FoundPoints {
    let all = lattice, step = core / spacing
    var tiles: [Window] = []
    for row in stride(from: 0, to: all.rows, by: step) {
      for column in stride(from: 0, to: all.columns, by: step) {
        tiles.append(
          Window(row: row, column: column, rows: min(step, all.rows - row), columns: min(step, all.columns - column)))
      }
    }
    let parts = Mutex([MatchLayers?](repeating: nil, count: tiles.count))
    Threads.run(tiles.count, threads: threads) { [tiles] index in
      let block = aligned(all.part(tiles[index]).pixels.grown(by: DenseMatching.margin(parameters)))
      let part = match(block, all.part(tiles[index], from: (block.row, block.column)))
      parts.withLock { $0[index] = part }
    }
    var layers = MatchLayers(rows: all.rows, columns: all.columns, flag: .offImage)
    for (tile, part) in zip(tiles, parts.withLock { $0 }) {
      if let part { layers.insert(part, atRow: tile.row, column: tile.column) }
    }
    return FoundPoints(lattice: all, layers: layers)
  }

  private func match(_ window: Window, _ points: PointLattice) -> MatchLayers {
    let scene = Window(row: 0, column: 0, rows: pair.size, columns: pair.size)
    let around = window.grown(by: slack)
    let block = DenseMatching.Block(
      reference: Self.padded(pair.reference, window), secondary: Self.padded(pair.secondary, around), slack: slack,
      scene: Self.seen(scene, window), secondaryScene: Self.seen(scene, around), coarsestLevel: 1)
    var layers = DenseMatching.match(block, points: points, parameters: parameters, workspace: workspace) {
      row, column in
      let d = coarse.offset(atRow: Double(row) + Double(window.row), column: Double(column) + Double(window.column))
      return (Float(d.dx), Float(d.dy))
    }
    layers.clearUnmeasured()
    return layers
  }

  private func aligned(_ window: Window) -> Window {
    let step = Double(DenseMatching.alignment)
    func down(_ v: Int) -> Int { Int((Double(v) / step).rounded(.down) * step) }
    let row = down(window.row), column = down(window.column)
    return Window(
      row: row, column: column, rows: -down(-window.endRow) - row, columns: -down(-window.endColumn) - column)
  }

  private static func seen(_ scene: Window, _ window: Window) -> Window {
    let common = scene.intersection(window)
    return Window(
      row: common.row - window.row, column: common.column - window.column, rows: common.rows, columns: common.columns)
  }

  /// A window of an image, NaN beyond it.
  private static func padded(_ image: Grid<Float>, _ window: Window) -> Grid<Float> {
    let common = Window(row: 0, column: 0, rows: image.rows, columns: image.columns).intersection(window)
    if common == window && window.rows == image.rows && window.columns == image.columns { return image }
    var out = Grid<Float>(rows: window.rows, columns: window.columns, filledWith: .nan)
    out.insert(image.cropped(to: common), atRow: common.row - window.row, column: common.column - window.column)
    return out
  }
}

/// Plain threads: what a program has that calls the library from outside Swift's cooperative pool.
enum Threads {
  /// Runs `body` for every index below `count` on `threads` threads.
  static func run(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard threads > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let next = Counter()
    let group = DispatchGroup()
    for _ in 0..<threads {
      group.enter()
      let thread = Thread {
        while let index = next.take(below: count) { body(index) }
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
  }

  private final class Counter: Sendable {
    private let value = Mutex(0)

    func take(below count: Int) -> Int? {
      value.withLock { value in
        guard value < count else { return nil }
        defer { value += 1 }
        return value
      }
    }
  }
}
