// SPDX-License-Identifier: Apache-2.0
import Correction
import Foundation
import Grids
import Matching
import RasterIO
import Simulation

/// A real image that motion and artefacts of known size have warped, matched again.
///
/// The later image is the scene as it is; the earlier one is sampled from the scene at x + d(x), so that d is exactly
/// the offset of every pixel of the earlier image. Both get noise of their own and whole grey levels. A cell of the
/// simulated field is `spacing` pixels wide, so that detectors and waves are wider than the windows of the matchers, as
/// they are in reality; between cells the field is interpolated linearly.
struct ImageArtefactScene {
  enum Matcher: CaseIterable { case dense, regularised }

  let truth: ArtefactScene
  private let source: Grid<Float>
  private let rows, columns: Int

  /// Pixels between two points that are matched.
  private static let spacing = 3
  /// Beyond the image on each side: what the spline needs, and the longest offset.
  private static let margin = 40
  /// Standard deviation of the noise, grey levels: a signal-to-noise ratio of 150 at the scene's mean.
  private static let noiseSigma = 6.0

  /// The Sentinel-2 scene of the demonstration data, where it has been fetched.
  static let file: URL? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
    let folder = environment["OGIVE_DATA"] ?? cache + "/ogive"
    let path = folder + "/sentinel2-pair/ref_S2A_20160608T153121_T33UUU_sub.tif"
    return FileManager.default.fileExists(atPath: path) ? URL(filePath: path) : nil
  }()

  init(_ motion: ArtefactScene.Motion) throws {
    truth = ArtefactScene(motion)
    (rows, columns) = (truth.rows * Self.spacing, truth.columns * Self.spacing)
    // A part that the swath covers.
    source = try RasterImage.open(Self.file!.path).read(
      Window(row: 1676, column: 640, rows: rows + 2 * Self.margin, columns: columns + 2 * Self.margin))
  }

  /// The field that a matcher finds with some artefacts.
  func matched(_ kinds: [ArtefactScene.Artefact], by matcher: Matcher) -> OffsetGrids {
    let (reference, secondary) = images(kinds)
    let inner = Window(row: Self.margin, column: Self.margin, rows: rows, columns: columns)
    switch matcher {
    case .dense:
      let slack = 16
      let block = DenseMatching.Block(
        reference: reference.cropped(to: inner), secondary: secondary.cropped(to: inner.grown(by: slack)),
        slack: slack, scene: Window(row: 0, column: 0, rows: rows, columns: columns),
        secondaryScene: Window(row: 0, column: 0, rows: rows + 2 * slack, columns: columns + 2 * slack),
        coarsestLevel: 2)
      return DenseMatching.match(
        block,
        points: PointLattice(
          row: Self.spacing / 2, column: Self.spacing / 2, spacing: Self.spacing, rows: truth.rows,
          columns: truth.columns),
        parameters: DenseMatching.Parameters()
      ) { _, _ in (0, 0) }.offsets
    case .regularised:
      var p = RegularisedMatching.Parameters()
      p.searchRange = 4
      return RegularisedMatching.match(
        reference: reference.cropped(to: inner), secondary: secondary.cropped(to: inner),
        spacing: Self.spacing, parameters: p
      ).offsets
    }
  }

  /// A scene to correct, with what is known about it.
  func scene(_ field: OffsetGrids, knowsGround: Bool) -> CorrectionScene {
    CorrectionScene(
      field: field, isStable: knowsGround ? truth.isStill : nil, height: truth.height, detector: truth.detector,
      trackDirection: truth.trackDirection, cellSize: truth.cellSize)
  }

  private func images(_ kinds: [ArtefactScene.Artefact]) -> (reference: Grid<Float>, secondary: Grid<Float>) {
    let spline = ResamplingSource(source, row: -Self.margin, column: -Self.margin, kernel: .spline)
    var reference = source, secondary = source
    var field = truth.motion
    for kind in kinds {
      for index in field.dx.cells.indices {
        field.dx.cells[index] += truth.artefacts[kind]!.dx.cells[index]
        field.dy.cells[index] += truth.artefacts[kind]!.dy.cells[index]
      }
    }
    for row in 0..<rows {
      let y = Self.place(row, truth.rows)
      let places = (0..<columns).map { Self.place($0, truth.columns) }
      let values = spline.sample(
        rows: places.map { Double(row) + Self.between(field.dy, y, $0) },
        columns: places.indices.map { Double($0) + Self.between(field.dx, y, places[$0]) })
      for column in 0..<columns { reference[row + Self.margin, column + Self.margin] = values[column] }
    }
    var random = SeededRandom(seed: 11)
    for index in source.cells.indices {
      let noise = random.normalPair()
      reference.cells[index] = (reference.cells[index] + Float(Self.noiseSigma * noise.0)).rounded()
      secondary.cells[index] = (secondary.cells[index] + Float(Self.noiseSigma * noise.1)).rounded()
    }
    return (reference, secondary)
  }

  /// The cell at or before a pixel and the share of the next one; the first point lies in the middle of the spacing.
  private static func place(_ pixel: Int, _ count: Int) -> (cell: Int, share: Double) {
    let position = min(max(0, Double(pixel - spacing / 2) / Double(spacing)), Double(count - 1))
    let cell = min(count - 2, Int(position))
    return (cell, position - Double(cell))
  }

  private static func between(
    _ grid: Grid<Float>, _ row: (cell: Int, share: Double), _ column: (cell: Int, share: Double)
  ) -> Double {
    func across(_ r: Int) -> Double {
      Double(grid[r, column.cell]) * (1 - column.share) + Double(grid[r, column.cell + 1]) * column.share
    }
    return across(row.cell) * (1 - row.share) + across(row.cell + 1) * row.share
  }

  /// Root mean square over moving ground of what corrections change motion by, against still ground; NaN where all
  /// or nothing moves.
  func motionChange(
    _ kinds: [ArtefactScene.Artefact], _ model: OffsetGrids, _ component: KeyPath<OffsetGrids, Grid<Float>>
  ) -> Double {
    var still: [Double] = [], moving: [Double] = []
    for index in model.dx.cells.indices {
      let artefact = kinds.reduce(0) { $0 + Double(truth.artefacts[$1]![keyPath: component].cells[index]) }
      let rest = artefact - Double(model[keyPath: component].cells[index])
      if truth.isStill.cells[index] { still.append(rest) } else { moving.append(rest) }
    }
    let level = still.reduce(0, +) / Double(still.count)
    return (moving.reduce(0) { $0 + ($1 - level) * ($1 - level) } / Double(moving.count)).squareRoot()
  }

  /// Error of the step across the fault in a field: medians over two bands of 15 to 60 cells from it.
  func stepError(_ field: OffsetGrids, _ component: KeyPath<OffsetGrids, Grid<Float>>) -> Double {
    var errors = (below: [Double](), above: [Double]())
    for row in 0..<truth.rows {
      for column in 0..<truth.columns {
        let distance = Double(row - 240) - 0.7 * Double(column - 280)
        guard abs(distance) > 15, abs(distance) < 60, field[keyPath: component][row, column].isFinite else {
          continue
        }
        let error = Double(field[keyPath: component][row, column] - truth.motion[keyPath: component][row, column])
        if distance > 0 { errors.below.append(error) } else { errors.above.append(error) }
      }
    }
    return median(errors.below) - median(errors.above)
  }
}
