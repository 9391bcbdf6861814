// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Matching
import Parameters
import Processing
import RasterIO
import TimeSeries

/// The rasters of an inversion: the mean motion, seasons, calendar years, what tells how far to trust them, and one for
/// each date.
struct SeriesProducts {
  let run: InvertResult
  let folder: RunFolder
  let runner: StageRunner
  let writesDates: Bool

  /// A raster and how it comes from the kept layers.
  struct Product: Sendable {
    let name: String
    let title, unit: String
    /// What decides its colours.
    let content: LayerStyle.Content
    let layers: [String]
    let value: @Sendable ([Float]) -> Float
    /// The raster whose values are the ends of its scale.
    var scale: String

    init(
      name: String, title: String, unit: String, content: LayerStyle.Content, layers: [String],
      scale: String? = nil, value: @escaping @Sendable ([Float]) -> Float
    ) {
      (self.name, self.title, self.unit, self.content) = (name, title, unit, content)
      (self.layers, self.scale, self.value) = (layers, scale ?? name, value)
    }
  }

  /// The rasters of one calendar year.
  struct Year {
    let number: Int
    let span: DayInterval
    let products: [Product]
  }

  func write() throws {
    let products = all
    runner.progress.begin("publish", total: products.count, unit: "rasters")
    defer { runner.progress.end() }
    let stage = StageIdentity("series-raster", version: 1, parameters: [:])
    _ = try parallelMap(products, threads: runner.threads) { product in
      try runner.cancellation.check()
      let key = stage.key(reading: run.outcome.keys.map(\.checksum) + [SHA256.checksum(of: product.name)])
      let isNew = try folder.write(product.name, key: key) { try write(product, to: $0) }
      if !isNew { runner.progress.reuse(1) }
      runner.progress.advance()
    }
  }

  var all: [Product] {
    ofAll + years.flatMap(\.products) + (writesDates ? run.model.days.indices.flatMap(ofDate) : [])
  }

  /// Those of the whole time.
  var ofAll: [Product] { mean + quality + seasons + illumination }

  /// Nil where the method or the data have no such raster.
  func named(_ name: String) -> Product? { all.first { $0.name == name } }

  // MARK: - Mean

  private var components: Range<Int> { 0..<run.components }
  private static let words = ["to the east", "to the north"]
  private func direction(_ component: Int) -> String {
    run.components == 1 ? "along the data's axis" : Self.words[component]
  }
  private func short(_ component: Int) -> String { run.components == 1 ? "motion" : ["east", "north"][component] }

  private var mean: [Product] {
    let last = run.model.days.count - 1, rate = Float(1 / run.years)
    var out: [Product] = []
    for c in components {
      out.append(
        Product(
          name: "products/\(short(c))-velocity.tif", title: "mean velocity \(direction(c))", unit: "m/yr",
          content: .signed,
          layers: [SeriesLayer.displacement(c, last)]
        ) { $0[0] * rate })
      out.append(
        Product(
          name: "products/\(short(c))-sigma.tif", title: "standard deviation of the mean velocity \(direction(c))",
          unit: "m/yr", content: .uncertainty, layers: [SeriesLayer.displacementSigma(c, last)]
        ) { $0[0] * rate })
    }
    guard run.components == 2 else { return out }
    out.append(
      Product(
        name: "products/speed.tif", title: "length of the mean velocity", unit: "m/yr", content: .amount,
        layers: components.map { SeriesLayer.displacement($0, last) }
      ) { ($0[0] * $0[0] + $0[1] * $0[1]).squareRoot() * rate })
    out.append(
      Product(
        name: "products/speed-sigma.tif", title: "standard deviation of the length of the mean velocity",
        unit: "m/yr",
        content: .uncertainty,
        layers: components.map { SeriesLayer.displacement($0, last) }
          + components.map { SeriesLayer.displacementSigma($0, last) }
      ) { Float(VectorLength.sigma(Double($0[0]), Double($0[1]), Double($0[2]), Double($0[3]))) * rate })
    return out
  }

  // MARK: - Quality

  private var quality: [Product] {
    var out = [
      Product(
        name: "products/count.tif", title: "pairs that were there", unit: "", content: .amount,
        layers: [SeriesLayer.count]
      ) { $0[0] }
    ]
    for c in components {
      out.append(
        Product(
          name: "products/\(short(c))-misclosure.tif", title: "RMS of the pairs about the series \(direction(c))",
          unit: "m",
          content: .uncertainty, layers: [SeriesLayer.misclosure(c)]
        ) { $0[0] })
      out.append(
        Product(
          name: "products/\(short(c))-noise.tif",
          title: "scatter of the good pairs over what is stated, \(direction(c))",
          unit: "", content: .uncertainty, layers: [SeriesLayer.noise(c)]
        ) { $0[0] })
    }
    if case .smooth = run.model {
      out.append(
        Product(
          name: "products/wrong-share.tif", title: "estimated share of wrong pairs", unit: "", content: .share,
          layers: [SeriesLayer.wrongShare]
        ) { $0[0] })
      for c in components {
        out.append(
          Product(
            name: "products/\(short(c))-walk.tif",
            title: "what a year changes the velocity \(direction(c)) by, beside seasons, one sigma", unit: "m/yr",
            content: .amount, layers: [SeriesLayer.walk(c)]
          ) { $0[0] })
      }
    } else {
      out.append(
        Product(
          name: "products/parts.tif", title: "groups of dates that the pairs connect", unit: "", content: .amount,
          layers: [SeriesLayer.parts]
        ) { $0[0] })
    }
    return out
  }

