// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Takes an overall shift out: the robust mean of stable ground, of the whole field where stable ground is not known.
///
/// Without known stable ground the most common vector is assumed to be that of still ground.
public struct ConstantCorrection: FieldCorrection {
  public let name = "constant"
  public let showsInValues = true

  public init() {}

  public func model(
    of component: Component, in scene: CorrectionScene, half: FittingHalf
  ) throws(CorrectionRefusal) -> ComponentModel {
    let values = scene.component(component)
    var regression = RobustRegression(terms: 1)
    scene.cells(half).forEach(values) { _, _, value in regression.add([1], equals: value) }
    let count = regression.values.count, needed = scene.parameters.minimumCells
    guard count >= needed else { throw .tooFewCells(count: count, needed: needed) }
    guard let constant = regression.solved()?[0] else { throw .undetermined }
    return ComponentModel(
      terms: [ModelTerm(name: "constant", value: constant, unit: "")], grid: values.map { _ in Float(constant) })
  }
}

/// Takes a plane (order 1) or a polynomial of low order in row and column out.
///
/// Ramps come from residual orientation errors of the images. Orders above 1 follow wide motion readily: use them on
/// known stable ground that surrounds the moving part.
public struct PolynomialCorrection: FieldCorrection {
  public struct Parameters: ParameterSet {
    @Parameter("Order of the polynomial in row and column; 1 is a plane", in: 1...4)
    public var polynomialOrder: Int = 1

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  public var name: String {
    parameters.polynomialOrder == 1 ? "plane" : "polynomial of order \(parameters.polynomialOrder)"
  }

  public func model(
    of component: Component, in scene: CorrectionScene, half: FittingHalf
  ) throws(CorrectionRefusal) -> ComponentModel {
    var powers: [(column: Int, row: Int)] = []
    for degree in 1...parameters.polynomialOrder {
      for row in 0...degree { powers.append((degree - row, row)) }
    }
    // Coordinates run from −1 to 1, so that the powers stay of one size.
    let halfRows = max(0.5, Double(scene.rows - 1) / 2), halfColumns = max(0.5, Double(scene.columns - 1) / 2)
    let exponents = powers
    let model = LinearModel(
      names: powers.map { "column^\($0.column) row^\($0.row)" }, units: powers.map { _ in "per half side" }
    ) { row, column in
      let u = Double(column) / halfColumns - 1, v = Double(row) / halfRows - 1
      return exponents.map { Self.power(u, $0.column) * Self.power(v, $0.row) }
    }
    return try model.fitted(to: component, in: scene, half: half)
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}

/// Takes out what grows with height: parallax that an error of the elevation model or of the view angles leaves.
public struct HeightCorrection: FieldCorrection {
  public let name = "height"

  public init() {}

  public func model(
    of component: Component, in scene: CorrectionScene, half: FittingHalf
  ) throws(CorrectionRefusal) -> ComponentModel {
    guard let height = scene.height else { throw .missing("grid of heights") }
    let middle = Double(median(height.cells))
    guard middle.isFinite else { throw .missing("height above NaN") }
    let model = LinearModel(names: ["height"], units: ["per km"]) { row, column in
      [(Double(height[row, column]) - middle) / 1000]
    }
    return try model.fitted(to: component, in: scene, half: half)
  }
}
