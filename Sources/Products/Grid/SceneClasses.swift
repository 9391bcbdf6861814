// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import RasterIO

/// Classes of one scene on a grid, from one of its own files or from its colours.
struct SceneClasses: Sendable {
  let origin: PassClasses.Origin
  /// Pixels of the grid that the scene reaches.
  let bounds: Window
  private let reader: @Sendable (Window) throws(RasterError) -> Grid<SurfaceClass>

  func read(_ window: Window) throws(RasterError) -> Grid<SurfaceClass> { try reader(window) }

  /// Nil where the scene does not reach the grid or has nothing to tell clouds by.
  static func find(
    _ scene: Scene, grid: SceneGrid, options: PassClasses.Options
  ) throws(SceneError) -> SceneClasses? {
    do throws(RasterError) {
      if let own = try ownClasses(scene, grid, options) { return own }
      if let coloured = try spectral(scene, grid, options) { return coloured }
      return try cloudMask(scene, grid)
    } catch {
      switch error.kind {
      case .noOverlap: return nil
      case .gridMismatch, .noTransformation:
        throw SceneError(.gridMismatch, scene.path, error.message, cause: error.cause)
      default:
        throw SceneError(error.kind == .missing ? .missing : .damaged, scene.path, error.message, cause: error.cause)
      }
    }
  }

  private static func ownClasses(
    _ scene: Scene, _ grid: SceneGrid, _ options: PassClasses.Options
  ) throws(RasterError) -> SceneClasses? {
    if let mask = scene.masks(.sceneClassification).first {
      let (image, bounds) = try nearest(mask, grid), parameters = options.sceneClassification
      return SceneClasses(origin: .sceneClassification, bounds: bounds) {
        (window) throws(RasterError) in
        SceneClassification.classes(try image.read(window), parameters: parameters)
      }
    }
    if let mask = scene.masks(.qualityPixel).first {
      let (image, bounds) = try nearest(mask, grid), parameters = options.pixelQuality
      return SceneClasses(origin: .pixelQuality, bounds: bounds) { (window) throws(RasterError) in
        PixelQuality.classes(try image.read(window), parameters: parameters)
      }
    }
    return nil
  }

  private static func spectral(
    _ scene: Scene, _ grid: SceneGrid, _ options: PassClasses.Options
  ) throws(RasterError) -> SceneClasses? {
    guard let source = try SpectralSource(scene, grid: grid, parameters: options.spectral) else { return nil }
    let shadows = options.addsCloudShadows ? try CloudShadows(scene, grid: grid, parameters: options.spectral) : nil
    return SceneClasses(origin: .spectral, bounds: source.bounds) { (window) throws(RasterError) in
      let classes = try source.read(window)
      return shadows?.adding(to: classes, window) ?? classes
    }
  }

  /// Opaque cloud, cirrus and snow as three bands of 0 and 1.
  private static func cloudMask(_ scene: Scene, _ grid: SceneGrid) throws(RasterError) -> SceneClasses? {
    guard let mask = scene.masks(.cloudsAndSnow).first(where: { $0.form == .raster }) else { return nil }
    let (opaque, bounds) = try nearest(mask, grid)
    let cirrus = try nearest(mask, grid, band: 2).image, snow = try nearest(mask, grid, band: 3).image
    return SceneClasses(origin: .cloudMask, bounds: bounds) { (window) throws(RasterError) in
      let clouds = try opaque.read(window), thin = try cirrus.read(window), white = try snow.read(window)
      var out = clouds.map { $0.isNaN ? SurfaceClass.null : $0 > 0 ? .cloud : .land }
      for i in out.cells.indices where out.cells[i] == .land {
        if thin.cells[i] > 0 { out.cells[i] = .cloud } else if white.cells[i] > 0 { out.cells[i] = .snow }
      }
      return out
    }
  }

  /// A mask on the grid, and the pixels whose centres it covers: to the edges of its own, which may be coarser.
  private static func nearest(
    _ mask: SceneMask, _ grid: SceneGrid, band: Int = 1
  ) throws(RasterError) -> (image: AlignedImage, bounds: Window) {
    let image = try RasterImage.open(mask.path, band: band)
    let place = image.info.georeference, raster = grid.georeference
    let aligned = try grid.align(image, at: place, kernel: .nearest)
    guard grid.isOnMap else { return (aligned, aligned.report.overlap) }
    let covered = try raster.pixels(in: place.extent, of: place.crs)
    return (aligned, covered.map { raster.window.intersection($0) } ?? aligned.report.overlap)
  }
}