  // MARK: - Seasons

  private var seasons: [Product] {
    guard run.model.harmonics > 0 else { return [] }
    let last = run.model.days.count - 1
    var layers = components.map { SeriesLayer.displacement($0, last) }
    for c in components { layers += [SeriesLayer.season(c, 0, 0), SeriesLayer.season(c, 0, 1)] }
    for c in components { layers += [SeriesLayer.seasonSigma(c, 0, 0), SeriesLayer.seasonSigma(c, 0, 1)] }
    let count = run.components
    return [
      Product(
        name: "products/season-amplitude.tif", title: "half the yearly swing of the velocity along the mean motion",
        unit: "m/yr", content: .amount, layers: layers
      ) { Float(SeasonReading($0, components: count)?.measuredAmplitude ?? .nan) },
      Product(
        name: "products/season-sigma.tif", title: "standard deviation of the season's amplitude", unit: "m/yr",
        content: .uncertainty, layers: layers
      ) { Float(SeasonReading($0, components: count)?.amplitudeSigma ?? .nan) },
      Product(
        name: "products/season-peak.tif",
        title: "day of the year on which the season is fastest, where it is significant", unit: "d",
        content: .dayOfYear,
        layers: layers
      ) { Float(SeasonReading($0, components: count)?.dayOfMaximum ?? .nan) },
    ]
  }

  // MARK: - Years and dates

  var years: [Year] {
    run.model.years.enumerated().map { index, span in
      let number = SeriesDay.date((span.from + span.to) / 2).year
      return Year(number: number, span: span, products: ofYear(number, span, interval: run.model.steps.count + index))
    }
  }

  private func ofYear(_ year: Int, _ span: DayInterval, interval: Int) -> [Product] {
    let covered = Int((span.years * 100).rounded())
    let share = covered < 99 ? ", of which the pairs see \(covered) %" : ""
    var out = components.map { c in
      Product(
        name: "products/years/\(short(c))-velocity-\(year).tif",
        title: "mean velocity \(direction(c)) in \(year)\(share)",
        unit: "m/yr", content: .signed, layers: [SeriesLayer.velocity(c, interval)]
      ) { $0[0] }
    }
    guard run.components == 2 else { return out }
    out.append(
      Product(
        name: "products/years/speed-\(year).tif", title: "length of the mean velocity in \(year)\(share)",
        unit: "m/yr", content: .amount, layers: components.map { SeriesLayer.velocity($0, interval) }
      ) {
        ($0[0] * $0[0] + $0[1] * $0[1]).squareRoot()
      })
    out.append(
      Product(
        name: "products/years/sigma-\(year).tif", title: "standard deviation of a component of that velocity",
        unit: "m/yr", content: .uncertainty, layers: components.map { SeriesLayer.velocitySigma($0, interval) }
      ) {
        (($0[0] * $0[0] + $0[1] * $0[1]) / 2).squareRoot()
      })
    return out
  }

  /// The displacements at one of the days; all days share the scale of the last.
  func ofDate(_ day: Int) -> [Product] {
    let date = SeriesDay.text(run.model.days[day]), last = SeriesDay.text(run.model.days[run.model.days.count - 1])
    return components.flatMap { c -> [Product] in
      let name = "products/dates/\(short(c))-displacement"
      return [
        Product(
          name: "\(name)-\(date).tif",
          title: "displacement \(direction(c)) from \(SeriesDay.text(run.model.days[0])) to \(date)", unit: "m",
          content: .signed, layers: [SeriesLayer.displacement(c, day)], scale: "\(name)-\(last).tif"
        ) { $0[0] },
        Product(
          name: "\(name)-sigma-\(date).tif", title: "standard deviation of that displacement", unit: "m",
          content: .uncertainty, layers: [SeriesLayer.displacementSigma(c, day)], scale: "\(name)-sigma-\(last).tif"
        ) { $0[0] },
      ]
    }
  }

  // MARK: - Writing

  private func write(_ product: Product, to path: String) throws {
    try TiledRaster(place: run.place, unit: product.unit, title: product.title).write(to: path) { window in
      try values(product, window)
    }
  }

  /// The values of a product in a window.
  func values(_ product: Product, _ window: Window) throws -> Grid<Float> {
    let layers = try run.outcome.layers.floats(product.layers, window)
    var out = layers[0], own = [Float](repeating: 0, count: layers.count)
    for cell in out.cells.indices {
      for index in layers.indices { own[index] = layers[index].cells[cell] }
      out.cells[cell] = product.value(own)
    }
    return out
  }
}

extension SeasonReading {
  /// From the layers in the order of `SeriesProducts.seasons`.
  fileprivate init?(_ layers: [Float], components: Int) {
    let numbers = layers.map(Double.init)
    func parts(_ component: Int) -> Parts {
      guard component < components else { return Parts(cosine: 0, sine: 0, cosineSigma: 0, sineSigma: 0) }
      let values = components + 2 * component, sigmas = values + 2 * components
      return Parts(
        cosine: numbers[values], sine: numbers[values + 1], cosineSigma: numbers[sigmas],
        sineSigma: numbers[sigmas + 1])
    }
    self.init(east: parts(0), north: parts(1), meanEast: numbers[0], meanNorth: components > 1 ? numbers[1] : 0)
  }
}
