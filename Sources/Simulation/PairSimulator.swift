// SPDX-License-Identifier: Apache-2.0
import Grids

/// A window of a simulated pair with its truth.
public struct PairTile: Sendable {
  /// Earlier and later image, in the source's grey levels; NaN where the source is.
  public var reference, secondary: Grid<Float>
  /// Offset and gradient of every pixel of `reference`, exact.
  public var truth: TruthTile
  /// False where the secondary image shows ground that the source does not hold: from beyond its border or out of an
  /// opening fault. Such pixels are filled with the nearest ground.
  public var isSeen: Mask
}

/// Makes image pairs whose displacement is known exactly, from one image.
///
/// The reference is the source (blurred a little, see `sourceBlur`); the secondary is the same image moved so that
/// secondary(x + d(x)) = gain · reference(x) + offset, with d analytic. The inverse of x + d(x) is solved to 1e-9 px
/// and the source sampled by a quintic B-spline, so the pair is exact far below what matching can resolve. Both
/// images then get independent normal noise. Tiles may be made in any order and give the same bits: noise belongs to
/// a pixel's position, filters have finite length. Beyond its border the source is mirrored.
///
/// Source: the simulation of Debella-Gilo & Kääb 2012, section 3.1. Checked by: `PairSimulatorTests`.
public struct PairSimulator: Sendable {
  public let rows, columns: Int
  public let field: SimulatedField
  private let parameters: Parameters
  private let statistics: TextureStatistics
  private let levels: Float?
  private let blur: [Float]

  /// A simulator for a source image of `rows` × `columns` pixels.
  ///
  /// - Parameters:
  ///   - statistics: mean and variance of the source: the noise is a share of the variance.
  ///   - bitDepth: bits of the unsigned whole numbers that both images are rounded and clipped to; nil keeps
  ///     fractions.
  public init(rows: Int, columns: Int, statistics: TextureStatistics, bitDepth: Int?, parameters: Parameters) {
    precondition(bitDepth.map { (1...24).contains($0) } ?? true, "whole grey levels need 1 to 24 bits")
    self.rows = rows
    self.columns = columns
    self.parameters = parameters
    self.statistics = statistics
    field = SimulatedField(rows: rows, columns: columns, parameters: parameters)
    levels = bitDepth.map { Float((1 << $0) - 1) }
    blur = SplineFilter.gaussian(sigma: parameters.sourceBlur)
  }

  /// One window of the pair. O(pixels), about 0.3 µs each.
  ///
  /// - Parameters:
  ///   - window: pixels to make, inside the image.
  ///   - read: gives a window of the source that lies inside the image; NaN for missing pixels. It is asked once,
  ///     for a somewhat larger window.
  public func tile(
    _ window: Window, read: (Window) throws -> Grid<Float>
  ) rethrows -> PairTile {
    precondition(Window(row: 0, column: 0, rows: rows, columns: columns).contains(window), "window leaves the image")
    precondition(!window.isEmpty, "a tile needs pixels")
    let origins = Origins(of: window, field: field, rows: rows, columns: columns)
    let extra = SplineImage.margin + blur.count - 1
    let needed = origins.bounds.union(window).grown(by: extra)
    var (block, isMissing) = try mirrored(needed, read: read)
    block = SplineFilter.filtered(block, taps: blur)
    let row = needed.row + blur.count - 1, column = needed.column + blur.count - 1
    let image = SplineImage(block: block, row: row, column: column)
    let moved = image.values(rows: origins.rows, columns: origins.columns)
    var reference = block.cropped(
      to: Window(row: window.row - row, column: window.column - column, rows: window.rows, columns: window.columns))
    var secondary = Grid(rows: window.rows, columns: window.columns, cells: moved)
    addNoise(to: &reference, &secondary, in: window)
    if let isMissing {
      for index in 0..<reference.cells.count {
        let (r, c) = (index / window.columns, index % window.columns)
        if isMissing[window.row + r - needed.row, window.column + c - needed.column] { reference.cells[index] = .nan }
        let top = Int(origins.rows[index].rounded(.down)) - needed.row
        let left = Int(origins.columns[index].rounded(.down)) - needed.column
        if isMissing[top, left] || isMissing[top, left + 1] || isMissing[top + 1, left]
          || isMissing[top + 1, left + 1]
        {
          secondary.cells[index] = .nan
        }
      }
    }
    return PairTile(
      reference: reference, secondary: secondary, truth: field.truth(in: window), isSeen: origins.isSeen)
  }

