// SPDX-License-Identifier: Apache-2.0
import Correction
import Grids
import Matching
import Parameters
import Processing
import RasterIO
import TimeSeries

/// Offsets of a pair less its distortions and without the vectors that the filters refuse, by windows of the lattice.
struct CorrectedOffsets: Sendable {
  let plan: StackPlan
  let filters: StackFilterParameters
  /// Longest offset that was searched, px.
  private let searchRange: Int
  /// How large the errors really are; nil where loops did not tell.
  let sigmas: PairSigmaModel?

  struct Values: Sendable {
    var offsets: OffsetGrids
    var ncc: Grid<Float>
    /// What each mask and filter did, in their order.
    var tallies: [FilterTally] = []
  }

  init(_ context: StackContext, sigmas: PairSigmaModel?) {
    plan = context.plan
    filters = context.parameters.filters
    let matching = context.parameters.matching
    searchRange = matching.fastestSpeed == nil ? matching.regularised.searchRange : PairRanges.widest
    self.sigmas = sigmas
  }

  /// What the results depend on besides the pairs.
  var parameters: JSONObject {
    let model = sigmas.map { [JSONValue.number($0.base), .number($0.decorrelation), .number($0.factor)] }
    return filters.json.merged(with: ["sigmas": model.map { .array($0) } ?? .null])
  }

  /// Points around a window whose vectors the median compares.
  private var margin: Int { filters.medianFilter ? filters.median.medianRadius * filters.median.medianStep : 0 }
  /// Px that a way back is looked for beyond a window: the search range, and more where the matcher knows none.
  private var farthestBack: Int { max(16, searchRange) }

  func values(_ pair: CorrectStage.Pair, _ window: Window) throws -> Values {
    let around = window.grown(by: margin)
    let inner = Window(row: margin, column: margin, rows: window.rows, columns: window.columns)
    let raw = try pair.matched.offsets.floats(MatchStage.fields, around)
    var offsets = OffsetGrids(dx: raw[0], dy: raw[1], dxSigma: raw[2], dySigma: raw[3])
    var tallies: [FilterTally] = []
    if let isOut = try pair.trust.isOut(around) {
      tallies.append(offsets.leaveOut(isOut, "terrain", counting: inner))
    }
    if filters.closureFilter, let opposite = pair.trust.opposite {
      let isOff = try contradicted(by: opposite, offsets, around)
      tallies.append(offsets.leaveOut(isOff, "forward-backward", counting: inner))
    }
    rescale(&offsets, raw[4])
    if let model = pair.model { try subtract(model, from: &offsets, around) }
    for filter in try chosen(pair, around, rows: margin..<margin + window.rows) {
      guard let isOff = filter.rejected(CorrectionScene(field: offsets)) else { continue }
      tallies.append(offsets.leaveOut(isOff, filter.name, counting: inner))
    }
    guard margin > 0 else { return Values(offsets: offsets, ncc: raw[4], tallies: tallies) }
    return Values(
      offsets: OffsetGrids(
        dx: offsets.dx.cropped(to: inner), dy: offsets.dy.cropped(to: inner),
        dxSigma: offsets.dxSigma?.cropped(to: inner), dySigma: offsets.dySigma?.cropped(to: inner)),
      ncc: raw[4].cropped(to: inner), tallies: tallies)
  }

