// SPDX-License-Identifier: Apache-2.0
import Deformation
import Foundation
import Grids
import Processing
import RasterIO
import Simulation

/// The truth rasters of a simulated pair.
struct TruthLayer: Sendable {
  /// Name behind `truth_`, unit and description.
  let name, unit, description: String
  let values: @Sendable (TruthTile, StrainRateField?) -> Grid<Float>

  /// The offsets.
  static let offsets = [
    TruthLayer(name: "dx", unit: "px", description: "true offset to the right") { truth, _ in truth.dx },
    TruthLayer(name: "dy", unit: "px", description: "true offset down") { truth, _ in truth.dy },
  ]

  /// The gradients of the offsets; `dx_dy` is the change of dx by one step down.
  static let gradients = [
    TruthLayer(name: "dx_dx", unit: "px/px", description: "true dx per column") { truth, _ in truth.dxPerColumn },
    TruthLayer(name: "dx_dy", unit: "px/px", description: "true dx per row") { truth, _ in truth.dxPerRow },
    TruthLayer(name: "dy_dx", unit: "px/px", description: "true dy per column") { truth, _ in truth.dyPerColumn },
    TruthLayer(name: "dy_dy", unit: "px/px", description: "true dy per row") { truth, _ in truth.dyPerRow },
  ]

  /// The strain of the interval between the images, in axes along and across the motion.
  static let strain = StrainProduct.all.map { product in
    TruthLayer(
      name: product.name, unit: product.component.unit(isRate: false),
      description: "true " + product.component.summary
    ) { _, strain in strain?[product.component] ?? Grid(rows: 0, columns: 0, cells: []) }
  }
}

/// The strain components that are written, and the names of their files.
struct StrainProduct: Sendable {
  let name: String
  let component: StrainComponent

  static let all = [
    StrainProduct(name: "strain_longitudinal", component: .longitudinal),
    StrainProduct(name: "strain_transverse", component: .transverse),
    StrainProduct(name: "strain_shear", component: .shear),
    StrainProduct(name: "strain_vertical", component: .vertical),
    StrainProduct(name: "rotation", component: .rotation),
  ]
}

/// The rasters of a simulated pair while they are being written.
///
/// Nothing stands under a final name until `publish` has seen all of them whole.
final class SimulationProducts: Sendable {
  /// Reference, secondary, then the truth.
  let layers: [TruthLayer]
  private let names: [String]
  private let writers: [RasterWriter]
  private let folder: RunFolder

  /// - Throws: `RasterError`, `ProcessingError` when the folder can't be written.
  init(_ folder: RunFolder, _ place: Georeference, storage: GreyStorage, layers: [TruthLayer]) throws {
    self.folder = folder
    self.layers = layers
    var grey = RasterLayout(
      rows: place.rows, columns: place.columns, type: storage.type, transform: place.transform, crs: place.crs)
    grey.nodata = storage.nodata.map(Double.init)
    let truth = layers.map { layer in
      var layout = RasterLayout(
        rows: place.rows, columns: place.columns, transform: place.transform, crs: place.crs)
      layout.unit = layer.unit
      layout.description = layer.description
      return layout
    }
    names = ["reference.tif", "secondary.tif"] + layers.map { "truth_\($0.name).tif" }
    var writers: [RasterWriter] = []
    for (name, layout) in zip(names, [grey, grey] + truth) {
      writers.append(try RasterWriter.create(try folder.partialPath(for: name), layout))
    }
    self.writers = writers
  }

  /// Writes one tile of every raster.
  func write(_ grids: [Grid<Float>], at window: Window) throws {
    for (writer, grid) in zip(writers, grids) { try writer.write(grid, atRow: window.row, column: window.column) }
  }

  /// Finishes the rasters, then moves all of them into place.
  func publish(_ progress: ProgressReporter, _ cancellation: Cancellation) throws {
    progress.begin("writing files", total: writers.count, unit: "files")
    defer { progress.end() }
    for writer in writers {
      try cancellation.check()
      try writer.finish()
      progress.advance()
    }
    try cancellation.check()
    for name in names { try folder.publish(name) }
  }

  /// Takes away everything that is not in place yet.
  func cancel() {
    for writer in writers {
      writer.cancel()
      unlink(writer.path)
    }
  }

  /// Upper estimate of the bytes on the disk: every raster twice while it is copied into its final form.
  static func bytes(rows: Int, columns: Int, layers: Int) -> Int { rows * columns * 4 * (layers + 2) * 5 / 4 }
}
