// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing
import RasterIO

/// How much of the area a pair of dates cannot tell anything about.
///
/// Taken at up to 250 000 places spread over the grid. The area is that of `area`, less what is left out of all dates by a mask
/// or by its slope; of that counts what either date has no pixel of, or under a cloud, or in the shadow of the terrain.
struct MaskedShare {
  let context: StackContext
  let input: StackInput
  let images: GridStage.Outcome
  let clouds: CloudStage.Outcome
  let terrain: Terrain?

  private static let sampledRows = 250, sampledColumns = 1000
  /// A pixel with less weight is under cloud.
  private static let cloud: UInt8 = 64

  /// The shares of the pairs of a network, 0 to 1, in its order.
  func shares(of network: StackNetwork) throws -> [Double] {
    let area = try area()
    let count = area.lazy.filter { $0 }.count
    var usable: [Int: [Bool]] = [:]
    return try network.network.pairs.map { pair in
      let dates = network.images(of: pair)
      for date in [dates.reference, dates.secondary] where usable[date] == nil { usable[date] = try places(of: date) }
      guard count > 0, let a = usable[dates.reference], let b = usable[dates.secondary] else { return 1 }
      let seen = area.indices.lazy.filter { area[$0] && a[$0] && b[$0] }.count
      return 1 - Double(seen) / Double(count)
    }
  }

  // MARK: - Places

  private var rows: [Int] { Self.spread(input.grid.rows, Self.sampledRows) }
  private var columns: [Int] { Self.spread(input.grid.columns, Self.sampledColumns) }

  private static func spread(_ count: Int, _ most: Int) -> [Int] {
    let chosen = min(count, most)
    return (0..<chosen).map { (2 * $0 + 1) * count / (2 * chosen) }
  }

  /// The values of each row at the sampled columns, row by row.
  private func sampled<Cell>(_ read: (Window) throws -> [Cell]) throws -> [Cell] {
    let columns = columns
    return try rows.flatMap { row in
      let line = try read(Window(row: row, column: 0, rows: 1, columns: input.grid.columns))
      return columns.map { line[$0] }
    }
  }

  private func area() throws -> [Bool] {
    let place = input.grid.georeference
    var out = try sampled { window in Array(repeating: true, count: window.columns) }
    if case .polygons(let file)? = context.parameters.images.area {
      let inside = try MaskSource.open(file.path, on: place)
      let within = try sampled { try inside.read($0).cells }
      for index in out.indices where !within[index] { out[index] = false }
    }
    if let mask = context.parameters.masks.mask {
      let left = try MaskSource.open(mask.text, on: place)
      let without = try sampled { try left.read($0).cells }
      for index in out.indices where without[index] { out[index] = false }
    }
    if let terrain, terrain.slopes != nil {
      let flat = try sampled { try terrain.ofPixels.isOut([], $0).cells }
      for index in out.indices where flat[index] { out[index] = false }
    }
    return out
  }

  private func places(of date: Int) throws -> [Bool] {
    guard let image = images.images[date] else { return columns.flatMap { _ in rows.map { _ in false } } }
    return try sampled { window in
      let pixels = try image.floats([GridStage.field], window)[0].cells
      let weights = try clouds.weights?.bytes(CloudStage.field(date), window, outside: CloudStage.missing).cells
      let dark = try terrain.map { try $0.ofPixels.withoutSlopes.isOut([date], window).cells }
      return pixels.indices.map { index in
        pixels[index].isFinite && (weights?[index] ?? .max) >= Self.cloud && dark?[index] != true
      }
    }
  }
}

extension Terrain {
  /// The same, asked for by pixels of the grid.
  fileprivate var ofPixels: Terrain {
    with(PointLattice(row: 0, column: 0, spacing: 1, rows: 0, columns: 0), slopes)
  }

  fileprivate var withoutSlopes: Terrain { with(lattice, nil) }

  private func with(_ lattice: PointLattice, _ slopes: ClosedRange<Double>?) -> Terrain {
    Terrain(units: units, cell: cell, lattice: lattice, slopes: slopes, suns: suns, base: base, step: step)
  }
}
