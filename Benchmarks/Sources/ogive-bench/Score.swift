// SPDX-License-Identifier: Apache-2.0
import OgiveKit

/// What a matcher found at the points of a lattice.
struct FoundPoints: Sendable {
  let lattice: PointLattice
  var layers: MatchLayers
}

/// Errors of found points against the truth, over the points at least 64 px from the border.
struct Score {
  let offsets: Evaluation
  /// Errors of the four gradients in one; nil where the method gives none.
  let strain: ErrorSummary?

  init(_ found: FoundPoints, _ pair: BenchPair) {
    let p = found.lattice, layers = found.layers
    let lattice = Lattice(
      row: Double(p.row), column: Double(p.column), spacing: Double(p.spacing), rows: p.rows, columns: p.columns)
    let isInside = lattice.inside(height: pair.size, width: pair.size, margin: 64)
    func comparison(_ layer: MatchLayers.Layer, _ truth: Grid<Float>, _ sigma: Grid<Float>?) -> Comparison {
      Comparison(measured: layers[layer], truth: lattice.sampled(truth), sigma: sigma)
    }
    offsets = Evaluation(
      dx: comparison(.dx, pair.truth.dx, layers[.dxSigma]), dy: comparison(.dy, pair.truth.dy, layers[.dySigma]),
      isInside: isInside)
    let gradients: [(MatchLayers.Layer, Grid<Float>)] = [
      (.dxPerColumn, pair.truth.dxPerColumn), (.dxPerRow, pair.truth.dxPerRow),
      (.dyPerColumn, pair.truth.dyPerColumn), (.dyPerRow, pair.truth.dyPerRow),
    ]
    let comparisons = gradients.enumerated().map { index, pair in
      comparison(pair.0, pair.1, layers[.covariance(index, index)].map { $0.squareRoot() })
    }
    let isMeasured = layers[.dxPerRow].map { $0.isFinite }
    var isUsed = isInside
    for index in isUsed.cells.indices where !isMeasured.cells[index] { isUsed.cells[index] = false }
    strain = isUsed.cells.contains(true) ? ErrorSummary(comparisons, isUsed: isUsed) : nil
  }
}
