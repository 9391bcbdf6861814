// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Processing
import RasterIO

/// Styles and small pictures of the rasters of an inversion, and the catalogue: an item for the whole, one for each year
/// and one for each date.
struct SeriesExports {
  let result: InvertResult
  let products: SeriesProducts
  let folder: RunFolder
  let runner: StageRunner

  func write() throws {
    let count = try writeStyles() + 2
    runner.progress.begin("exports", total: count, unit: "files")
    defer { runner.progress.end() }
    let pictures = try writeQuicklooks()
    runner.progress.advance()
    try writeCatalogue(pictures: pictures)
    runner.progress.advance()
  }

  /// Rasters that share a scale, such as those of all dates, have one style.
  private func writeStyles() throws -> Int {
    let all = products.all, scales = Set(all.map(\.scale)).sorted()
    let styles = try parallelMap(scales, threads: runner.threads) { name -> String in
      try runner.cancellation.check()
      guard let product = all.first(where: { $0.name == name }) else { return "" }
      let values = try SeriesMaps.reduced(product, products, result.place).cells
      return LayerStyle(product.content, values: values, unit: product.unit).qml
    }
    let byName = Dictionary(uniqueKeysWithValues: zip(scales, styles))
    for product in all {
      try folder.write(byName[product.scale] ?? "", to: product.name.replacing(/\.tif$/, with: ".qml"))
    }
    return all.count
  }

  /// - Returns: names of the files.
  private func writeQuicklooks() throws -> [String] {
    try ["speed", "east-velocity", "north-velocity", "motion-velocity"].compactMap { name in
      guard let product = products.named("products/\(name).tif") else { return nil }
      let values = try SeriesMaps.reduced(product, products, result.place)
      try folder.write(quicklook: name, Quicklook.render(values, isSigned: product.content == .signed).image)
      return "quicklook/\(name).png"
    }
  }
}

// MARK: - Catalogue

extension SeriesExports {
  private func writeCatalogue(pictures: [String]) throws {
    let times = result.input.times, days = result.model.days
    var catalogue = try RunCatalogue(id: URL(filePath: folder.path).lastPathComponent, place: result.place)
    catalogue.title = "Motion over time from \(times.count) pairs"
    catalogue.lineage =
      "Displacements of \(times.count) pairs of \(times.dates.count) dates, inverted by the method "
      + "\(result.parameters.method.rawValue)"
    (catalogue.softwareVersion, catalogue.processed) = (result.version, ISO8601DateFormatter().string(from: Date()))
    let files = CatalogueFiles(folder, runner.cancellation)
    try files.hash(products.all.map(\.name), threads: runner.threads)
    func rasters(_ products: [SeriesProducts.Product]) throws -> [RunCatalogue.File] {
      try products.map { try files.raster($0.name, title: $0.title, unit: $0.unit) }
    }
    let whole = catalogue.add(
      "series", from: Self.instant(days[0]), to: Self.instant(days[days.count - 1]),
      title: "Mean motion, seasons and all dates", inputs: try result.sources.map { try files.input($0) },
      files: try rasters(products.ofAll) + others(pictures, files))
    for year in products.years {
      catalogue.add(
        "\(year.number)", from: Self.instant(year.span.from), to: Self.instant(year.span.to),
        title: "Mean motion in \(year.number)", inputs: [whole], files: try rasters(year.products))
    }
    for (day, date) in products.writesDates ? Array(days.enumerated()) : [] {
      catalogue.add(
        SeriesDay.text(date), from: Self.instant(days[0]), to: Self.instant(date),
        title: "Displacement until \(SeriesDay.text(date))", inputs: [whole], files: try rasters(products.ofDate(day))
      )
    }
    try files.checksums.save()
    for document in catalogue.documents { try folder.write(document.text, to: document.path) }
  }

  /// What is no raster.
  private func others(_ pictures: [String], _ files: CatalogueFiles) throws -> [RunCatalogue.File] {
    func file(_ name: String, _ title: String, _ type: String, _ role: String = "data") throws -> RunCatalogue.File {
      var file = try files.file(name, title: title)
      (file.mediaType, file.role) = (type, role)
      return file
    }
    var out = try result.parameters.output.cube.formats.map { format in
      var cube = try file(
        SeriesCubeFile.name(format), "Displacement and velocity of all dates, with sigmas",
        format == .netCDF ? StacItem.netCDF : "application/vnd.zarr; version=2")
      cube.name = format == .netCDF ? "series" : "series-zarr"
      return cube
    }
    for (name, title) in [("pairs.csv", "How each pair closes"), ("dates.csv", "How each date closes")] {
      out.append(try file(name, title, "text/csv", "metadata"))
    }
    for name in pictures {
      var picture = try file(name, "Small picture", "image/png", "thumbnail")
      picture.name += "-thumbnail"
      out.append(picture)
    }
    return out
  }

  /// RFC 3339.
  private static func instant(_ day: Double) -> String {
    ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: (day * 86_400).rounded()))
  }
}
