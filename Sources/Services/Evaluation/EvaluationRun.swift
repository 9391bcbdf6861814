// SPDX-License-Identifier: Apache-2.0
import Deformation
import Grids
import Matching
import Simulation

/// What a comparison of a match with the truth gave.
struct EvaluationResult: Sendable {
  let evaluation: Evaluation
  /// Of how many parts one was compared, and what the parts are.
  let step: Int
  let parts: String
  /// Points without a measurement by reason.
  let missing: [(flag: MatchFlag, count: Int)]
  let notices: [String]
}

/// One run of `ogive evaluate`: measured products beside the truth at the same points.
struct EvaluationRun: Sendable {
  private enum Truth: Sendable {
    case rasters(TruthRasters)
    case shift(dx: Float, dy: Float)
  }

  private let products: any MeasuredProducts
  private let truth: Truth

  init(_ parameters: EvaluateCommand.Parameters) throws {
    products = try measuredProducts(in: parameters.measured.path)
    if let folder = parameters.truth {
      truth = .rasters(try TruthRasters(folder.path, for: products, margin: parameters.margin))
    } else {
      truth = .shift(dx: Float(parameters.truthDx ?? 0), dy: Float(parameters.truthDy ?? 0))
    }
  }

  func evaluate() throws -> EvaluationResult {
    let inside: Mask
    var notices: [String] = []
    switch truth {
    case .rasters(let rasters): (inside, notices) = (rasters.inside, rasters.notices)
    case .shift: inside = Mask(rows: products.rows, columns: products.columns, filledWith: true)
    }
    guard let dx = try compare("dx"), let dy = try compare("dy") else {
      preconditionFailure("both offsets and their truth were there when the run began")
    }
    var evaluation = Evaluation(dx: dx, dy: dy, isInside: inside)
    try addGradients(to: &evaluation, inside)
    if case .rasters(let rasters) = truth {
      notices += try addStrain(to: &evaluation, inside, rasters, dx: dx.truth, dy: dy.truth)
    }
    return EvaluationResult(
      evaluation: evaluation, step: products.step, parts: products.parts,
      missing: try products.missing(inside: inside), notices: notices)
  }

  /// Names of the gradients in the products, and of the same in the truth.
  private static let gradients = [
    (product: "dx_per_column", truth: "dx_dx"), (product: "dx_per_row", truth: "dx_dy"),
    (product: "dy_per_column", truth: "dy_dx"), (product: "dy_per_row", truth: "dy_dy"),
  ]

  /// The truth of an offset or gradient; nil where there is none.
  private func sample(_ name: String) throws -> Grid<Float>? {
    switch truth {
    case .rasters(let rasters): return try rasters.sample(name)
    case .shift(let dx, let dy):
      let value = name == "dx" ? dx : name == "dy" ? dy : 0
      return Grid(rows: products.rows, columns: products.columns, filledWith: value)
    }
  }

  private func compare(_ product: String, with name: String? = nil) throws -> Comparison? {
    guard let measured = try products.read(product), let truth = try sample(name ?? product) else { return nil }
    return Comparison(measured: measured, truth: truth, sigma: try products.read(product + "_sigma"))
  }

  private func addGradients(to evaluation: inout Evaluation, _ inside: Mask) throws {
    var all: [(name: String, comparison: Comparison)] = []
    for (product, truth) in Self.gradients {
      if let comparison = try compare(product, with: truth) { all.append((product, comparison)) }
    }
    guard !all.isEmpty else { return }
    evaluation.add("gradient", unit: "px/px", all.map(\.comparison), isInside: inside)
    for (name, comparison) in all { evaluation.add(name, unit: "px/px", [comparison], isInside: inside) }
  }

  /// The strain of the truth comes from its gradients at the points, so a truth without strain rasters will do.
  ///
  /// - Returns: what to tell the user.
  private func addStrain(
    to evaluation: inout Evaluation, _ inside: Mask, _ rasters: TruthRasters, dx: Grid<Float>, dy: Grid<Float>
  ) throws -> [String] {
    var measured: [(product: StrainProduct, values: Grid<Float>)] = []
    for product in StrainProduct.all {
      if let values = try products.read(product.name) { measured.append((product, values)) }
    }
    guard let first = measured.first else { return [] }
    var separation: Double?
    if products.unit(of: first.product.name).hasSuffix("/yr") {
      separation = (try? RunSummary(products.folder))?.separation
      if separation == nil {
        return ["the strain products are rates and summary.json does not tell the time between the images: left out"]
      }
    }
    var gradients: [Grid<Float>] = []
    for (_, name) in Self.gradients {
      guard let grid = try rasters.sample(name) else { return [] }
      gradients.append(grid)
    }
    let analysis = StrainAnalysis(
      transform: products.crs == nil ? .pixels : try rasters.groundTransform(), separation: separation)
    let truth = analysis.rates(
      of: GradientField(
        dxPerColumn: gradients[0], dxPerRow: gradients[1], dyPerColumn: gradients[2], dyPerRow: gradients[3]),
      motion: MotionField(dx: dx, dy: dy))
    for (product, values) in measured {
      let comparison = Comparison(
        measured: values, truth: truth[product.component], sigma: try products.read(product.name + "_sigma"))
      evaluation.add(
        product.name, unit: product.component.unit(isRate: separation != nil), [comparison], isInside: inside)
    }
    return []
  }
}
