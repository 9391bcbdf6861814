// SPDX-License-Identifier: Apache-2.0
import Deformation
import Foundation
import Grids
import Matching
import TimeSeries

/// A raster of results: what `products/<name>.tif` holds.
package struct Product: Sendable {
  package let name: String
  package let unit: String
  package let title: String
  package let values: Grid<Float>
  /// Whether it is left out of a run in which it has no value at all.
  package let isOptional: Bool

  init(_ name: String, unit: String, _ title: String, _ values: Grid<Float>, isOptional: Bool = false) {
    self.name = name
    self.unit = unit
    self.title = title
    self.values = values
    self.isOptional = isOptional
  }
}

/// Products by their names.
package struct ProductList: Sendable {
  package let products: [Product]

  init(_ products: [Product]) { self.products = products }

  package subscript(name: String) -> Grid<Float>? { products.first { $0.name == name }?.values }
}

/// How the offsets of a match become products: what is the same for all its points.
package struct MotionScale: Sendable {
  /// Nil leaves everything in pixels.
  let ground: GroundScale?
  /// Days between the images.
  let separation: Double?
  let parameters: MatchParameters
  /// Distance of the points, px.
  let spacing: Int
  /// Shape of the lattice.
  let rows, columns: Int
  /// What the layers hold as a whole.
  let survey: LayerSurvey

  package init(
    ground: GroundScale?, separation: Double?, parameters: MatchParameters, lattice: PointLattice, survey: LayerSurvey
  ) {
    (self.ground, self.separation, self.parameters) = (ground, separation, parameters)
    (spacing, rows, columns) = (lattice.spacing, lattice.rows, lattice.columns)
    self.survey = survey
  }

  /// Gradients over the gauge length, where one is asked for or the match has none.
  var gauge: GaugeStrain? {
    guard parameters.gaugeLength != nil || !survey.hasGradients, min(rows, columns) >= 3 else { return nil }
    var gauge = GaugeStrain.Parameters()
    gauge.gaugeLength = parameters.gaugeLength ?? Double(max(3 * spacing, 96))
    let window = survey.medianWindow
    gauge.effectiveWindow = window.isFinite ? Double(window) : 0
    return GaugeStrain(spacing: Double(spacing), parameters: gauge)
  }
}

