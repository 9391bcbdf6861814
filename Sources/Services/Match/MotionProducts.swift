// SPDX-License-Identifier: Apache-2.0
import Deformation
import Foundation
import Grids
import Matching

/// A raster of results: what `products/<name>.tif` holds.
struct Product: Sendable {
  let name: String
  let unit: String
  let title: String
  let values: Grid<Float>

  init(_ name: String, unit: String, _ title: String, _ values: Grid<Float>) {
    self.name = name
    self.unit = unit
    self.title = title
    self.values = values
  }
}

/// Everything that is derived from the matched offsets.
struct MotionProducts: Sendable {
  private(set) var products: [Product] = []

  subscript(name: String) -> Grid<Float>? { products.first { $0.name == name }?.values }
  func unit(_ name: String) -> String { products.first { $0.name == name }?.unit ?? "" }

  init(_ layers: MatchLayers, ground: GroundScale?, separation: Double?, parameters p: MatchParameters, spacing: Int)
  {
    add("dx", "px", "offset to the right", layers[.dx], sigma: layers[.dxSigma])
    add("dy", "px", "offset down", layers[.dy], sigma: layers[.dySigma])
    add("ncc", "1", "peak correlation", layers[.ncc])
    add("snr", "1", "signal-to-noise ratio", layers[.snr])
    add("window", "px", "side of the window used", layers[.window])
    addGradients(layers)
    if let ground {
      addDisplacement(layers, ground)
      if let separation { addVelocity(separation) }
    }
    addStrain(layers, ground, separation, p, spacing)
  }

  private mutating func add(
    _ name: String, _ unit: String, _ title: String, _ values: Grid<Float>, sigma: Grid<Float>? = nil
  ) {
    products.append(Product(name, unit: unit, title, values))
    guard let sigma, sigma.cells.contains(where: \.isFinite) else { return }
    products.append(Product(name + "_sigma", unit: unit, "standard deviation of the \(title)", sigma))
  }

  private mutating func addGradients(_ layers: MatchLayers) {
    guard layers[.dxPerColumn].cells.contains(where: \.isFinite) else { return }
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
        let s = ground.step(row: row, column: column)
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
      lengthSigma.cells[i] = Float(
        l > 0 ? ((e * se) * (e * se) + (n * sn) * (n * sn)).squareRoot() / l : max(se, sn))
      angleSigma.cells[i] = Float(
        l > 0 ? min(180, ((n * se) * (n * se) + (e * sn) * (e * sn)).squareRoot() / (l * l) * degrees) : 180)
    }
    return (length, lengthSigma, angle, angleSigma)
  }

  private mutating func addStrain(
    _ layers: MatchLayers, _ ground: GroundScale?, _ separation: Double?, _ p: MatchParameters, _ spacing: Int
  ) {
    var choices = StrainAnalysis.Parameters()
    choices.material = p.material
    let square = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: -1)
    let analysis = StrainAnalysis(
      transform: ground?.transform ?? square, separation: separation, parameters: choices)
    let isOwn = p.gaugeLength == nil && layers[.dxPerColumn].cells.contains(where: \.isFinite)
    // Own gradients are taken point by point: bands of rows bound the memory of all their covariances.
    let band = isOwn ? Self.bandRows : layers.rows
    let missing = Grid<Float>(rows: layers.rows, columns: layers.columns, filledWith: .nan)
    var values = Self.components.map { _ in missing }, sigmas = values
    for row in stride(from: 0, to: layers.rows, by: band) {
      let part = layers.cropped(
        to: Window(row: row, column: 0, rows: min(band, layers.rows - row), columns: layers.columns))
      let motion = MotionField(dx: part[.dx], dy: part[.dy], dxSigma: part[.dxSigma], dySigma: part[.dySigma])
      guard let gradients = isOwn ? Self.ownGradients(part) : gauged(part, motion, p, spacing) else { return }
      let field = analysis.rates(of: gradients, motion: motion)
      for (index, component) in Self.components.enumerated() {
        values[index].insert(field[component], atRow: row, column: 0)
        sigmas[index].insert(field.sigma(of: component), atRow: row, column: 0)
      }
    }
    for (index, component) in Self.components.enumerated() where values[index].cells.contains(where: \.isFinite) {
      add(
        Self.fileName(component), component.unit(isRate: separation != nil), component.summary, values[index],
        sigma: sigmas[index])
    }
  }

  private static let bandRows = 128

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

  /// Gradients over the gauge length, where one is asked for or the match has none.
  private func gauged(
    _ layers: MatchLayers, _ motion: MotionField, _ p: MatchParameters, _ spacing: Int
  ) -> GradientField? {
    guard min(layers.rows, layers.columns) >= 3 else { return nil }
    var gauge = GaugeStrain.Parameters()
    gauge.gaugeLength = p.gaugeLength ?? Double(max(3 * spacing, 96))
    let windows = median(layers[.window].cells)
    gauge.effectiveWindow = windows.isFinite ? Double(windows) : 0
    let known = motion.dxSigma?.cells.contains(where: \.isFinite) == true
    let field = known ? motion : MotionField(dx: motion.dx, dy: motion.dy)
    return GaugeStrain(spacing: Double(spacing), parameters: gauge).gradients(of: field)
  }
}
