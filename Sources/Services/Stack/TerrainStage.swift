// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import Matching
import Parameters
import Processing
import Products
import RasterIO

/// The stage `terrain`: where the ground lay in the shadow of the terrain on each date, and how steep it is.
///
/// Worked out on cells about as large as those of the elevation model, which hold all that it can tell. Ground around a tile
/// is read as far toward the sun as shadows are long, so memory is that of a tile.
struct TerrainStage {
  let context: StackContext
  let input: StackInput
  let elevation: ElevationModel?
  let scale: GroundScale?

  struct Outcome: Sendable {
    /// Nil where nobody asked.
    var terrain: Terrain?
    var keys: [UnitKey] = []
    var notices: [String] = []
  }

  /// Side of a tile, cells.
  private static let side = 512
  /// Ground that is more than this higher casts no shadow that counts, m; shadows are looked for as far as 40 km.
  private static let mostRise = 3000.0, farthest = 40_000.0

  /// - Throws: `ParameterError` for what needs heights where there are none.
  static func check(_ p: MpicParameters, hasScale: Bool) throws(ParameterError) {
    let asking = [
      ("terrainShadow", "--terrain-shadow", p.masks.terrainShadow),
      ("minimumSlope", "--minimum-slope", p.masks.minimumSlope != nil),
      ("maximumSlope", "--maximum-slope", p.masks.maximumSlope != nil),
      ("slopeFilter", "--slope-filter", p.filters.slopeFilter),
    ].first(where: \.2)
    guard let (name, flag, _) = asking else { return }
    if p.corrections.dem == nil { throw .conflict(name, "\(flag) needs the heights of the ground: give --dem") }
    if !hasScale {
      throw .conflict(
        name, "\(flag) needs to know how large a pixel is: give --pixel-size, for the images have no map")
    }
  }

  /// Whether anyone asks for the terrain.
  static func isWanted(_ p: MpicParameters) -> Bool {
    p.masks.terrainShadow || p.masks.slopes != nil || p.filters.slopeFilter
  }

  /// Side of the cells that terrain is worked out on, px.
  ///
  /// - Parameter pixel: side of a pixel, m.
  static func cell(of elevation: ElevationModel, pixel: Double) -> Int {
    max(1, min(32, Int((elevation.cellMetres ?? 0) / pixel)))
  }

  func run() throws -> Outcome {
    let p = context.parameters
    guard Self.isWanted(p), let elevation, let scale else {
      return Outcome()
    }
    let files = try elevation.files.map {
      try context.folder.checksums.checksum(ofInput: $0, cancellation: context.runner.cancellation)
    }
    try context.folder.checksums.save()
    var notices: [String] = []
    let suns = p.masks.terrainShadow ? try suns(&notices) : input.dates.map { _ in nil }
    let middle = scale.step(row: context.plan.lattice.rows / 2, column: context.plan.lattice.columns / 2).pixelSize
    let pixel = min(middle.width, middle.height)
    let cell = Self.cell(of: elevation, pixel: pixel)
    let grid = input.grid.coarsened(by: cell)
    let work = TerrainTile(
      heights: try heights(elevation, grid, suns, pixel * Double(cell)), suns: suns, cell: cell,
      window: (p.matching.windowRadius + cell - 1) / cell)
    let plan = TilePlan(rows: grid.rows, columns: grid.columns, tileRows: Self.side, tileColumns: Self.side)
    let base = input.grid.identity.merged(with: ["cell": .integer(cell), "window": .integer(p.matching.windowRadius)])
    let stage = StageIdentity(
      "stack-terrain", version: 1,
      parameters: base.merged(with: ["suns": .array(suns.map { .string(Terrain.name($0)) })]))
    let keys = (0..<plan.count).map { stage.key(reading: files, window: plan[$0]) }
    let units = keys.indices.map {
      StageUnit("terrain, tile \($0 + 1)", key: keys[$0], work: plan[$0].rows * plan[$0].columns)
    }
    let outcomes = try context.runner.run("terrain", unit: "cells", units) { index in
      try work.unit(plan[index], transform: transform(of: plan[index], cell, scale))
    }
    if let failure = outcomes.firstFailure { throw failure }
    let terrain = Terrain(
      units: TiledUnits(plan, keys: keys, in: context.store), cell: cell, lattice: context.plan.lattice,
      slopes: p.masks.slopes, suns: suns,
      base: StageIdentity("stack-terrain", version: 1, parameters: base).key(reading: files).checksum,
      step: scale.step(row: context.plan.lattice.rows / 2, column: context.plan.lattice.columns / 2))
    return Outcome(terrain: terrain, keys: keys, notices: notices)
  }

  /// Heights on the cells, and the height of the highest ground that may cast a shadow on them.
  private func heights(
    _ elevation: ElevationModel, _ grid: SceneGrid, _ suns: [SunPosition?], _ cell: Double
  ) throws -> TerrainTile.Ground {
    let lowest = suns.compactMap { $0?.elevation }.min()
    let metres = lowest.map { min(Self.farthest, Self.mostRise / tan($0 * .pi / 180)) } ?? 0
    let margin = Int(metres / cell) + 8
    let whole = grid.window.grown(by: margin)
    let factor = max(1, max(whole.rows, whole.columns) / 512)
    let coarse = grid.cropped(to: whole).coarsened(by: factor)
    let seen = try elevation.heights(on: coarse).read(coarse.window).cells.filter(\.isFinite)
    guard let low = seen.min(), let high = seen.max() else {
      throw RasterError(.noOverlap, "the elevation model knows no height on the images; give one that covers them")
    }
    // Cells that are means hide the tops of peaks.
    return TerrainTile.Ground(
      heights: try elevation.heights(on: grid, margin: margin), highest: high + 50 + (high - low) / 10, margin: margin
    )
  }

