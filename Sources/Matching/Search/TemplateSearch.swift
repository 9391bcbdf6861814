// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Search for templates of the reference in the secondary image over a range of whole-pixel offsets.
///
/// The products of both images are formed once per offset and cell and shared by all windows of a regular lattice,
/// so a point costs spacing² × offsets, whatever the window's size. Bits do not depend on the number of threads.
public enum TemplateSearch {
  /// One match per lattice point.
  ///
  /// - Parameters:
  ///   - images: the pair; missing pixels are left out of the correlation exactly.
  ///   - lattice: template centres; a template that leaves the reference gives `offImage`.
  ///   - prior: centre of each search, nil for 0. Offsets whose target leaves the secondary image are not tried.
  ///   - threads: most threads to use.
  /// - Returns: matches on the lattice. A flat template gives `noTexture`; too few common pixels `masked`; a second
  ///   peak nearly as high, or a best offset on the border of the range (`isAtRangeBorder`: the true one may lie
  ///   beyond, so search again with a wider range) `ambiguous`.
  ///
  /// Source: Padfield 2012 (masked correlation), Heid & Kääb 2012 (orientation). Checked by: `SearchTests`.
  public static func run(
    _ images: SearchImages, lattice: SearchLattice, prior: SearchPrior? = nil, parameters: Parameters = Parameters(),
    threads: Int = 1
  ) -> Grid<TemplateMatch> {
    var out = Grid(rows: lattice.rows, columns: lattice.columns, filledWith: TemplateMatch.missing(.offImage))
    guard lattice.count > 0 else { return out }
    if let prior {
      precondition(
        prior.dx.rows == lattice.rows && prior.dx.columns == lattice.columns,
        "a prior of \(prior.dx.rows) × \(prior.dx.columns) for a lattice of \(lattice.rows) × \(lattice.columns)")
    }
    if parameters.method == .phase {
      return PhaseCorrelation.run(images, lattice: lattice, prior: prior, parameters: parameters, threads: threads)
    }
    let engine = SearchEngine(images, parameters)
    let plan = SearchPlan(
      lattice: lattice,
      priorX: prior?.dx.cells.map { Int32(SearchPrior.whole($0)) } ?? [Int32](repeating: 0, count: lattice.count),
      priorY: prior?.dy.cells.map { Int32(SearchPrior.whole($0)) } ?? [Int32](repeating: 0, count: lattice.count),
      parameters: parameters, missing: images.missing, hasOrientation: parameters.method == .orientation)
    let blocks = plan.blocks()
    out.cells.withUnsafeMutableBufferPointer { cells in
      let shared = SharedBuffer(cells.baseAddress!)
      parallelFor(count: blocks.count, threads: threads, scratch: { SearchScratch() }) { index, scratch in
        engine.search(blocks[index], plan, scratch, shared.base)
      }
    }
    widen(&out, images, lattice, prior, parameters, threads)
    return out
  }

  /// Searches points whose best offset lies on the border of the range again, over twice the range.
  private static func widen(
    _ matches: inout Grid<TemplateMatch>, _ images: SearchImages, _ lattice: SearchLattice, _ prior: SearchPrior?,
    _ parameters: Parameters, _ threads: Int
  ) {
    let again = matches.cells.indices.filter { matches.cells[$0].isAtRangeBorder }
    guard parameters.widenings > 0, !again.isEmpty else { return }
    let points = again.map { lattice.pixel(row: $0 / lattice.columns, column: $0 % lattice.columns) }
    let priors = again.map { index in prior.map { SIMD2($0.dx.cells[index], $0.dy.cells[index]) } ?? .zero }
    let found = run(images, points: points, priors: priors, parameters: parameters.widened, threads: threads)
    for (index, match) in zip(again, found) { matches.cells[index] = match }
  }

  /// One match per point of a list; each point is searched on its own.
  ///
  /// - Parameters:
  ///   - points: template centres in any order.
  ///   - priors: centre of each search, px, one per point or none.
  public static func run(
    _ images: SearchImages, points: [SearchPoint], priors: [SIMD2<Float>] = [], parameters: Parameters = Parameters(),
    threads: Int = 1
  ) -> [TemplateMatch] {
    precondition(priors.isEmpty || priors.count == points.count, "\(priors.count) priors for \(points.count) points")
    let engine = SearchEngine(images, parameters)
    var out = [TemplateMatch](repeating: .missing(.offImage), count: points.count)
    out.withUnsafeMutableBufferPointer { cells in
      guard let base = cells.baseAddress else { return }
      let shared = SharedBuffer(base)
      parallelFor(count: points.count, threads: threads, scratch: { SearchScratch() }) { index, scratch in
        let lattice = SearchLattice(
          originRow: points[index].row, originColumn: points[index].column, spacing: parameters.templateWindow,
          rows: 1, columns: 1)
        let prior = priors.isEmpty ? SIMD2<Float>.zero : priors[index]
        if parameters.method == .phase {
          let one = { Grid(rows: 1, columns: 1, filledWith: $0 as Float) }
          shared.base[index] =
            PhaseCorrelation.run(
              images, lattice: lattice, prior: SearchPrior(dx: one(prior.x), dy: one(prior.y)),
              parameters: parameters, threads: 1)[0, 0]
          return
        }
        let plan = SearchPlan(
          lattice: lattice, priorX: [Int32(SearchPrior.whole(prior.x))],
          priorY: [Int32(SearchPrior.whole(prior.y))], parameters: parameters, missing: images.missing,
          hasOrientation: parameters.method == .orientation)
        engine.search(plan.blocks()[0], plan, scratch, shared.base + index)
      }
    }
    let again = out.indices.filter { out[$0].isAtRangeBorder }
    guard parameters.widenings > 0, !again.isEmpty else { return out }
    let found = run(
      images, points: again.map { points[$0] }, priors: priors.isEmpty ? [] : again.map { priors[$0] },
      parameters: parameters.widened, threads: threads)
    for (index, match) in zip(again, found) { out[index] = match }
    return out
  }
}
