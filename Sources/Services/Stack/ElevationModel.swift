// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import RasterIO

/// Heights as a user names them: a raster, a folder of tiles, or an address on the net.
struct ElevationModel: Sendable {
  /// Names that GDAL opens.
  let files: [String]
  /// Files, or the address, as a user would name them.
  let sources: [String]
  /// Tiles of one lattice are one raster, so that resampling sees no seams.
  private let mosaics: [RasterMosaic]

  /// Opens the files; no pixel is read yet.
  ///
  /// - Parameter text: any raster; a folder, of which all rasters are taken, or those named `…_DEM` where there are some
  ///   (Copernicus GLO-30 brings masks along); `http://…` or `https://…`, of which the parts that are needed are fetched.
  /// - Throws: `RasterError` that says what to do.
  init(_ text: String) throws(RasterError) {
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      let name = Self.remote(text)
      do throws(RasterError) { mosaics = RasterMosaic.grouped([try RasterImage.open(name)]) } catch {
        throw RasterError(
          .unreadable,
          "the elevation model \(text) cannot be read: check the address and the network, or fetch the file and give it",
          cause: error.cause ?? error.message)
      }
      (files, sources) = ([name], [text])
      return
    }
    files = try Self.rasters(text)
    sources = files
    mosaics = RasterMosaic.grouped(
      try files.map { (name) throws(RasterError) in try RasterImage.open(name) })
  }

  /// Side of a cell on the ground, m, the shorter one; nil without a place on Earth.
  var cellMetres: Double? {
    guard let place = mosaics.first?.georeference,
      let step = try? place.groundStep(row: Double(place.rows) / 2, column: Double(place.columns) / 2)
    else { return nil }
    return min(step.pixelSize.width, step.pixelSize.height)
  }

  /// GDAL's name of a file on the net: no listing of its folder, and no waiting for ever.
  private static func remote(_ address: String) -> String {
    let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~:/"))
    let encoded = address.addingPercentEncoding(withAllowedCharacters: allowed) ?? address
    return "/vsicurl?list_dir=no&max_retry=2&connecttimeout=20&low_speed_time=60&low_speed_limit=1&url=" + encoded
  }

  private static let endings: Set<String> = ["tif", "tiff", "vrt", "img", "hgt", "asc", "bil"]

  private static func rasters(_ path: String) throws(RasterError) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [path]
    }
    let inside = ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).sorted()
    let rasters = inside.filter { endings.contains(URL(filePath: $0).pathExtension.lowercased()) }
    let named = rasters.filter { URL(filePath: $0).deletingPathExtension().lastPathComponent.hasSuffix("_DEM") }
    let chosen = named.isEmpty ? rasters : named
    guard !chosen.isEmpty else {
      throw RasterError(
        .missing,
        "the folder \(path) holds no elevation model: give a raster, or a folder with files ending in "
          + endings.sorted().joined(separator: ", "))
    }
    return chosen.map { "\(path)/\($0)" }
  }

  /// The heights on a grid, by windows of it that may reach beyond it as far as `margin`.
  ///
  /// - Throws: `RasterError`, `.noOverlap` where no file reaches the grid.
  func heights(on grid: SceneGrid, margin: Int = 0) throws(RasterError) -> Heights {
    var parts: [AlignedImage] = []
    var apart: RasterError?
    for mosaic in mosaics {
      do throws(RasterError) {
        parts.append(try grid.cropped(to: grid.window.grown(by: margin)).align(mosaic, at: mosaic.georeference))
      } catch {
        guard error.kind == .noOverlap else { throw error }
        apart = error
      }
    }
    if parts.isEmpty, let apart {
      throw RasterError(.noOverlap, "the elevation model does not reach the images", cause: apart.message)
    }
    return Heights(parts: parts, margin: margin)
  }

  /// Heights on a grid, m; NaN where none is known.
  struct Heights: Sendable {
    fileprivate let parts: [AlignedImage]
    fileprivate let margin: Int

    func read(_ window: Window) throws(RasterError) -> Grid<Float> {
      let moved = Window(
        row: window.row + margin, column: window.column + margin, rows: window.rows, columns: window.columns)
      guard var out = try parts.first?.read(moved) else {
        return Grid(rows: window.rows, columns: window.columns, filledWith: .nan)
      }
      for part in parts.dropFirst() where out.cells.contains(where: \.isNaN) {
        let more = try part.read(moved)
        for index in out.cells.indices where out.cells[index].isNaN { out.cells[index] = more.cells[index] }
      }
      return out
    }
  }
}
