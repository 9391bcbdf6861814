// SPDX-License-Identifier: Apache-2.0
import Grids

/// The six bands that Landsat 4 to 9 and Sentinel-2 share, on one grid.
///
/// Reflectance at the top of the atmosphere, 0 to about 1 (not percent, not scaled integers); NaN where missing. Surface
/// reflectance works too, with a lower clear level (`SpectralClassification.Parameters.clearLevel`).
public struct SpectralBands: Sendable {
  /// About 0.48, 0.56, 0.66, 0.84, 1.6 and 2.2 µm.
  public let blue, green, red, nir, swir1, swir2: Grid<Float>

  /// All bands must have one shape.
  public init(
    blue: Grid<Float>, green: Grid<Float>, red: Grid<Float>, nir: Grid<Float>, swir1: Grid<Float>, swir2: Grid<Float>
  ) {
    for band in [green, red, nir, swir1, swir2] {
      precondition(
        band.rows == blue.rows && band.columns == blue.columns,
        "a band of \(band.rows) × \(band.columns) beside one of \(blue.rows) × \(blue.columns)")
    }
    (self.blue, self.green, self.red) = (blue, green, red)
    (self.nir, self.swir1, self.swir2) = (nir, swir1, swir2)
  }

  public var rows: Int { blue.rows }
  public var columns: Int { blue.columns }
}
