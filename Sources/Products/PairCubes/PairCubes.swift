// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// What a cube does not say by itself.
public struct PairCubeOptions: Hashable, Sendable {
  /// What the numbers are, for arrays and rasters that do not name their unit.
  public var unit: CubeUnit?
  /// Arrays with the components: two (east, north) or one. Nil takes the known names.
  public var components: [String]?
  /// Where the cube does not name its coordinate reference system.
  public var crs: CRS?
  /// Metres of a pixel of the images, for offsets in pixels without a map.
  public var pixelSize: Double?
  /// Pixels of the images between the points of rasters with offsets in pixels.
  public var spacing: Double?

  public init() {}
}

/// Opens displacements of many pairs, whatever holds them.
public enum PairCubes {
  /// Finds out what stands under a path, and opens it; no pixel is read yet.
  ///
  /// - A NetCDF file or Zarr store (version 2, a folder or `.zip`) with `vx`, `vy` and two dates for each pair: cubes of
  ///   ITS_LIVE and of TICOI.
  /// - A folder of pair rasters with two dates in the names of files or folders (`RasterPairCube`).
  /// - The folder of one of our runs of a stack with rasters of its pairs.
  ///
  /// - Throws: `CubeError`.
  public static func open(
    _ path: String, _ options: PairCubeOptions = PairCubeOptions()
  ) throws(CubeError) -> any PairCube {
    let isOnNet = VirtualFile.isRemote(path) || path.hasPrefix("https://") || path.hasPrefix("http://")
    switch isOnNet ? .file : VirtualFile.kind(of: path) {
    case nil: throw CubeError(.missing, path, "\(path): there is no such file or folder; check the path")
    case .file?: return try ArrayPairCube(path, options)
    case .folder?:
      if [".zgroup", ".zmetadata", ".zattrs"].contains(where: { VirtualFile.kind(of: "\(path)/\($0)") == .file }) {
        return try ArrayPairCube(path, options)
      }
      if VirtualFile.kind(of: "\(path)/zarr.json") == .file {
        throw CubeError(
          .unknown, path, "\(path) is a Zarr store of version 3; write it in version 2 (xarray: zarr_format=2)")
      }
      return try RasterPairCube(path, options)
    }
  }
}