  /// The source over any window, mirrored at the image's border, with missing pixels filled by the mean and marked.
  private func mirrored(
    _ window: Window, read: (Window) throws -> Grid<Float>
  ) rethrows -> (block: Grid<Float>, isMissing: Mask?) {
    let sourceRows = (window.row..<window.endRow).map { Self.mirror($0, rows) }
    let sourceColumns = (window.column..<window.endColumn).map { Self.mirror($0, columns) }
    let top = sourceRows.min()!, left = sourceColumns.min()!
    let part = Window(
      row: top, column: left, rows: sourceRows.max()! - top + 1, columns: sourceColumns.max()! - left + 1)
    let source = try read(part)
    precondition(source.rows == part.rows && source.columns == part.columns, "the source gave another window")
    var block = Grid<Float>(rows: window.rows, columns: window.columns, filledWith: 0)
    var isMissing: Mask?
    let fill = Float(statistics.mean)
    for r in 0..<window.rows {
      for c in 0..<window.columns {
        let value = source[sourceRows[r] - top, sourceColumns[c] - left]
        if value.isFinite {
          block[r, c] = value
        } else {
          block[r, c] = fill
          if isMissing == nil { isMissing = Mask(rows: window.rows, columns: window.columns, filledWith: false) }
          isMissing?[r, c] = true
        }
      }
    }
    return (block, isMissing)
  }

  /// Index inside 0..<count of a position that may lie beyond it; the border pixel is the mirror.
  private static func mirror(_ index: Int, _ count: Int) -> Int {
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let position = ((index % period) + period) % period
    return min(position, period - position)
  }

  private func addNoise(to reference: inout Grid<Float>, _ secondary: inout Grid<Float>, in window: Window) {
    let sigma = (parameters.noiseVariance * statistics.variance).squareRoot()
    let gain = parameters.gain, offset = parameters.greyOffset, seed = UInt64(parameters.seed)
    for row in 0..<window.rows {
      for column in 0..<window.columns {
        let index = row * window.columns + column
        var noise = (0.0, 0.0)
        if sigma > 0 {
          var random = SeededRandom(
            seed: seed, stream: 0, row: window.row + row, column: window.column + column)
          noise = random.normalPair()
        }
        reference.cells[index] = quantised(Double(reference.cells[index]) + sigma * noise.0)
        secondary.cells[index] = quantised(gain * (Double(secondary.cells[index]) + sigma * noise.1) + offset)
      }
    }
  }

  private func quantised(_ value: Double) -> Float {
    guard let levels else { return Float(value) }
    return min(max(Float(value.rounded(.toNearestOrEven)), 0), levels)
  }
}

/// Where every pixel of a window of the secondary image came from.
private struct Origins {
  var rows: [Double] = [], columns: [Double] = []
  var isSeen: Mask
  /// Smallest window that holds all origins.
  var bounds: Window

  init(of window: Window, field: SimulatedField, rows height: Int, columns width: Int) {
    isSeen = Mask(rows: window.rows, columns: window.columns, filledWith: true)
    rows.reserveCapacity(window.rows * window.columns)
    columns.reserveCapacity(window.rows * window.columns)
    var top = Double.infinity, left = Double.infinity, bottom = -Double.infinity, right = -Double.infinity
    for row in 0..<window.rows {
      for column in 0..<window.columns {
        let p = field.origin(row: Double(window.row + row), column: Double(window.column + column))
        rows.append(p.row)
        columns.append(p.column)
        let isInside = p.row >= 0 && p.column >= 0 && p.row <= Double(height - 1) && p.column <= Double(width - 1)
        isSeen[row, column] = p.isSeen && isInside
        (top, bottom) = (min(top, p.row), max(bottom, p.row))
        (left, right) = (min(left, p.column), max(right, p.column))
      }
    }
    let first = (row: Int(top.rounded(.down)), column: Int(left.rounded(.down)))
    bounds = Window(
      row: first.row, column: first.column, rows: Int(bottom.rounded(.up)) - first.row + 1,
      columns: Int(right.rounded(.up)) - first.column + 1)
  }
}

extension Window {
  fileprivate func union(_ other: Window) -> Window {
    let top = min(row, other.row), left = min(column, other.column)
    return Window(
      row: top, column: left, rows: max(endRow, other.endRow) - top, columns: max(endColumn, other.endColumn) - left)
  }
}
