// SPDX-License-Identifier: Apache-2.0
import Grids

/// Fuses the displacements of all pairs of a network into one velocity with its quality.
///
/// Assumes that the ground moves at a constant velocity: what deviates from it, seasons included, counts as scatter.
/// Pairs that share a scene share its error; the standard deviation of the mean allows for that (see `PixelFusion`).
/// Pairs are read row block by row block, so memory does not grow with the scene, and every point is worked out by
/// itself: the result is the same to the bit for any block size and any number of threads. O(points × pairs).
///
/// Source: MPIC (Stumpf et al. 2017) for mean displacement, mean velocity and quality index; Dehecq et al. 2015 and TICOI
/// (Charrier et al. 2025) for the coherences. Differs from MPIC: signed mean and median beside its mean of absolute
/// values, weights, sigma. Checked by: `PairFusionTests`, `FusionCalibrationTests`.
public struct PairFusion: Sendable {
  /// What a whole fusion found out.
  public struct Summary: Hashable, Sendable {
    /// Share of the error variance that was taken to come from the scenes; nil where no loop told it, and each point
    /// then has the larger of the sigmas that follow from 0 and 1.
    public let sceneErrorShare: Double?
    /// What the stated sigmas had to be multiplied by to fit the scatter, on the whole raster; nil where too few points
    /// were measured or the share is not known.
    public let sigmaFactor: Double?
  }

  /// Gives what one pair (its place in `PairNetwork.pairs`) measured in a window.
  public typealias Reader = (_ pair: Int, _ window: Window) throws -> PairLayers

  public let parameters: Parameters
  /// Whether all pairs span one event, such as an earthquake: its displacement and their sigmas are then given as well.
  public let isEvent: Bool
  private let network: FusionNetwork

  /// - Throws: `ParameterError` for values out of range, `TimeSeriesError` for a network without pairs.
  public init(network: PairNetwork, parameters: Parameters = Parameters(), isEvent: Bool = false) throws {
    try parameters.check()
    guard !network.pairs.isEmpty else {
      throw TimeSeriesError(.noPairs, "there is nothing to fuse: the network has no pair")
    }
    self.parameters = parameters
    self.isEvent = isEvent
    self.network = FusionNetwork(network)
  }

  /// Fuses a raster, block of rows after block of rows.
  ///
  /// - Parameters:
  ///   - shape: the whole raster; its origin is passed on to `read`.
  ///   - read: called for every pair of a block, in order, from one thread; and for a few single rows beforehand.
  ///   - write: takes each finished block with its window, in order from the top.
  /// - Throws: what `read` and `write` throw; `TimeSeriesError.gridMismatch` for grids of the wrong shape.
  public func fuse(
    _ shape: Window, threads: Int = 1, read: Reader, write: (FusedMotion, Window) throws -> Void
  ) throws -> Summary {
    let calibration = try calibration(shape, read: read)
    guard !shape.isEmpty else { return calibration.summary }
    let bytesPerRow = Double(shape.columns) * bytesPerPoint
    let height = min(shape.rows, max(1, Int(parameters.blockMemory * 1e6 / max(1, bytesPerRow))))
    func window(_ row: Int, _ rows: Int) -> Window {
      Window(row: row, column: shape.column, rows: rows, columns: shape.columns)
    }
    var block = PairBlock(pairs: network.pairs.count, largest: window(shape.row, height))
    for row in stride(from: shape.row, to: shape.endRow, by: height) {
      let part = window(row, min(height, shape.endRow - row))
      try block.fill(part, read: read)
      try write(fused(block, model: calibration.model, threads: threads), part)
    }
    return calibration.summary
  }

  /// Memory that the pairs' values of one point take, bytes.
  public var bytesPerPoint: Double { Double(network.pairs.count * PairLayers.count * MemoryLayout<Float>.size) }

  /// What the errors of a whole raster are like: found once, then given to the fusion of each of its parts.
  public struct Calibration: Sendable {
    fileprivate let model: ErrorModel

    public var summary: Summary {
      Summary(
        sceneErrorShare: model.share,
        sigmaFactor: model.share != nil ? model.cases[0].statedFactor?.squareRoot() : nil)
    }
  }

  /// - Parameters:
  ///   - shape: the whole raster.
  ///   - read: called for every pair of a few single rows, from one thread.
  /// - Throws: what `read` throws; `TimeSeriesError.gridMismatch`.
  public func calibration(_ shape: Window, read: Reader) throws -> Calibration {
    Calibration(model: try errorModel(shape, read: read))
  }

