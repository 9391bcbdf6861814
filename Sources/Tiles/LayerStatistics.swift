// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Synchronization

/// What the values of a layer are like, from a coarse look at all of it.
public struct LayerStatistics: Hashable, Sendable {
  /// Least and largest value that was seen; NaN where there is none.
  public let least, largest: Double
  /// Values that 2, 50 and 98 % of the others lie below; NaN where there is none.
  public let lower, median, upper: Double
  /// Share of the pixels that have a value, 0...1.
  public let valid: Double
  /// Whole values and how often they were seen, where the layer is one of names; empty for amounts.
  public let counts: [Int: Int]

  /// Ends of the scale that suit colours: from 2 to 98 % of the values, as far below as above zero for maps with
  /// two directions, and 0 to 360 degrees for a circle.
  public func range(for colours: ColourMap) -> TileStyle.Range {
    switch colours.kind {
    case .cyclic: return TileStyle.Range(unchecked: 0, 360)
    case .diverging:
      let end = max(abs(lower), abs(upper))
      return end > 0 && end.isFinite ? TileStyle.Range(unchecked: -end, end) : TileStyle.Range(unchecked: -1, 1)
    case .sequential:
      guard lower.isFinite, upper.isFinite else { return TileStyle.Range(unchecked: 0, 1) }
      return TileStyle.Range(unchecked: lower, upper > lower ? upper : lower + max(1e-9, abs(lower) * 0.01))
    }
  }

  init(_ values: [Float], isCategorical: Bool) {
    let finite = values.filter(\.isFinite)
    valid = values.isEmpty ? 0 : Double(finite.count) / Double(values.count)
    let ranks = quantiles(finite, at: [0.02, 0.5, 0.98]).map(Double.init)
    (lower, median, upper) = (ranks[0], ranks[1], ranks[2])
    (least, largest) = (finite.min().map(Double.init) ?? .nan, finite.max().map(Double.init) ?? .nan)
    guard isCategorical else {
      counts = [:]
      return
    }
    counts = finite.reduce(into: [:]) { if abs($1) < 1e9 { $0[Int($1.rounded()), default: 0] += 1 } }
  }
}

/// Statistics that were worked out once for a file as it is.
final class StatisticsStore: Sendable {
  private let known = Mutex<[RasterLayerFile: (mark: FileMark?, statistics: LayerStatistics)]>([:])

  func statistics(
    of raster: TiledRaster, _ work: () throws(TilesError) -> LayerStatistics
  ) throws(TilesError) -> LayerStatistics {
    if let found = known.withLock({ $0[raster.file] }), found.mark == raster.mark { return found.statistics }
    let statistics = try work()
    known.withLock { known in
      // A server that runs for months must not keep what it has seen of a million files.
      if known.count >= 20_000 { known.removeAll() }
      known[raster.file] = (raster.mark, statistics)
    }
    return statistics
  }
}

extension RasterTiles {
  /// What the values of a layer are like.
  ///
  /// From the coarsest stored level of at least a quarter of a million pixels; where that would be more than four
  /// million, as in large files without overviews, from some blocks spread evenly over it. Kept until the file
  /// changes.
  ///
  /// - Throws: `TilesError` of kind `.missing` or `.unreadable`.
  public func statistics(of file: RasterLayerFile) throws(TilesError) -> LayerStatistics {
    let raster = try rasters.raster(file)
    return try statistics.statistics(of: raster) { () throws(TilesError) in
      let stored = raster.levels.indices.filter { raster.levels[$0].stored != nil }
      let level = stored.last { raster.levels[$0].rows * raster.levels[$0].columns >= 1 << 18 } ?? 0
      return LayerStatistics(try values(of: raster, level: level), isCategorical: file.isCategorical)
    }
  }

  private func values(of raster: TiledRaster, level: Int) throws(TilesError) -> [Float] {
    let pyramid = raster.levels[level]
    if pyramid.rows * pyramid.columns <= 4 << 20 {
      return try reader.read(pyramid.window, of: raster, level: level).cells
    }
    // Places of a lattice that is skewed, so that rows and columns of blocks are all seen.
    let blocks = pyramid.blocks(under: pyramid.window), wanted = 12
    var values: [Float] = []
    for step in 0..<wanted {
      let number = blocks[(step * blocks.count + blocks.count / 2) / wanted]
      values += try reader.block(number.row, number.column, of: raster, level: level).cells
    }
    return values
  }
}
