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
    (georeference.transform ?? .rowsDown).grid(
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

  private enum Piece: Sendable {
    case vectors, quicklook(String), flags
    case product(ProductFiles.Entry)
  }

  /// Writes everything, several files at a time.
  func write(_ found: MatchEvaluation.Outcome) throws {
    // The vectors take longest, so they begin first.
    let looks = ["speed", "displacement", "dx", "dy", "strain_longitudinal", "strain_shear"]
    let pieces: [Piece] =
      [.vectors, .flags] + looks.map { .quicklook($0) } + found.products.entries.map { .product($0) }
    _ = try parallelMap(pieces, threads: threads) { piece in
      try cancellation.check()
      switch piece {
      case .vectors: try writeVectors(found.products)
      case .flags: try writeFlags(found.flags)
      case .quicklook(let name): try writeQuicklook(name, found.products)
      case .product(let product): try write(product)
      }
    }
  }

  /// Parts of a raster that are written at once: the blocks of large rasters before they get their final form.
  private var parts: TilePlan {
    TilePlan(rows: lattice.rows, columns: lattice.columns, tileRows: 512, tileColumns: 2048)
  }

  private func write(_ product: ProductFiles.Entry) throws {
    try folder.write("products/\(product.name).tif") { path in
      let writer = try RasterWriter.create(path, layout(.float32, unit: product.unit, title: product.title))
      for index in 0..<parts.count {
        let part = parts[index]
        try writer.write(try product.file.read(part), atRow: part.row, column: part.column)
      }
      try writer.finish()
    }
  }

  private func writeFlags(_ flags: GridFile<UInt8>) throws {
    var layout = layout(.uint8, unit: "", title: "0 measured, else why not")
    layout.overviews = .nearest
    layout.nodata = Double(Self.notAsked)
    layout.metadata = MatchFlag.allCases.map { RasterTag("FLAG_\($0.rawValue)", "\($0)") }
    try folder.write("products/flags.tif") { path in
      let writer = try RasterWriter.create(path, layout)
      for index in 0..<parts.count {
        let part = parts[index]
        try writer.write(
          try flags.read(part).map { MarkedFlag(byte: $0).product }, atRow: part.row, column: part.column)
      }
      try writer.finish()
    }
  }

  /// Most arrows in `vectors.gpkg`.
  static let mostVectors = 50_000

  /// One arrow a measured point, from the point to where it went, with everything that was found there. More than
  /// `mostVectors` points are thinned to every n-th row and column.
  private func writeVectors(_ products: ProductFiles) throws {
    var step = 1
    while (lattice.rows / step) * (lattice.columns / step) > Self.mostVectors { step += 1 }
    let plain = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: -1)
    let place = georeference.transform ?? plain
    let entries = products.entries
    guard let dx = entries.firstIndex(where: { $0.name == "dx" }),
      let dy = entries.firstIndex(where: { $0.name == "dy" })
    else { return }
    try folder.write("vectors.gpkg") { path in
      let writer = try GeoPackageWriter.create(
        path,
        VectorLayout(
          layer: "vectors", geometry: .line, fields: entries.map { .init($0.name, .double) }, crs: georeference.crs))
      for row in stride(from: 0, to: lattice.rows, by: step) {
        try cancellation.check()
        let lines = try entries.map { try $0.file.read(row..<row + 1).cells }
        for column in stride(from: 0, to: lattice.columns, by: step) where lines[dx][column].isFinite {
          let r = Double(lattice.row + row * lattice.spacing), c = Double(lattice.column + column * lattice.spacing)
          let a = place.coordinate(row: r, column: c)
          let b = place.coordinate(row: r + Double(lines[dy][column]), column: c + Double(lines[dx][column]))
          try writer.write(
            [MapPoint(east: a.east, north: a.north), MapPoint(east: b.east, north: b.north)],
            lines.map { .double(Double($0[column])) })
        }
      }
      try writer.finish()
    }
  }

  private func writeQuicklook(_ name: String, _ products: ProductFiles) throws {
    guard products.hasValues(name), let file = products[name]?.file else { return }
    let small = try Quicklook.reduced(rows: file.rows, columns: file.columns) { try file.read($0) }
    let picture = Quicklook.render(small, isSigned: !["speed", "displacement"].contains(name)).image
    try folder.write(quicklook: name, picture)
  }

  @Sendable static func encodePNG(_ rgba: [UInt8], _ rows: Int, _ columns: Int) throws -> [UInt8] {
    let cells = stride(from: 0, to: rgba.count, by: 4).map {
      RGBA(rgba[$0], rgba[$0 + 1], rgba[$0 + 2], rgba[$0 + 3])
    }
    return try PNG.encode(Grid(rows: rows, columns: columns, cells: cells))
  }
}