  /// Fuses one part of a raster, held in memory as a whole.
  ///
  /// - Parameter window: passed on to `read`, which is called for every pair, in order, from one thread.
  /// - Throws: what `read` throws; `TimeSeriesError.gridMismatch`.
  public func fuse(_ window: Window, by calibration: Calibration, threads: Int = 1, read: Reader) throws
    -> FusedMotion
  {
    var block = PairBlock(pairs: network.pairs.count, largest: window)
    try block.fill(window, read: read)
    return fused(block, model: calibration.model, threads: threads)
  }

  /// Fuses whole grids at once: for small rasters and for tests.
  public func fuse(_ layers: [PairLayers], threads: Int = 1) throws -> FusedMotion {
    guard let first = layers.first, layers.count == network.pairs.count else {
      throw TimeSeriesError(
        .gridMismatch, "\(layers.count) pairs were given for a network of \(network.pairs.count)")
    }
    var out = FusedMotion(rows: first.east.rows, columns: first.east.columns)
    _ = try fuse(
      first.east.window, threads: threads,
      read: { pair, window in try layers[pair].cropped(to: window, of: first.east.window, pair: pair) },
      write: { part, window in out.insert(part, atRow: window.row) })
    return out
  }

  private func fused(_ block: PairBlock, model: ErrorModel, threads: Int) -> FusedMotion {
    var out = FusedMotion(rows: block.window.rows, columns: block.window.columns)
    let columns = block.window.columns, size = block.window.rows * columns
    out.cells.withUnsafeMutableBufferPointer { cells in
      let target = SharedBuffer(cells.baseAddress!)
      parallelFor(
        count: block.window.rows, threads: threads,
        scratch: {
          (
            PixelFusion(network: network, parameters: parameters, isEvent: isEvent),
            [Float](repeating: 0, count: block.pairs)
          )
        },
        body: { row, scratch in
          scratch.1.withUnsafeMutableBufferPointer { medians in
            for pixel in row * columns..<(row + 1) * columns {
              scratch.0.gather(block, at: pixel)
              scratch.0.layers(model: model, medians: medians) { layer, value in
                target.base[layer.place * size + pixel] = Float(value)
              }
            }
          }
        })
    }
    return out
  }

  /// What the errors are like, from a few rows that are evenly spread over the raster.
  private func errorModel(_ shape: Window, read: Reader) throws -> ErrorModel {
    var sampled = SceneErrorShare(network: network, weighting: parameters.pairWeighting)
    guard !shape.isEmpty else { return sampled.model(share: parameters.sceneErrorShare) }
    let rows = min(Self.sampledRows, shape.rows)
    // An odd step does not stay on the same columns of a pattern with an even period.
    let step = max(1, rows * shape.columns / Self.sampledPoints) | 1
    var block = PairBlock(
      pairs: network.pairs.count, largest: Window(row: 0, column: 0, rows: 1, columns: shape.columns))
    var pixel = PixelFusion(network: network, parameters: parameters)
    for index in 0..<rows {
      let row = shape.row + (2 * index + 1) * shape.rows / (2 * rows)
      try block.fill(
        Window(row: row, column: shape.column, rows: 1, columns: shape.columns), read: read)
      for column in stride(from: index % step, to: shape.columns, by: step) {
        pixel.gather(block, at: column)
        sampled.add(&pixel)
      }
    }
    return sampled.model(share: parameters.sceneErrorShare)
  }

  /// Rows and points that the share is taken from: enough for about 0.01 in the share.
  private static let sampledRows = 8
  private static let sampledPoints = 20_000
}

extension PairLayers {
  /// The part inside a window of grids that must all have the shape `whole`.
  fileprivate func cropped(to window: Window, of whole: Window, pair: Int) throws(TimeSeriesError) -> PairLayers {
    for grid in grids {
      guard let grid, grid.window != whole else { continue }
      throw TimeSeriesError(
        .gridMismatch,
        "pair \(pair) has a grid of \(grid.rows) × \(grid.columns), the first pair one of \(whole.rows) × "
          + "\(whole.columns); all pairs of a fusion must be on one grid")
    }
    var out = PairLayers(
      east: east.cropped(to: window), north: north.cropped(to: window), ncc: ncc?.cropped(to: window),
      clarity: clarity?.cropped(to: window))
    out.eastSigma = eastSigma?.cropped(to: window)
    out.northSigma = northSigma?.cropped(to: window)
    return out
  }
}