/// Classes of a scene by its colours, on a grid.
///
/// Worked out in blocks that are anchored to the grid, so that they do not depend on the window. Holes of clouds that reach
/// farther than the margin of a block may stay open at its edge.
struct SpectralSource: Sendable {
  private let bands: [AlignedImage]
  private let grid: SceneGrid
  private let parameters: SpectralClassification.Parameters

  private static let names: [BandName] = [.blue, .green, .red, .nir, .swir1, .swir2]
  /// Side of a block and of its margin, px. A hole of the default 500 px is 22 px wide where it is round.
  private static let side = 512, margin = 48
  /// Longest side at which a scene is looked at as a whole, px.
  private static let wholeSide = 512

  /// Nil where the scene lacks one of six bands with a known reflectance, or a place on a map.
  init?(_ scene: Scene, grid: SceneGrid, parameters: SpectralClassification.Parameters) throws(RasterError) {
    let found = Self.names.compactMap { scene.band($0) }
    guard found.count == Self.names.count, found.allSatisfy(\.isReflectance) else { return nil }
    let place = try found[0].open().image.info.georeference
    guard place.transform != nil, grid.transform != nil else { return nil }
    self.grid = grid
    bands = try Self.align(found, grid)
    var parameters = parameters
    if parameters.clearLevel == nil {
      // The whole scene, because a part may be all cloud.
      let whole = SceneGrid(place).coarsened(by: max(1, max(place.rows, place.columns) / Self.wholeSide))
      let image = try SpectralBands(try Self.align(found, whole), whole.window)
      parameters.clearLevel = SpectralClassification(image, parameters: parameters).clearLevel
    }
    self.parameters = parameters
  }

  var bounds: Window { bands.dropFirst().reduce(bands[0].report.overlap) { $0.intersection($1.report.overlap) } }

  func nearInfrared(_ window: Window) throws(RasterError) -> Grid<Float> { try bands[3].read(window) }

  func read(_ window: Window) throws(RasterError) -> Grid<SurfaceClass> {
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: SurfaceClass.null)
    let inside = grid.window.intersection(window)
    if inside.isEmpty { return out }
    for row in stride(from: inside.row / Self.side * Self.side, to: inside.endRow, by: Self.side) {
      for column in stride(from: inside.column / Self.side * Self.side, to: inside.endColumn, by: Self.side) {
        let block = Window(row: row, column: column, rows: Self.side, columns: Self.side)
        let part = block.intersection(inside), with = block.grown(by: Self.margin).intersection(grid.window)
        let classes = SpectralClassification(try SpectralBands(bands, with), parameters: parameters).classes
        let cut = Window(
          row: part.row - with.row, column: part.column - with.column, rows: part.rows, columns: part.columns)
        out.insert(classes.cropped(to: cut), atRow: part.row - window.row, column: part.column - window.column)
      }
    }
    return out
  }

  private static func align(_ bands: [SceneBand], _ grid: SceneGrid) throws(RasterError) -> [AlignedImage] {
    try bands.map { (band) throws(RasterError) -> AlignedImage in
      let full = try band.open()
      let place = full.image.info.georeference
      // Pixels of the band in one of the grid, where both count in the same unit.
      var factor = 1.0
      if let own = place.transform, let other = grid.transform, place.crs?.metresPerUnit == grid.crs?.metresPerUnit {
        factor = other.pixelSize.width / own.pixelSize.width
      }
      let image = factor >= 2 ? try band.openOverview(atMost: factor) : full
      return try grid.align(image, at: image.image.info.georeference)
    }
  }
}

extension SceneBand {
  fileprivate var isReflectance: Bool {
    if case .reflectance? = calibration { true } else { false }
  }
}

extension SpectralBands {
  /// A window of six images in the order of wavelength.
  fileprivate init(_ images: [AlignedImage], _ window: Window) throws(RasterError) {
    self.init(
      blue: try images[0].read(window), green: try images[1].read(window), red: try images[2].read(window),
      nir: try images[3].read(window), swir1: try images[4].read(window), swir2: try images[5].read(window))
  }
}