/// Everything that is derived from the matched offsets of some rows.
package struct MotionProducts: Sendable {
  package private(set) var products: [Product] = []
  private let scale: MotionScale
  /// The row of the lattice that the first of the products' is.
  private let row: Int

  /// - Parameters:
  ///   - part: layers of the rows and of those around them that strain depends on.
  ///   - core: the rows of `part` that products are wanted for.
  ///   - row: the row of the lattice that the first of `core` is.
  package init(_ part: MatchLayers, core: Range<Int>, atRow row: Int, _ scale: MotionScale) {
    self.scale = scale
    self.row = row
    let rows = Window(row: core.lowerBound, column: 0, rows: core.count, columns: part.columns)
    let layers = part.cropped(to: rows)
    add("dx", "px", "offset to the right", layers[.dx], sigma: layers[.dxSigma])
    add("dy", "px", "offset down", layers[.dy], sigma: layers[.dySigma])
    add("ncc", "1", "peak correlation", layers[.ncc])
    add("snr", "1", "signal-to-noise ratio", layers[.snr])
    add("window", "px", "side of the window used", layers[.window])
    if scale.survey.hasGradients { addGradients(layers) }
    if let ground = scale.ground {
      addDisplacement(layers, ground)
      if let separation = scale.separation { addVelocity(separation) }
    }
    addStrain(part, rows)
  }

  private subscript(name: String) -> Grid<Float>? { products.first { $0.name == name }?.values }

  private mutating func add(
    _ name: String, _ unit: String, _ title: String, _ values: Grid<Float>, sigma: Grid<Float>? = nil,
    isOptional: Bool = false
  ) {
    products.append(Product(name, unit: unit, title, values, isOptional: isOptional))
    guard let sigma else { return }
    products.append(
      Product(name + "_sigma", unit: unit, "standard deviation of the \(title)", sigma, isOptional: true))
  }

  private mutating func addGradients(_ layers: MatchLayers) {
    let all: [(String, String, MatchLayers.Layer, MatchLayers.Layer)] = [
      ("dx_per_column", "change of dx by one pixel to the right", .dxPerColumn, .c00),
      ("dx_per_row", "change of dx by one pixel down", .dxPerRow, .c11),
      ("dy_per_column", "change of dy by one pixel to the right", .dyPerColumn, .c22),
      ("dy_per_row", "change of dy by one pixel down", .dyPerRow, .c33),
    ]
    for (name, title, layer, variance) in all {
      add(name, "1", title, layers[layer], sigma: layers[variance].map { $0.squareRoot() })
    }
  }

  private mutating func addDisplacement(_ layers: MatchLayers, _ ground: GroundScale) {
    let dx = layers[.dx], dy = layers[.dy], sx = layers[.dxSigma], sy = layers[.dySigma]
    var east = dx, north = dx, eastSigma = dx, northSigma = dx
    for row in 0..<dx.rows {
      for column in 0..<dx.columns {
        let s = ground.step(row: self.row + row, column: column)
        let x = Double(dx[row, column]), y = Double(dy[row, column])
        let u = Double(sx[row, column]), v = Double(sy[row, column])
        east[row, column] = Float(s.rightEast * x + s.downEast * y)
        north[row, column] = Float(s.rightNorth * x + s.downNorth * y)
        func length(_ a: Double, _ b: Double) -> Float { Float((a * a + b * b).squareRoot()) }
        eastSigma[row, column] = length(s.rightEast * u, s.downEast * v)
        northSigma[row, column] = length(s.rightNorth * u, s.downNorth * v)
      }
    }
    add("east", "m", "displacement to the east", east, sigma: eastSigma)
    add("north", "m", "displacement to the north", north, sigma: northSigma)
    let d = Self.polar(east, north, eastSigma, northSigma)
    add("displacement", "m", "length of the displacement", d.length, sigma: d.lengthSigma)
    add("direction", "degree", "direction of motion, clockwise from north", d.angle, sigma: d.angleSigma)
  }

  private mutating func addVelocity(_ separation: Double) {
    let factor = Float(StrainAnalysis.daysPerYear / separation)
    for (name, from, title) in [
      ("east_velocity", "east", "velocity to the east"), ("north_velocity", "north", "velocity to the north"),
      ("speed", "displacement", "speed"),
    ] {
      guard let values = self[from] else { continue }
      add(name, "m/yr", title, values.map { $0 * factor }, sigma: self[from + "_sigma"]?.map { $0 * factor })
    }
  }

  /// Length and direction of a vector with first-order errors. Near zero length the direction means nothing: its sigma
  /// is then capped at 180°, and that of the length at the larger component's.
  private static func polar(
    _ east: Grid<Float>, _ north: Grid<Float>, _ eastSigma: Grid<Float>, _ northSigma: Grid<Float>
  ) -> (length: Grid<Float>, lengthSigma: Grid<Float>, angle: Grid<Float>, angleSigma: Grid<Float>) {
    var length = east, lengthSigma = east, angle = east, angleSigma = east
    for i in east.cells.indices {
      let e = Double(east.cells[i]), n = Double(north.cells[i])
      let se = Double(eastSigma.cells[i]), sn = Double(northSigma.cells[i])
      let l = (e * e + n * n).squareRoot()
      length.cells[i] = Float(l)
      guard l.isFinite else {
        (lengthSigma.cells[i], angle.cells[i], angleSigma.cells[i]) = (.nan, .nan, .nan)
        continue
      }
      let degrees = 180 / Double.pi
      let azimuth = atan2(e, n) * degrees
      angle.cells[i] = Float(azimuth < 0 ? azimuth + 360 : azimuth)
      lengthSigma.cells[i] = Float(VectorLength.sigma(e, n, se, sn))
      angleSigma.cells[i] = Float(
        l > 0 ? min(180, ((n * se) * (n * se) + (e * sn) * (e * sn)).squareRoot() / (l * l) * degrees) : 180)
    }
    return (length, lengthSigma, angle, angleSigma)
  }

  private mutating func addStrain(_ part: MatchLayers, _ rows: Window) {
    var choices = StrainAnalysis.Parameters()
    choices.material = scale.parameters.material
    let analysis = StrainAnalysis(
      transform: scale.ground?.transform ?? .pixels, separation: scale.separation, parameters: choices)
    // Without standard deviations the direction of motion is taken as exact, not as unknown.
    let isKnown = scale.survey.hasSigmas
    let motion = MotionField(
      dx: part[.dx], dy: part[.dy], dxSigma: isKnown ? part[.dxSigma] : nil, dySigma: isKnown ? part[.dySigma] : nil)
    let gradients: GradientField
    if let gauge = scale.gauge {
      gradients = gauge.gradients(of: motion)
    } else if scale.survey.hasGradients && scale.parameters.gaugeLength == nil {
      gradients = Self.ownGradients(part)
    } else {
      return
    }
    let field = analysis.rates(of: gradients, motion: motion)
    for component in Self.components {
      add(
        Self.fileName(component), component.unit(isRate: scale.separation != nil), component.summary,
        field[component].cropped(to: rows), sigma: field.sigma(of: component).cropped(to: rows), isOptional: true)
    }
  }

  static let components: [StrainComponent] = [
    .longitudinal, .transverse, .shear, .vertical, .rotation, .principalLargest, .principalSmallest,
    .principalAzimuth, .effective,
  ]

  static func fileName(_ component: StrainComponent) -> String {
    switch component {
    case .rotation: "rotation"
    case .principalLargest: "strain_principal_largest"
    case .principalSmallest: "strain_principal_smallest"
    case .principalAzimuth: "strain_principal_azimuth"
    default: "strain_\(component.rawValue)"
    }
  }

  /// The gradients that the match itself has found.
  private static func ownGradients(_ layers: MatchLayers) -> GradientField {
    var covariance = Grid(rows: layers.rows, columns: layers.columns, filledWith: GradientCovariance.unknown)
    for index in covariance.cells.indices where layers.value(.c00, index).isFinite {
      var c = GradientCovariance()
      for i in 0..<4 {
        for j in 0...i { c[i, j] = Double(layers.value(.covariance(i, j), index)) }
      }
      covariance.cells[index] = c
    }
    return GradientField(
      dxPerColumn: layers[.dxPerColumn], dxPerRow: layers[.dxPerRow], dyPerColumn: layers[.dyPerColumn],
      dyPerRow: layers[.dyPerRow], covariance: covariance)
  }
}
