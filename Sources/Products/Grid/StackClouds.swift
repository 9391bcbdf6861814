// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import RasterIO

/// Cloud weights of all passes of a stack, by windows of the common grid: 1 surely ground, 0 surely cloud.
///
/// `TemporalClouds` over the bands that tell clouds from ice best among those that every pass has: a visible one with 1.6 µm,
/// else near infrared alone (old snow and ice are darker there than in the visible, clouds are not), else a visible one,
/// else the band that is matched. Digital numbers without calibration are scaled to about 0 to 1: of 8 bits by 255, others
/// by the 0.999 quantile of all passes.
public final class StackClouds: Sendable {
  public let passes: [ScenePass]
  public let grid: SceneGrid
  /// The bands in use: one, or a visible one and that at 1.6 µm.
  public let bands: [BandName]

  private let images: [[PassImage]]
  private let scale: Float
  private let parameters: TemporalClouds.Parameters

  /// - Parameters:
  ///   - bands: what `bands(of:matched:)` gives, which every pass has.
  ///   - nodata: value of plain rasters that stands for no data; nil looks for the flat fill around a cut-out picture.
  /// - Throws: `SceneError` where an image cannot be opened or read.
  public init(
    _ passes: [ScenePass], bands: [BandName], grid: SceneGrid, nodata: Double? = nil,
    parameters: TemporalClouds.Parameters = TemporalClouds.Parameters()
  ) throws(SceneError) {
    (self.passes, self.bands, self.grid, self.parameters) = (passes, bands, grid, parameters)
    var images: [[PassImage]] = []
    for band in bands {
      images.append(
        try passes.map { (pass) throws(SceneError) in try PassImage(pass, band: band, grid: grid, nodata: nodata) })
    }
    self.images = images
    scale = try Self.scale(images[0])
  }

  /// Pixels that a window's weights depend on, beyond its own.
  public var margin: Int { max(1, parameters.correlates ? parameters.correlationRadius : 0) }

  /// The weights of a window for each pass, NaN where it has no data. Memory: about eight values a pixel and pass.
  ///
  /// In other windows the same, to rounding of running sums (below 1e-5).
  public func read(_ window: Window, threads: Int = 1) throws -> [Grid<Float>] {
    try weights(window, threads: threads) { pass, band, part in
      guard let place = bands.firstIndex(of: band) else { preconditionFailure("a band that is not in use") }
      return try images[place][pass].read(part)
    }
  }

  /// The same from pixels that the caller has at hand: images are decoded once for many windows.
  ///
  /// - Parameter pixels: of a window of a pass (by its index) in a band; NaN outside the grid.
  public func weights(
    _ window: Window, threads: Int = 1, pixels: (Int, BandName, Window) throws -> Grid<Float>
  ) rethrows -> [Grid<Float>] {
    let with = window.grown(by: margin), factor = scale
    let scenes = try passes.indices.map { pass in
      TemporalClouds.Scene(
        visible: try pixels(pass, bands[0], with).map { $0 * factor },
        swir1: bands.count > 1 ? try pixels(pass, bands[1], with).map { $0 * factor } : nil)
    }
    let inner = Window(row: margin, column: margin, rows: window.rows, columns: window.columns)
    return TemporalClouds(scenes, parameters: parameters, threads: threads).weights.map { $0.cropped(to: inner) }
  }

  /// Mean weight of each pass over the grid, nil where it has no data: one minus it is its share of cloud.
  ///
  /// - Parameters:
  ///   - mask: pixels that count; nil takes all.
  ///   - side: of the windows in which the grid is read, px.
  public func means(
    within mask: MaskSource? = nil, threads: Int = 1, side: Int = 512
  ) throws -> [Double?] {
    var sums = [Double](repeating: 0, count: passes.count), counts = sums
    for row in stride(from: 0, to: grid.rows, by: side) {
      for column in stride(from: 0, to: grid.columns, by: side) {
        let window = Window(row: row, column: column, rows: side, columns: side).intersection(grid.window)
        let isCounted = try mask?.read(window)
        for (date, weights) in try read(window, threads: threads).enumerated() {
          for i in weights.cells.indices where !weights.cells[i].isNaN && isCounted?.cells[i] != false {
            sums[date] += Double(weights.cells[i])
            counts[date] += 1
          }
        }
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : nil }
  }

  // MARK: - Bands and scale

  /// The bands that tell clouds best: one, or a visible one and that at 1.6 µm.
  ///
  /// - Parameter matched: the band that every pass has in any case.
  public static func bands(of passes: [ScenePass], matched: BandName) -> [BandName] {
    func allHave(_ band: BandName) -> Bool {
      passes.allSatisfy { $0.scenes.allSatisfy { $0.band(band) != nil } }
    }
    let visible = [BandName.blue, .green, .red].first(where: allHave)
    if let visible, allHave(.swir1) { return [visible, .swir1] }
    if allHave(.nir) { return [.nir] }
    return [visible ?? matched]
  }

  /// Factor that brings pixels to about 0 to 1.
  private static func scale(_ images: [PassImage]) throws(SceneError) -> Float {
    let bands = images.flatMap { image in image.pass.scenes.compactMap { $0.band(image.band) } }
    if bands.allSatisfy({ $0.calibration != nil }) { return 1 }
    do throws(RasterError) {
      let types = try bands.map { (band) throws(RasterError) in try band.open().image.info.dataType }
      if types.allSatisfy({ $0 == .uint8 }) { return 1 / 255 }
      guard let first = images.first else { return 1 }
      let factor = max(1, max(first.rows, first.columns) / 256)
      var cells: [Float] = []
      for image in images { cells += try image.readDecimated(factor: factor).cells.filter { !$0.isNaN } }
      let level = quantiles(cells, at: [0.999])[0]
      return level > 0 ? 1 / level : 1
    } catch {
      throw SceneError(.damaged, images.first?.pass.scenes[0].path ?? "", error.message, cause: error.cause)
    }
  }
}
