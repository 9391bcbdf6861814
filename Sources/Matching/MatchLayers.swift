// SPDX-License-Identifier: Apache-2.0
import Grids

/// What matching found at the points of a lattice: one grid a layer, NaN where a value is not known.
public struct MatchLayers: Sendable {
  public enum Layer: Int, CaseIterable, Sendable {
    /// Offsets, px, + right and + down, and their standard deviations.
    case dx, dy, dxSigma, dySigma
    /// Change of the offsets by one pixel to the right or down, px per px.
    case dxPerColumn, dxPerRow, dyPerColumn, dyPerRow
    /// Peak correlation, −1…1, and signal-to-noise ratio: √(ncc / (1 − ncc)) for least squares, the height of the
    /// peak over the mean of the others for searches.
    case ncc, snr
    /// Side of the window that was used, px.
    case window
    /// Covariance of the four gradients in the order above, (px/px)², lower triangle.
    case c00, c10, c11, c20, c21, c22, c30, c31, c32, c33

    /// Index of a gradient's covariance.
    public static func covariance(_ i: Int, _ j: Int) -> Layer {
      let a = max(i, j), b = min(i, j)
      return covariances[a * (a + 1) / 2 + b]
    }

    private static let covariances: [Layer] = [.c00, .c10, .c11, .c20, .c21, .c22, .c30, .c31, .c32, .c33]
    fileprivate var index: Int { rawValue }
    /// The layer's name, for files.
    public var name: String { "\(self)" }
  }

  public private(set) var rows, columns: Int
  private var grids: [Grid<Float>]
  public var flags: Grid<MatchFlag>

  /// Layers of NaN whose points all have `flag`.
  public init(rows: Int, columns: Int, flag: MatchFlag) {
    self.rows = rows
    self.columns = columns
    grids = Layer.allCases.map { _ in Grid(rows: rows, columns: columns, filledWith: .nan) }
    flags = Grid(rows: rows, columns: columns, filledWith: flag)
  }

  public subscript(layer: Layer) -> Grid<Float> {
    get { grids[layer.index] }
    // Changes in place: a getter and a setter would copy the whole grid.
    _modify {
      yield &grids[layer.index]
      precondition(
        grids[layer.index].rows == rows && grids[layer.index].columns == columns, "all layers have one shape")
    }
  }

  /// Sets one value of a layer.
  public mutating func set(_ layer: Layer, _ value: Float, row: Int, column: Int) {
    grids[layer.index][row, column] = value
  }

  /// One value of a layer, points counted row by row.
  public func value(_ layer: Layer, _ index: Int) -> Float { grids[layer.index].cells[index] }

  /// Takes over everything about one point, counted row by row, from layers of the same shape.
  public mutating func take(_ index: Int, from other: MatchLayers) {
    for layer in grids.indices { grids[layer].cells[index] = other.grids[layer].cells[index] }
    flags.cells[index] = other.flags.cells[index]
  }

  /// Copies a part computed on its own to its place.
  public mutating func insert(_ part: MatchLayers, atRow row: Int, column: Int) {
    for (index, grid) in part.grids.enumerated() { grids[index].insert(grid, atRow: row, column: column) }
    flags.insert(part.flags, atRow: row, column: column)
  }

  /// The part inside a window.
  public func cropped(to window: Window) -> MatchLayers {
    var out = self
    out.rows = window.rows
    out.columns = window.columns
    out.grids = grids.map { $0.cropped(to: window) }
    out.flags = flags.cropped(to: window)
    return out
  }

  /// NaN in every layer but correlation and window where a point does not count as measured.
  public mutating func clearUnmeasured() {
    for layer in Layer.allCases where ![.ncc, .snr, .window].contains(layer) {
      for index in flags.cells.indices where flags.cells[index] != .measured {
        grids[layer.index].cells[index] = .nan
      }
    }
  }

  public var offsets: OffsetGrids {
    OffsetGrids(dx: self[.dx], dy: self[.dy], dxSigma: self[.dxSigma], dySigma: self[.dySigma])
  }
}

/// The regular points at which a match is wanted: point (i, j) lies on pixel (row + i · spacing, column + j · spacing).
public struct PointLattice: Hashable, Sendable {
  public var row, column: Int
  public var spacing: Int
  public var rows, columns: Int

  public init(row: Int, column: Int, spacing: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.spacing = spacing
    self.rows = rows
    self.columns = columns
  }

  /// Points over a whole image of `height × width` pixels, as central in it as whole steps of four pixels allow.
  public init(height: Int, width: Int, spacing: Int) {
    let first = spacing / 2 / 4 * 4
    self.init(
      row: min(first, (height - 1) / 2), column: min(first, (width - 1) / 2), spacing: spacing,
      rows: max(1, (height - 1 - first) / spacing + 1), columns: max(1, (width - 1 - first) / spacing + 1))
  }

  /// The points of a part of the lattice, counted from `origin`, a pixel.
  public func part(_ window: Window, from origin: (row: Int, column: Int) = (0, 0)) -> PointLattice {
    PointLattice(
      row: row + window.row * spacing - origin.row, column: column + window.column * spacing - origin.column,
      spacing: spacing, rows: window.rows, columns: window.columns)
  }

  /// Pixels from the first to the last point.
  public var pixels: Window {
    Window(row: row, column: column, rows: (rows - 1) * spacing + 1, columns: (columns - 1) * spacing + 1)
  }
}
