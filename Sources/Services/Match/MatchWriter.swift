// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Matching
import Processing
import RasterIO

/// Writes the rasters, vectors and quicklooks of a match into its run folder.
struct MatchWriter: Sendable {
  let folder: RunFolder
  let lattice: PointLattice
  let georeference: Georeference
  let threads: Int
  let cancellation: Cancellation

  /// The lattice as a raster: each cell centred on its measured point.
  static func transform(of lattice: PointLattice, in georeference: Georeference) -> GeoTransform {
    let plain = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: 1)
    return (georeference.transform ?? plain).grid(
      row: Double(lattice.row), column: Double(lattice.column), spacing: Double(lattice.spacing))
  }

  private func layout(_ type: RasterLayout.SampleType, unit: String, title: String) -> RasterLayout {
    var layout = RasterLayout(
      rows: lattice.rows, columns: lattice.columns, type: type,
      transform: Self.transform(of: lattice, in: georeference), crs: georeference.crs)
    layout.unit = unit
    layout.description = title
    return layout
  }

  /// Flags of points outside the area of interest.
  static let notAsked: UInt8 = 255

  /// Writes everything, several files at a time.
  func write(_ products: [Product], flags: Grid<UInt8>) throws {
    let failure = Failure()
    // The vectors take longest, so they begin first.
    parallelFor(count: products.count + 3, threads: threads) { index in
      guard !failure.hasFailed else { return }
      do {
        try cancellation.check()
        switch index {
        case 0: try writeVectors(products)
        case 1: try writeQuicklooks(products)
        case 2: try writeFlags(flags)
        default: try write(products[index - 3])
        }
      } catch { failure.note(error) }
    }
    if let error = failure.first { throw error }
  }

  private func write(_ product: Product) throws {
    try folder.write("products/\(product.name).tif") { path in
      let writer = try RasterWriter.create(path, layout(.float32, unit: product.unit, title: product.title))
      try writer.write(product.values)
      try writer.finish()
    }
  }

  private func writeFlags(_ flags: Grid<UInt8>) throws {
    var layout = layout(.uint8, unit: "", title: "0 measured, else why not")
    layout.overviews = .nearest
    layout.nodata = Double(Self.notAsked)
    layout.metadata = MatchFlag.allCases.map { RasterTag("FLAG_\($0.rawValue)", "\($0)") }
    try folder.write("products/flags.tif") { path in
      let writer = try RasterWriter.create(path, layout)
      try writer.write(flags)
      try writer.finish()
    }
  }

  /// Most arrows in `vectors.gpkg`.
  static let mostVectors = 50_000

  /// One arrow a measured point, from the point to where it went, with everything that was found there. More than
  /// `mostVectors` points are thinned to every n-th row and column.
  private func writeVectors(_ products: [Product], name: String = "vectors.gpkg") throws {
    guard let dx = products.first(where: { $0.name == "dx" })?.values,
      let dy = products.first(where: { $0.name == "dy" })?.values
    else { return }
    var step = 1
    while (dx.rows / step) * (dx.columns / step) > Self.mostVectors { step += 1 }
    let plain = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: -1)
    let place = georeference.transform ?? plain
    let fields = products.map { VectorLayout.Field($0.name, .double) }
    try folder.write(name) { path in
      let writer = try GeoPackageWriter.create(
        path, VectorLayout(layer: "vectors", geometry: .line, fields: fields, crs: georeference.crs))
      for row in stride(from: 0, to: dx.rows, by: step) {
        try cancellation.check()
        for column in stride(from: 0, to: dx.columns, by: step) where dx[row, column].isFinite {
          let r = Double(lattice.row + row * lattice.spacing), c = Double(lattice.column + column * lattice.spacing)
          let a = place.coordinate(row: r, column: c)
          let b = place.coordinate(row: r + Double(dy[row, column]), column: c + Double(dx[row, column]))
          try writer.write(
            [MapPoint(east: a.east, north: a.north), MapPoint(east: b.east, north: b.north)],
            products.map { .double(Double($0.values[row, column])) })
        }
      }
      try writer.finish()
    }
  }

  private func writeQuicklooks(_ products: [Product]) throws {
    for name in ["speed", "displacement", "dx", "dy", "strain_longitudinal", "strain_shear"] {
      guard let product = products.first(where: { $0.name == name }),
        product.values.cells.contains(where: \.isFinite)
      else { continue }
      let picture = Quicklook.render(product.values, isSigned: !["speed", "displacement"].contains(name)).image
      let bytes = try Self.encodePNG(picture.rgba, picture.rows, picture.columns)
      try folder.write("quicklook/\(name).png", with: { path in try Data(bytes).write(to: URL(filePath: path)) })
    }
  }

  @Sendable static func encodePNG(_ rgba: [UInt8], _ rows: Int, _ columns: Int) throws -> [UInt8] {
    let cells = stride(from: 0, to: rgba.count, by: 4).map {
      RGBA(rgba[$0], rgba[$0 + 1], rgba[$0 + 2], rgba[$0 + 3])
    }
    return try PNG.encode(Grid(rows: rows, columns: columns, cells: cells))
  }
}

/// The first error of several threads.
private final class Failure: @unchecked Sendable {
  private let lock = NSLock()
  private var error: (any Error)?

  func note(_ error: any Error) { lock.withLock { if self.error == nil { self.error = error } } }
  var hasFailed: Bool { lock.withLock { error != nil } }
  var first: (any Error)? { lock.withLock { error } }
}