  /// A cell in metres to true east and north, where the tile lies.
  private func transform(of tile: Window, _ cell: Int, _ scale: GroundScale) -> GeoTransform {
    let lattice = context.plan.lattice
    func point(_ first: Int, _ count: Int, _ start: Int, _ points: Int) -> Int {
      max(0, min(points - 1, ((first + count / 2) * cell - start) / lattice.spacing))
    }
    let step = scale.step(
      row: point(tile.row, tile.rows, lattice.row, lattice.rows),
      column: point(tile.column, tile.columns, lattice.column, lattice.columns))
    let side = Double(cell)
    return GeoTransform(
      originEast: 0, originNorth: 0, eastPerColumn: step.rightEast * side, northPerRow: step.downNorth * side,
      eastPerRow: step.downEast * side, northPerColumn: step.rightNorth * side)
  }

  // MARK: - The sun

  /// Where the sun stood on each date: as the product says, else from the time and the place.
  private func suns(_ notices: inout [String]) throws -> [SunPosition?] {
    let place = try input.grid.georeference.geographicMiddle()
    var unknown: [String] = []
    let suns = input.dates.map { date -> SunPosition? in
      let pass = date.pass
      if let said = pass.scenes.compactMap(\.angles.sun).first {
        return said.elevation > 0 ? SunPosition(azimuth: said.azimuth, elevation: said.elevation) : nil
      }
      guard pass.date.hasTime, let place else {
        unknown.append(pass.date.day)
        return nil
      }
      return SunPosition(seconds: pass.date.seconds, latitude: place.latitude, longitude: place.longitude)
    }
    if !unknown.isEmpty {
      notices.append(
        "Nothing says where the sun stood on \(unknown.prefix(3).joined(separator: ", "))"
          + (unknown.count > 3 ? " and \(unknown.count - 3) more dates" : "")
          + ": no shadow of the terrain is left out there. A time of day in the date and images on a map would tell.")
    }
    return suns
  }
}

/// What one tile of the terrain is made of.
private struct TerrainTile: Sendable {
  struct Ground: Sendable {
    let heights: ElevationModel.Heights
    /// Of all ground around, m.
    let highest: Float
    /// Cells around the grid that may be read.
    let margin: Int
  }

  let heights: Ground
  let suns: [SunPosition?]
  let cell: Int
  /// Half side of the matching window, cells: a window that reaches into a shadow follows its edge.
  let window: Int

  func unit(_ tile: Window, transform: GeoTransform) throws -> UnitArrays {
    let near = tile.grown(by: window + 1)
    let ground = try heights.heights.read(near)
    let inner = ground.cropped(to: tile.grown(by: 1).moved(to: near))
    let rises = TerrainSlope.rises(inner, transform: transform)
    let cut = Window(row: 1, column: 1, rows: tile.rows, columns: tile.columns)
    var fields: [UnitArrays.Field] = [
      .init("rise-east", rises.east.cropped(to: cut), as: .half),
      .init("rise-north", rises.north.cropped(to: cut), as: .half),
    ]
    var planes = Array(
      repeating: Grid(rows: tile.rows, columns: tile.columns, filledWith: UInt8(0)), count: (suns.count + 7) / 8)
    if suns.contains(where: { $0 != nil }) {
      let (far, place) = try around(near, ground, transform)
      for (date, sun) in suns.enumerated() {
        guard let sun else { continue }
        let part = near.moved(to: place)
        var dark = TerrainShadow.sunlit(far, in: part, transform: transform, sun: sun).map { !$0 }
        guard dark.cells.contains(true) else { continue }
        dark = dark.buffered(by: Double(window))
        let own = dark.cropped(to: tile.moved(to: near))
        for index in own.cells.indices where own.cells[index] {
          planes[date / 8].cells[index] |= 1 << UInt8(date % 8)
        }
      }
    }
    for (index, plane) in planes.enumerated() { fields.append(.init(Terrain.plane(index), plane)) }
    return UnitArrays(fields)
  }

  /// The ground from which shadows may fall on a window, and where that lies.
  private func around(
    _ near: Window, _ ground: Grid<Float>, _ transform: GeoTransform
  ) throws -> (Grid<Float>, Window) {
    let lowest = ground.cells.filter(\.isFinite).min() ?? heights.highest
    let rise = Double(max(0, heights.highest - lowest))
    var top = near.row, bottom = near.endRow, left = near.column, right = near.endColumn
    for sun in suns {
      guard let sun else { continue }
      let reach = TerrainShadow.reach(ofRise: rise, transform: transform, sun: sun)
      let rows = max(-heights.margin, min(heights.margin, reach.rows))
      let columns = max(-heights.margin, min(heights.margin, reach.columns))
      (top, bottom) = (min(top, near.row + rows), max(bottom, near.endRow + rows))
      (left, right) = (min(left, near.column + columns), max(right, near.endColumn + columns))
    }
    let window = Window(row: top, column: left, rows: bottom - top, columns: right - left)
    return (try heights.heights.read(window), window)
  }
}
