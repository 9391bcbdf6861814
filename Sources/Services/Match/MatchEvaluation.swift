// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing
import RasterIO
import Synchronization

/// What all layers hold together: known only when every point has been looked at.
package struct LayerSurvey: Sendable {
  /// Whether any measured point has gradients or standard deviations.
  package var hasGradients = false
  package var hasSigmas = false
  /// Points by the side of their window, px.
  private var windows: [Float: Int] = [:]
  /// Points that were asked for by their flag.
  package private(set) var counts = [Int](repeating: 0, count: MatchFlag.allCases.count)

  package init() {}

  /// What tested layers hold; `isAsked` nil takes all points.
  package init(_ layers: MatchLayers, isAsked: Mask?) {
    hasGradients = layers[.dxPerColumn].cells.contains(where: \.isFinite)
    hasSigmas = layers[.dxSigma].cells.contains(where: \.isFinite)
    // There are few different windows, and neighbours mostly have the same: whole runs are counted at once.
    var last = Float.nan, run = 0
    for window in layers[.window].cells where !window.isNaN {
      if window != last {
        if run > 0 { windows[last, default: 0] += run }
        (last, run) = (window, 0)
      }
      run += 1
    }
    if run > 0 { windows[last, default: 0] += run }
    for index in layers.flags.cells.indices where isAsked?.cells[index] ?? true {
      counts[Int(layers.flags.cells[index].rawValue)] += 1
    }
  }

  package mutating func add(_ other: LayerSurvey) {
    hasGradients = hasGradients || other.hasGradients
    hasSigmas = hasSigmas || other.hasSigmas
    windows.merge(other.windows, uniquingKeysWith: +)
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  /// Median side of the windows, px; NaN without any.
  package var medianWindow: Float {
    let total = windows.values.reduce(0, +), sorted = windows.sorted { $0.key < $1.key }
    func value(_ rank: Int) -> Float {
      var rest = rank
      for (window, count) in sorted {
        if rest < count { return window }
        rest -= count
      }
      return .nan
    }
    return (value((total - 1) / 2) + value(total / 2)) / 2
  }
}

/// Tests what matching found and derives the products, in bands of rows: besides the rows that a test or a derivative
/// needs on either side, nothing but the band is in memory.
package struct MatchEvaluation {
  package let field: MatchedField
  package let marks: PointMarks
  package let parameters: MatchParameters
  let ground: GroundScale?
  let separation: Double?
  let folder: RunFolder
  let runner: TileRunner
  /// Points of a band, about; the results do not depend on it.
  let bandPoints: Int

  package init(
    _ field: MatchedField, marks: PointMarks, parameters: MatchParameters, ground: GroundScale?, separation: Double?,
    folder: RunFolder, runner: TileRunner, bandPoints: Int = 1 << 17
  ) {
    (self.field, self.marks, self.parameters) = (field, marks, parameters)
    (self.ground, self.separation) = (ground, separation)
    (self.folder, self.runner, self.bandPoints) = (folder, runner, bandPoints)
  }

  /// The outcome, in files.
  package struct Outcome: Sendable {
    package let survey: LayerSurvey
    /// One `MarkedFlag` a point.
    package let flags: GridFile<UInt8>
    /// 1 on stable ground; nil where none is known.
    package let stable: GridFile<UInt8>?
    package let products: ProductFiles
    package let closures: ClosureFiles?
  }

  private var spacing: Int { marks.plan.scene.spacing }

  private var filters: MatchFilters {
    MatchFilters(parameters: parameters, spacing: spacing, hasNeighbours: marks.plan.points == nil)
  }

  private var bands: TilePlan {
    TilePlan(
      rows: field.rows, columns: field.columns, tileRows: max(8, bandPoints / max(1, field.columns)),
      tileColumns: field.columns)
  }

  package func run() throws -> Outcome {
    let (survey, flags, stable) = try test()
    let scale = MotionScale(
      ground: ground, separation: separation, parameters: parameters, lattice: marks.plan.lattice, survey: survey)
    let products = ProductFiles(rows: field.rows, columns: field.columns, folder: folder)
    let closures = try field.hasBackward ? ClosureFiles(rows: field.rows, columns: field.columns, folder) : nil
    let margin = filters.smoothingMargin + (scale.gauge?.margin ?? 0)
    try runner.run(bands, stage: "products") { window in
      let (rows, core) = around(window, by: margin)
      let layers = try tested(rows, flags)
      let found = MotionProducts(layers, core: core, atRow: window.row, scale)
      let part = layers.cropped(
        to: Window(row: core.lowerBound, column: 0, rows: core.count, columns: layers.columns))
      return (products: found.products, closures: try closed(part, atRow: window.row))
    } deliver: { window, result in
      try products.write(result.products, atRow: window.row)
      if let found = result.closures { try closures?.write(found, atRow: window.row) }
    }
    products.finish()
    return Outcome(survey: survey, flags: flags, stable: stable, products: products, closures: closures)
  }

  /// The flags of all points after the tests.
  private func test() throws -> (LayerSurvey, GridFile<UInt8>, GridFile<UInt8>?) {
    let flags = try folder.makeGridFile(of: UInt8.self, rows: field.rows, columns: field.columns)
    let stable =
      marks.stableSource.isEmpty
      ? nil : try folder.makeGridFile(of: UInt8.self, rows: field.rows, columns: field.columns)
    let survey = Mutex(LayerSurvey())
    try runner.run(bands, stage: "filters") { window in
      let (rows, core) = around(window, by: filters.flagMargin)
      var layers = try field.layers(rows)
      layers.flags = filters.flags(layers, closures: try closed(layers, atRow: rows.lowerBound))
      layers = layers.cropped(
        to: Window(row: core.lowerBound, column: 0, rows: core.count, columns: layers.columns))
      let range = window.row..<window.endRow, isAsked = try marks.isAsked(range)
      layers.clearUnmeasured()
      if let isAsked { layers.clear(outside: isAsked) }
      let marked = layers.flags.cells.indices.map {
        MarkedFlag(layers.flags.cells[$0], isAsked: isAsked?.cells[$0] ?? true).byte
      }
      return (
        flags: Grid(rows: layers.rows, columns: layers.columns, cells: marked),
        stable: try marks.isStable(range)?.map { $0 ? UInt8(1) : 0 }, survey: LayerSurvey(layers, isAsked: isAsked)
      )
    } deliver: { window, result in
      try flags.write(result.flags, atRow: window.row)
      if let found = result.stable { try stable?.write(found, atRow: window.row) }
      survey.withLock { $0.add(result.survey) }
    }
    return (survey.withLock { $0 }, flags, stable)
  }

  /// The layers of some rows with what failed a test or was not asked for taken away.
  private func tested(_ rows: Range<Int>, _ flags: GridFile<UInt8>) throws -> MatchLayers {
    var layers = try field.layers(rows)
    let marked = try flags.read(rows).map { MarkedFlag(byte: $0) }
    layers.flags = marked.map(\.flag)
    filters.clean(&layers)
    if marks.plan.area != nil { layers.clear(outside: marked.map(\.isAsked)) }
    return layers
  }

  /// Where points come back to when they are matched there and back; nil without a match back.
  private func closed(_ layers: MatchLayers, atRow row: Int) throws -> ClosureGrids? {
    guard field.hasBackward else { return nil }
    return try ClosureGrids(
      forward: layers.offsets, atRow: row, of: field.rows, spacing: Double(spacing), backward: field.backward)
  }

  /// The rows of a band with a margin, and which of them the band are.
  private func around(_ band: Window, by margin: Int) -> (rows: Range<Int>, core: Range<Int>) {
    let rows = max(0, band.row - margin)..<min(field.rows, band.endRow + margin)
    return (rows, band.row - rows.lowerBound..<band.endRow - rows.lowerBound)
  }
}

/// Closures of all points in files.
package struct ClosureFiles: Sendable {
  private let x, y, xVariance, yVariance: GridFile<Float>

  init(rows: Int, columns: Int, _ folder: RunFolder) throws {
    func make() throws -> GridFile<Float> { try folder.makeGridFile(of: Float.self, rows: rows, columns: columns) }
    (x, y, xVariance, yVariance) = (try make(), try make(), try make(), try make())
  }

  func write(_ part: ClosureGrids, atRow row: Int) throws {
    try x.write(part.x, atRow: row)
    try y.write(part.y, atRow: row)
    try xVariance.write(part.xVariance, atRow: row)
    try yVariance.write(part.yVariance, atRow: row)
  }

  /// All closures, a band of rows at a time.
  func forEach(_ body: (ClosureGrids) -> Void) throws {
    for rows in x.bands() {
      body(
        ClosureGrids(
          x: try x.read(rows), y: try y.read(rows), xVariance: try xVariance.read(rows),
          yVariance: try yVariance.read(rows)))
    }
  }
}

extension MatchLayers {
  /// NaN in every layer outside a mask.
  fileprivate mutating func clear(outside mask: Mask) {
    for layer in Layer.allCases {
      for index in mask.cells.indices where !mask.cells[index] { self[layer].cells[index] = .nan }
    }
  }
}