  /// True where the way there and back does not end at home; as measured, before anything is corrected.
  private func contradicted(by opposite: MatchStage.Pair, _ offsets: OffsetGrids, _ window: Window) throws -> Mask {
    let reach = (farthestBack + plan.lattice.spacing - 1) / plan.lattice.spacing + 1
    let wide = window.grown(by: reach)
    let back = try opposite.offsets.floats(["dx", "dy", "dx-sigma", "dy-sigma"], wide)
    let place = Window(row: reach, column: reach, rows: window.rows, columns: window.columns)
    // Only the vectors of the window are followed.
    func padded(_ grid: Grid<Float>?) -> Grid<Float>? {
      guard let grid else { return nil }
      var out = Grid<Float>(rows: wide.rows, columns: wide.columns, filledWith: .nan)
      out.insert(grid, atRow: reach, column: reach)
      return out
    }
    guard let dx = padded(offsets.dx), let dy = padded(offsets.dy) else { preconditionFailure("grids are there") }
    let forward = OffsetGrids(dx: dx, dy: dy, dxSigma: padded(offsets.dxSigma), dySigma: padded(offsets.dySigma))
    let filter = RoundTripFilter(
      backward: OffsetGrids(dx: back[0], dy: back[1], dxSigma: back[2], dySigma: back[3]),
      spacing: Double(plan.lattice.spacing), parameters: filters.closure)
    guard let isOff = filter.rejected(CorrectionScene(field: forward)) else {
      return Mask(rows: window.rows, columns: window.columns, filledWith: false)
    }
    return isOff.cropped(to: place)
  }

  private func rescale(_ offsets: inout OffsetGrids, _ ncc: Grid<Float>) {
    guard let sigmas, var x = offsets.dxSigma, var y = offsets.dySigma else { return }
    for index in ncc.cells.indices {
      x.cells[index] = sigmas.sigma(stated: x.cells[index], ncc: ncc.cells[index])
      y.cells[index] = sigmas.sigma(stated: y.cells[index], ncc: ncc.cells[index])
    }
    (offsets.dxSigma, offsets.dySigma) = (x, y)
  }

  /// - Parameter rows: of the window that count; those around them are there for their neighbours.
  private func chosen(
    _ pair: CorrectStage.Pair, _ window: Window, rows: Range<Int>
  ) throws -> [any FieldFilter] {
    var out: [any FieldFilter] = []
    if let limit = filters.maximumAmplitude {
      var choice = AmplitudeFilter.Parameters()
      choice.maximumAmplitude = limit
      out.append(AmplitudeFilter(parameters: choice))
    }
    if filters.slopeFilter, let rises = try pair.trust.rises(window) {
      out.append(SlopeDirectionFilter(parameters: filters.slope, rises: rises))
    }
    if filters.medianFilter { out.append(MedianFilter(parameters: filters.median, rows: rows)) }
    return out
  }

  /// Takes the model off, which is known at every n-th point, in straight lines between them and beyond the last.
  private func subtract(_ model: TiledUnits, from offsets: inout OffsetGrids, _ window: Window) throws {
    let step = plan.thinning, samples = Window(row: 0, column: 0, rows: model.plan.rows, columns: model.plan.columns)
    func first(_ point: Int, _ count: Int) -> Int { max(0, min(point / step, count - 2)) }
    let top = first(max(0, window.row), samples.rows), left = first(max(0, window.column), samples.columns)
    let part = Window(
      row: top, column: left, rows: first(max(0, window.endRow - 1), samples.rows) - top + 2,
      columns: first(max(0, window.endColumn - 1), samples.columns) - left + 2
    ).intersection(samples)
    let grids = try model.floats(["model-dx", "model-dy"], part)
    for row in 0..<window.rows {
      let point = max(0, window.row + row), r = first(point, samples.rows) - top
      let below = min(r + 1, part.rows - 1), t = Float(point) / Float(step) - Float(r + top)
      for column in 0..<window.columns {
        let point = max(0, window.column + column), c = first(point, samples.columns) - left
        let right = min(c + 1, part.columns - 1), s = Float(point) / Float(step) - Float(c + left)
        func value(_ grid: Grid<Float>) -> Float {
          let upper = grid[r, c] + s * (grid[r, right] - grid[r, c])
          let lower = grid[below, c] + s * (grid[below, right] - grid[below, c])
          return upper + t * (lower - upper)
        }
        offsets.dx[row, column] -= value(grids[0])
        offsets.dy[row, column] -= value(grids[1])
      }
    }
  }
}
