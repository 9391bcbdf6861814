// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import Parameters
import Processing
import RasterIO

/// What is known of the ground at the points that corrections look at, the same for all pairs.
struct StackGround: Sendable {
  /// Ground that does not move; nil when nobody knows.
  let isStable: Mask?
  /// Height, m.
  let height: Grid<Float>?
  /// Checksums of the files that say so.
  let files: [Checksum]
  let source: String
  /// What is wrong with the ground that was given; nil where nothing is.
  let problem: StackProblem?

  /// - Parameter metresPerPixel: nil without a map.
  init(_ context: StackContext, elevation: ElevationModel?, metresPerPixel: Double?) throws {
    let choices = context.parameters.corrections, cache = context.folder.checksums
    var files: [Checksum] = []
    for case .polygons(let file)? in [choices.stableTerrain, choices.moving] {
      files.append(try cache.checksum(ofInput: file.path, cancellation: context.runner.cancellation))
    }
    let sampling = Sampling(context.plan)
    if let area = choices.stableTerrain {
      let source = try MaskSource.open(area.text, on: context.plan.grid.georeference)
      isStable = try sampling.mask { try source.read($0) }
      self.source = "given"
    } else if let area = choices.moving {
      let source = try MaskSource.open(area.text, on: context.plan.grid.georeference)
      let moving = try sampling.mask { try source.read($0) }
      isStable = moving.buffered(by: choices.movingBuffer / (metresPerPixel ?? 1) / sampling.side).map { !$0 }
      self.source = "all but the ground given as moving"
    } else {
      isStable = nil
      source = "found in each pair as what moves like most of it, where that agrees to half a pixel"
    }
    if let elevation {
      files += try elevation.files.map { try cache.checksum(ofInput: $0, cancellation: context.runner.cancellation) }
      let heights = try elevation.heights(on: context.plan.grid)
      height = try sampling.values { try heights.read($0) }
    } else {
      height = nil
    }
    problem =
      isStable?.cells.contains(true) == false
      ? StackProblem(
        what: "stable ground",
        cause: "none is left (\(source)), so nothing could be corrected; give other outlines"
          + (choices.movingBuffer > 0 ? ", or a smaller buffer than \(choices.movingBuffer)" : "")) : nil
    self.files = files
    try cache.save()
  }
}

/// Every n-th point of the lattice in both directions, read from rasters on the common grid by rows.
struct Sampling: Sendable {
  let lattice: (row: Int, column: Int, spacing: Int, rows: Int, columns: Int)
  let step: Int
  let gridColumns: Int

  init(_ plan: StackPlan) {
    step = plan.thinning
    let l = plan.lattice
    lattice = (l.row, l.column, l.spacing, l.rows, l.columns)
    gridColumns = plan.grid.columns
  }

  var rows: Int { (lattice.rows + step - 1) / step }
  var columns: Int { (lattice.columns + step - 1) / step }
  /// Distance of samples, px.
  var side: Double { Double(step * lattice.spacing) }

  func mask(_ read: (Window) throws -> Mask) throws -> Mask {
    try gathered(filledWith: false, read)
  }

  func values(_ read: (Window) throws -> Grid<Float>) throws -> Grid<Float> {
    try gathered(filledWith: .nan, read)
  }

  func bytes(_ read: (Window) throws -> Grid<UInt8>) throws -> Grid<UInt8> {
    try gathered(filledWith: 0, read)
  }

  private func gathered<Cell>(filledWith empty: Cell, _ read: (Window) throws -> Grid<Cell>) throws -> Grid<Cell> {
    var out = Grid(rows: rows, columns: columns, filledWith: empty)
    let distance = step * lattice.spacing
    // As many rows at a time as make a window of some megapixels.
    let batch = max(1, (1 << 22) / max(1, gridColumns * distance))
    for first in stride(from: 0, to: rows, by: batch) {
      let count = min(batch, rows - first)
      let window = Window(
        row: lattice.row + first * distance, column: 0, rows: (count - 1) * distance + 1, columns: gridColumns)
      let part = try read(window)
      for row in 0..<count {
        for column in 0..<columns {
          out[first + row, column] = part[row * distance, lattice.column + column * distance]
        }
      }
    }
    return out
  }
}
