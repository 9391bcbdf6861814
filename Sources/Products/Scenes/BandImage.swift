// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// The pixels of a scene's band, NaN where the product says that there are none.
public struct BandImage: PixelSource {
  public let band: SceneBand
  public let image: RasterImage
  /// Whether pixels come as reflectance or kelvin instead of digital numbers.
  public let isCalibrated: Bool

  public var rows: Int { image.rows }
  public var columns: Int { image.columns }
  public var blockShape: (rows: Int, columns: Int) { image.blockShape }

  public func read(_ window: Window) throws(RasterError) -> Grid<Float> {
    var grid = try image.read(window)
    if let missing = band.missing {
      for index in grid.cells.indices where grid.cells[index] == missing { grid.cells[index] = .nan }
    }
    guard isCalibrated, let calibration = band.calibration else { return grid }
    return grid.map { Float(calibration.value(of: Double($0))) }
  }
}

extension SceneBand {
  /// Opens the band for reading by windows.
  ///
  /// - Parameter isCalibrated: whether pixels come as reflectance or kelvin; without a known calibration they stay
  ///   digital numbers.
  public func open(isCalibrated: Bool = true) throws(RasterError) -> BandImage {
    BandImage(band: self, image: try RasterImage.open(path, band: number), isCalibrated: isCalibrated)
  }

  /// Opens a stored overview of the band, calibrated, or the band itself: the coarsest whose pixels are at most `factor`
  /// times as wide as the band's. To look at an image, not to measure on it.
  func openOverview(atMost factor: Double) throws(RasterError) -> BandImage {
    let whole = try open()
    let factors = whole.image.info.overviewFactors
    let fitting = factors.indices.filter { Double(factors[$0]) <= factor }.max { factors[$0] < factors[$1] }
    guard let fitting else { return whole }
    let image = try RasterImage.open(path, band: number, overview: fitting)
    return BandImage(band: self, image: image, isCalibrated: true)
  }
}
