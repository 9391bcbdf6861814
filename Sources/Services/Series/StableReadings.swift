// SPDX-License-Identifier: Apache-2.0
import Grids
import Processing
import RasterIO
import TimeSeries

/// Reads what the pairs of an inversion say on ground that stands still.
struct StableReadings {
  let input: SeriesInput
  let area: String
  let plan: TilePlan
  let runner: StageRunner

  /// Most stable pixels, and most readings in each direction, that are looked at.
  private static let mostPixels = 20_000, mostReadings = 8_000_000

  private struct Pixel {
    let index: Int
    /// East of all pairs, then north.
    let values: [Float]
    let rise: GroundRise
  }

  /// Pixels are chosen by their number on the grid and kept in its order, so that tiles change nothing.
  ///
  /// - Parameter terrain: nil leaves all slopes unknown.
  /// - Throws: `ServiceError` where no pair has a value there.
  func samples(_ terrain: SeriesTerrain?) throws -> StillGround {
    let mask = try MaskSource.open(area, on: try input.georeference)
    let chosen = try (0..<plan.count).map { try mask.read(plan[$0]).cells }
    let count = chosen.reduce(0) { $0 + $1.reduce(0) { $0 + ($1 ? 1 : 0) } }
    let pairs = input.chosen.count
    let most = max(1, min(Self.mostPixels, Self.mostReadings / pairs))
    let share = UInt64(max(1, (count + most - 1) / most))
    var pixels: [Pixel] = []
    runner.progress.begin("stable", total: plan.count, unit: "tiles")
    defer { runner.progress.end() }
    for (tile, isStable) in chosen.enumerated() {
      try runner.cancellation.check()
      pixels += try read(plan[tile], isStable, share, terrain)
      runner.progress.advance()
    }
    pixels.sort { $0.index < $1.index }
    guard pixels.contains(where: { $0.values.contains(where: \.isFinite) }) else {
      throw ServiceError(
        .noData, "no pair has a value on the stable ground \(area): check that it lies on the data")
    }
    let columns = input.window.columns, rows = input.window.rows
    func turned(_ start: Int) -> [Float] {
      (0..<pairs).flatMap { pair in pixels.map { $0.values[start + pair] } }
    }
    return StillGround(
      pairs: pairs, east: turned(0), north: turned(pairs), rises: pixels.map(\.rise),
      blocks: pixels.map {
        StillGround.block(row: $0.index / columns, column: $0.index % columns, rows: rows, columns: columns)
      })
  }

  private func read(
    _ window: Window, _ isStable: [Bool], _ share: UInt64, _ terrain: SeriesTerrain?
  ) throws -> [Pixel] {
    func index(_ cell: Int) -> Int {
      (window.row + cell / window.columns) * input.window.columns + window.column + cell % window.columns
    }
    // Scattered over the ground, whatever its shape.
    let cells = isStable.indices.filter {
      isStable[$0] && ((UInt64(index($0)) &* 0x9E37_79B9_7F4A_7C15) >> 32) % share == 0
    }
    guard !cells.isEmpty else { return [] }
    let block = try input.read(window, nil), rises = try terrain?.rises(window)
    let pairs = block.pairs
    return cells.map { cell in
      var values = (0..<pairs).map { block.components[0].values[$0 * block.pixels + cell] }
      values +=
        block.components.count > 1
        ? (0..<pairs).map { block.components[1].values[$0 * block.pixels + cell] }
        : Array(repeating: .nan, count: pairs)
      return Pixel(
        index: index(cell), values: values, rise: rises?[cell] ?? GroundRise(east: .nan, north: .nan))
    }
  }
}

extension StillGround {
  /// Medians of the pairs; NaN for those without a reading.
  var medianShifts: [PairShift] {
    func middle(_ values: [Float], _ pair: Int) -> Float { median(values[pair * pixels..<(pair + 1) * pixels]) }
    return (0..<pairs).map { PairShift(east: middle(east, $0), north: middle(north, $0)) }
  }
}
