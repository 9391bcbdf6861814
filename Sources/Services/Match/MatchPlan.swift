// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing
import RasterIO

/// Where a match measures and in which tiles.
package struct MatchPlan: Sendable {
  /// All points of the scene.
  package let scene: PointLattice
  /// The part that is measured, in points of `scene`.
  package let region: Window
  /// Points inside the area of interest; nil where all are wanted.
  package let area: MaskSource?
  package let tileSide: Int
  /// The places that are measured where a list of them was given: the lattice then only counts them, one a row.
  package let points: [Matching.PixelPoint]?

  /// All pixels of the reference.
  package let sceneWindow: Window

  /// Pixels of a tile's core. A multiple of the pixels that blocks of the matcher start at.
  private static let corePixels = 1024

  package init(_ pair: ImagePair, _ p: MatchParameters) throws {
    sceneWindow = pair.scene
    if let file = p.points {
      let list = try PointTable.points(file.path, on: pair.georeference)
      points = list.map { .init(row: $0.row, column: $0.column) }
      scene = PointLattice(row: 0, column: 0, spacing: 1, rows: list.count, columns: 1)
      region = Window(row: 0, column: 0, rows: list.count, columns: 1)
      (area, tileSide) = (nil, 1)
      guard list.contains(where: { isInside(.init(row: $0.row, column: $0.column), window: 1, pair.scene) }) else {
        throw ServiceError(
          .noPoints,
          "none of the \(list.count) points of \(file.path) lies in \(p.reference.path); check their coordinate system "
            + "and their columns")
      }
      return
    }
    points = nil
    let spacing = p.spacing ?? Self.automaticSpacing(pair.rows, pair.columns)
    scene = PointLattice(height: pair.rows, width: pair.columns, spacing: spacing)
    tileSide = max(1, Self.corePixels / spacing)
    if let text = p.area?.text {
      let source = try MaskSource.open(text, on: pair.georeference)
      area = source
      region = Self.points(in: source.bounds, of: scene)
    } else {
      area = nil
      region = Self.points(in: pair.aligned.report.overlap, of: scene)
    }
    if region.isEmpty {
      throw ServiceError(
        .noPoints,
        "no measuring point, one every \(spacing) px, falls into the area; give a larger --area or a smaller --spacing"
      )
    }
  }

  /// Eight pixels, as dense as windows of 25 px and more can tell apart, halved until a small image has some points.
  private static func automaticSpacing(_ rows: Int, _ columns: Int) -> Int {
    min(rows, columns) >= 256 ? 8 : 4
  }

  private static func points(in pixels: Window, of lattice: PointLattice) -> Window {
    func range(_ first: Int, _ end: Int, _ origin: Int, _ count: Int) -> (Int, Int) {
      let low = max(0, (first - origin + lattice.spacing - 1) / lattice.spacing)
      let high = min(count, (end - 1 - origin) >= 0 ? (end - 1 - origin) / lattice.spacing + 1 : 0)
      return (low, max(0, high - low))
    }
    let (row, rows) = range(pixels.row, pixels.endRow, lattice.row, lattice.rows)
    let (column, columns) = range(pixels.column, pixels.endColumn, lattice.column, lattice.columns)
    return Window(row: row, column: column, rows: rows, columns: columns)
  }

  /// The measured points.
  package var lattice: PointLattice { scene.part(region) }

  /// The pixels that the points stand for.
  package var pixels: Window {
    guard let points, !points.isEmpty else { return lattice.pixels.grown(by: scene.spacing / 2) }
    func range(_ values: [Double]) -> (Int, Int) { (Int(values.min() ?? 0), Int(values.max() ?? 0)) }
    func limited(_ value: Double) -> Double { max(-1e7, min(1e7, value)) }
    let (top, bottom) = range(points.map { limited($0.row) }),
      (left, right) = range(points.map { limited($0.column) })
    let side = max(64, bottom - top, right - left)
    return Window(row: top, column: left, rows: bottom - top + 1, columns: right - left + 1).grown(by: side / 10)
  }

  /// Tiles of the scene, anchored to it, that hold points of the region: windows in points of `scene`.
  package var tiles: [Window] {
    var out: [Window] = []
    for row in stride(from: region.row / tileSide * tileSide, to: region.endRow, by: tileSide) {
      for column in stride(from: region.column / tileSide * tileSide, to: region.endColumn, by: tileSide) {
        out.append(
          Window(
            row: row, column: column, rows: min(tileSide, scene.rows - row),
            columns: min(tileSide, scene.columns - column)))
      }
    }
    return out
  }

  /// Pixels of a tile with the margin of the matcher, on the matcher's alignment. What lies further than a step beyond
  /// the scene is empty and left out.
  package func block(of tile: Window, margin: Int) -> Window {
    let step = DenseMatching.alignment
    let pixels = scene.part(tile).pixels.grown(by: margin).intersection(sceneWindow.grown(by: step))
    func down(_ v: Int) -> Int { v >= 0 ? v / step * step : -((-v + step - 1) / step) * step }
    func up(_ v: Int) -> Int { -down(-v) }
    let row = down(pixels.row), column = down(pixels.column)
    return Window(
      row: row, column: column, rows: up(pixels.endRow) - row, columns: up(pixels.endColumn) - column)
  }
}
