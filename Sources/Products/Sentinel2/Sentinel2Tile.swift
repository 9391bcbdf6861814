// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// What the metadata of one tile of a Sentinel-2 product say.
struct Sentinel2Tile {
  /// E.g. `33XWJ`.
  let tile: String?
  let time: String?
  /// Grids of the bands, the finest first.
  let grids: [Georeference]
  let angles: SceneAngles
  /// Elements `MASK_FILENAME`.
  let masks: [MetadataTree]

  init(_ tree: MetadataTree, path: String) throws(SceneError) {
    guard tree.name.hasSuffix("_Tile_ID"), let geometry = tree.child("Geometric_Info") else {
      throw SceneError(.badMetadata, path, "\(path) is no metadata of a Sentinel-2 tile")
    }
    let identifier = tree.text("TILE_ID") ?? tree.text("TILE_ID_2A") ?? path
    tile = identifier.firstMatch(of: /_T([0-9]{2}[A-Z]{3})/).map { String($0.1) }
    time = tree.text("SENSING_TIME")
    grids = Self.grids(geometry, name: path)
    angles = Self.angles(geometry)
    masks = tree.all("MASK_FILENAME")
  }

  private static func grids(_ geometry: MetadataTree, name: String) -> [Georeference] {
    guard let code = geometry.text("HORIZONTAL_CS_CODE"), let crs = try? CRS(code) else { return [] }
    return geometry.all("Geoposition").compactMap { position -> (Double, Georeference)? in
      guard let resolution = position.attribute("resolution"), let side = Double(resolution),
        let size = geometry.all("Size").first(where: { $0.attribute("resolution") == resolution }),
        let rows = size.number("NROWS"), let columns = size.number("NCOLS"), let east = position.number("ULX"),
        let north = position.number("ULY"), let right = position.number("XDIM"), let down = position.number("YDIM")
      else { return nil }
      let transform = GeoTransform(originEast: east, originNorth: north, eastPerColumn: right, northPerRow: down)
      let grid = Georeference(name: name, rows: Int(rows), columns: Int(columns), transform: transform, crs: crs)
      return (side, grid)
    }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  private static func angles(_ geometry: MetadataTree) -> SceneAngles {
    var angles = SceneAngles()
    angles.sun = geometry.first("Mean_Sun_Angle").flatMap(direction)
    angles.sunGrid = geometry.first("Sun_Angles_Grid").flatMap(grid)
    for part in geometry.all("Mean_Viewing_Incidence_Angle") {
      guard let band = Sentinel2Band(index: part.attribute("bandId")), let mean = direction(part) else { continue }
      angles.views.append(SceneAngles.BandView(band: band.rawValue, direction: mean))
    }
    for part in geometry.all("Viewing_Incidence_Angles_Grids") {
      guard let band = Sentinel2Band(index: part.attribute("bandId")),
        let detector = part.attribute("detectorId").flatMap(Int.init), let grid = grid(part)
      else { continue }
      angles.detectors.append(SceneAngles.DetectorView(band: band.rawValue, detector: detector, grid: grid))
    }
    return angles
  }

  private static func direction(_ part: MetadataTree) -> SkyDirection? {
    guard let zenith = part.number("ZENITH_ANGLE"), let azimuth = part.number("AZIMUTH_ANGLE"), zenith.isFinite,
      azimuth.isFinite
    else { return nil }
    return SkyDirection(zenith: zenith, azimuth: azimuth)
  }

  private static func grid(_ part: MetadataTree) -> AngleGrid? {
    guard let zenith = part.child("Zenith"), let azimuth = part.child("Azimuth"),
      let spacing = zenith.number("COL_STEP"), spacing > 0, spacing == zenith.number("ROW_STEP"),
      let zeniths = values(zenith), let azimuths = values(azimuth), zeniths.rows == azimuths.rows,
      zeniths.columns == azimuths.columns
    else { return nil }
    return AngleGrid(zenith: zeniths, azimuth: azimuths, spacing: spacing)
  }

  private static func values(_ part: MetadataTree) -> Grid<Float>? {
    let rows = part.all("VALUES").compactMap(\.numbers)
    guard let columns = rows.first?.count, columns > 0, rows.allSatisfy({ $0.count == columns }) else { return nil }
    return Grid(rows: rows.count, columns: columns, cells: rows.flatMap { $0.map { Float($0) } })
  }
}
