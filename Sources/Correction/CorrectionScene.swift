// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// A field of offsets or displacements with what is known about the ground and the sensor; all grids of one shape.
public struct CorrectionScene: Sendable {
  /// The field, px or m; NaN where missing. Sigmas weigh the cells where given.
  public var field: OffsetGrids
  /// Ground that does not move; nil when nobody knows, and the fits then look at differences of nearby cells.
  public var isStable: Mask?
  /// Height of the ground, m.
  public var height: Grid<Float>?
  /// Number of the detector that saw a cell, or of the pair of detectors; below 1 where none did.
  public var detector: Grid<Int32>?
  /// Where the satellite flew, degrees clockwise from the upward direction of the grid.
  public var trackDirection: Double?
  /// Side of a cell, m.
  public var cellSize: Double
  public var parameters: Parameters

  public init(
    field: OffsetGrids, isStable: Mask? = nil, height: Grid<Float>? = nil, detector: Grid<Int32>? = nil,
    trackDirection: Double? = nil, cellSize: Double = 1, parameters: Parameters = Parameters()
  ) {
    let shape = field.dx.window
    precondition(isStable.map { $0.window == shape } ?? true, "field and stable ground differ in shape")
    precondition(height.map { $0.window == shape } ?? true, "field and heights differ in shape")
    precondition(detector.map { $0.window == shape } ?? true, "field and detectors differ in shape")
    precondition(cellSize > 0, "a cell has a size above zero")
    self.field = field
    self.isStable = isStable
    self.height = height
    self.detector = detector
    self.trackDirection = trackDirection
    self.cellSize = cellSize
    self.parameters = parameters
  }

  /// How models are fitted and judged.
  public struct Parameters: ParameterSet {
    @Parameter("Least number of cells on stable ground for a fit", in: 10...1_000_000)
    public var minimumCells: Int = 100

    @Parameter("Cells that a fit looks at, evenly scattered where there are more", in: 1000...10_000_000, .advanced)
    public var maximumSamples: Int = 50_000

    @Parameter(
      "Where stable ground is not known: distance of the cells whose differences are fitted, as a share of the "
        + "shorter side of the field", in: 0.005...0.5, .advanced)
    public var differenceShare: Double = 0.0625

    @Parameter(
      "Side of the squares that take turns in fitting and in judging a correction; wider than errors are alike",
      unit: "cells", in: 1...1000, .advanced)
    public var judgingSquare: Int = 16

    @Parameter(
      "Least share by which a correction must lower the squared residual of cells that it was not fitted to",
      in: 0...1, .advanced)
    public var leastGain: Double = 0.005

    public init() {}
  }

  var rows: Int { field.dx.rows }
  var columns: Int { field.dx.columns }

  func component(_ component: Component) -> Grid<Float> { component == .x ? field.dx : field.dy }

  /// Cells between the two of a difference.
  var differenceLag: Int { max(4, Int(parameters.differenceShare * Double(min(rows, columns)))) }

  /// Which half of the cells one belongs to when a correction is judged.
  func isEven(_ row: Int, _ column: Int) -> Bool {
    (row / parameters.judgingSquare + column / parameters.judgingSquare) % 2 == 0
  }
}

/// One of the two components of a field.
public enum Component: Hashable, Sendable, CaseIterable {
  case x, y
}

/// The cells that a fit may use.
struct CellChoice {
  let scene: CorrectionScene
  var half = FittingHalf.all

  func contains(_ row: Int, _ column: Int) -> Bool {
    guard scene.isStable?[row, column] ?? true else { return false }
    switch half {
    case .all: return true
    case .even: return scene.isEven(row, column)
    case .odd: return !scene.isEven(row, column)
    }
  }

  /// Calls `body` with the chosen cells of a component that have a value, thinned to the number of samples by a hash
  /// of their place, so that the choice is even, repeatable and not in step with any pattern.
  func forEach(_ values: Grid<Float>, _ body: (_ row: Int, _ column: Int, _ value: Double) -> Void) {
    let thinning = max(1, values.cells.count / scene.parameters.maximumSamples)
    for row in 0..<values.rows {
      for column in 0..<values.columns {
        let index = row &* values.columns &+ column
        if thinning > 1, Self.hash(index) % UInt64(thinning) != 0 { continue }
        let value = values.cells[index]
        guard value.isFinite, contains(row, column) else { continue }
        body(row, column, Double(value))
      }
    }
  }

  private static func hash(_ index: Int) -> UInt64 {
    var z = UInt64(bitPattern: Int64(index)) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 31)) &* 0xBF58_476D_1CE4_E5B9
    return z ^ (z >> 29)
  }
}
