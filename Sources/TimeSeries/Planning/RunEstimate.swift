// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a run over a stack is to do, as far as its cost goes.
public struct StackWorkload: Hashable, Sendable {
  /// One algorithm that runs over every pair, or over every scene.
  public struct Stage: Hashable, Sendable {
    /// What is done once per pair, and what once per scene.
    public enum Unit: Hashable, Sendable {
      case pair, scene
    }

    /// As in the `RateTable`.
    public let algorithm: String
    public let unit: Unit

    public init(_ algorithm: String, per unit: Unit) { (self.algorithm, self.unit) = (algorithm, unit) }
  }

  public var pairs: Int
  public var scenes: Int
  /// Shape of the area, px.
  public var rows, columns: Int
  /// Distance of measured points, px.
  public var spacing = 1
  /// Side of a tile without its margin, and the margin on each side, px.
  public var tileSide = 2048
  public var tileMargin = 64
  public var stages: [Stage]
  public var threads = 1
  /// Memory for one pixel of a tile with its margin, and for the program itself, bytes.
  public var bytesPerTilePixel = 100.0
  public var baseMemory = 50e6
  /// Layers kept per pair, 4 bytes a point before compression, and the share that is left after it (low and high).
  public var layersPerPair = 6
  public var compression: ClosedRange<Double> = 0.4...1

  public init(pairs: Int, scenes: Int, rows: Int, columns: Int, stages: [Stage]) {
    (self.pairs, self.scenes, self.rows, self.columns, self.stages) = (pairs, scenes, rows, columns, stages)
  }
}

/// What a run will take, said before anything runs.
///
/// A pure function of the work and the rates. Time counts whole tiles: with fewer tiles than threads, or a last round
/// that leaves threads idle, it is as long as it will be. Checked by: `RunEstimateTests`.
public struct RunEstimate: Hashable, Sendable {
  /// A number with the range in which it is expected to lie (about 95 %).
  public struct Range: Hashable, Sendable {
    public let low, likely, high: Double
  }

  public let pairs: Int
  /// Tiles of one pair, and of all pairs together.
  public let tilesPerPair, tiles: Int
  /// Pixels of all pairs, and those worked on with the margins of the tiles, in millions.
  public let megapixels, megapixelsWithMargins: Double
  /// Largest memory, and the disk that products and units take, bytes.
  public let memory: Double
  public let disk: Range
  /// Seconds on the clock; nil while the rate of a stage is not known.
  public let seconds: Range?
  /// Stages that have not run on this host yet.
  public let unknownRates: [String]

  /// - Throws: `TimeSeriesError` of kind `badWorkload` for no pixels, no threads or tiles without a side.
  public init(_ work: StackWorkload, rates: RateTable) throws(TimeSeriesError) {
    guard work.rows > 0, work.columns > 0, work.tileSide > 0, work.tileMargin >= 0, work.spacing > 0,
      work.threads > 0, work.pairs >= 0, work.scenes >= 0
    else {
      throw TimeSeriesError(
        .badWorkload,
        "nothing can be estimated for \(work.rows) × \(work.columns) px in tiles of \(work.tileSide) px with "
          + "\(work.threads) threads and a point every \(work.spacing) px: all must be above 0")
    }
    let down = Self.spans(work.rows, work), across = Self.spans(work.columns, work)
    pairs = work.pairs
    tilesPerPair = down.count * across.count
    tiles = tilesPerPair * work.pairs
    let read = Double(down.reduce(0, +)) * Double(across.reduce(0, +)) / 1e6
    megapixels = Double(work.rows) * Double(work.columns) * Double(work.pairs) / 1e6
    megapixelsWithMargins = read * Double(work.pairs)
    let largest = Double(down.max() ?? 0) * Double(across.max() ?? 0)
    let busy = Double(min(work.threads, max(1, tiles)))
    memory = work.baseMemory + busy * largest * work.bytesPerTilePixel
    let points = Self.points(work.rows, work) * Self.points(work.columns, work) * Double(work.pairs)
    let raw = points * Double(work.layersPerPair) * 4
    disk = Range(
      low: raw * work.compression.lowerBound,
      likely: raw * (work.compression.lowerBound + work.compression.upperBound) / 2,
      high: raw * work.compression.upperBound)
    unknownRates = work.stages.map(\.algorithm).filter { rates.rate(of: $0) == nil }
    seconds =
      unknownRates.isEmpty
      ? Self.time(work, tilesPerPair, megapixelsPerTile: read / Double(tilesPerPair), rates) : nil
  }

  /// Sizes of the tiles along one axis with their margins, which the edge of the raster cuts.
  private static func spans(_ size: Int, _ work: StackWorkload) -> [Int] {
    stride(from: 0, to: size, by: work.tileSide).map { start in
      min(size, start + work.tileSide + work.tileMargin) - max(0, start - work.tileMargin)
    }
  }

  private static func points(_ size: Int, _ work: StackWorkload) -> Double {
    Double((size + work.spacing - 1) / work.spacing)
  }

  /// Stages follow each other, each in whole rounds of tiles over the threads. Rates err from run to run by their
  /// spread, by a factor of at least 1.15, and by 2 after a single run, whose spread is not known.
  private static func time(
    _ work: StackWorkload, _ tilesPerUnit: Int, megapixelsPerTile: Double, _ rates: RateTable
  ) -> Range {
    var low = 0.0, likely = 0.0, high = 0.0
    for stage in work.stages {
      guard let rate = rates.rate(of: stage.algorithm) else { continue }
      let units = tilesPerUnit * (stage.unit == .pair ? work.pairs : work.scenes)
      let rounds = (units + work.threads - 1) / work.threads
      let seconds = Double(rounds) * megapixelsPerTile / rate.megapixelsPerSecond
      let factor = rate.runs < 2 ? 2 : max(1.15, exp(2 * rate.logVariance.squareRoot()))
      likely += seconds
      low += seconds / factor
      high += seconds * factor
    }
    return Range(low: low, likely: likely, high: high)
  }
}
