// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// One band of a pass on the common grid, read by windows from any thread; memory is that of the windows.
///
/// Pixels of scenes that lie on the grid come through unchanged; others are interpolated without sub-pixel bias, or averaged
/// where their pixels are finer (`AlignedImage`). Where scenes overlap, one that needs no interpolation goes before one
/// that does, then the order of the pass counts; each fills what those before it left without data. NaN is no data.
/// Results have the same bits in whatever windows they are read.
public final class PassImage: PixelSource {
  public let pass: ScenePass
  public let band: BandName
  public let grid: SceneGrid
  /// How each scene was put on the grid, the first on top.
  public let reports: [AlignmentReport]
  /// What the user should know, e.g. which value was taken for no data.
  public let notices: [String]

  private let parts: [AlignedImage]

  public var rows: Int { grid.rows }
  public var columns: Int { grid.columns }

  /// Opens the images; no pixel is read yet.
  ///
  /// - Parameters:
  ///   - isCalibrated: whether pixels come as reflectance where it is known.
  ///   - nodata: value of plain rasters that stands for no data; nil looks for the flat fill around a cut-out picture.
  /// - Throws: `SceneError` of kind `.noBand`, `.damaged`, `.missing`, `.gridMismatch`, and `.noOverlap` when no scene of the
  ///   pass reaches the grid.
  public init(
    _ pass: ScenePass, band: BandName, grid: SceneGrid, isCalibrated: Bool = true, nodata: Double? = nil
  ) throws(SceneError) {
    (self.pass, self.band, self.grid) = (pass, band, grid)
    var notices: [String] = []
    parts = try pass.parts(on: grid) { (scene) throws(SceneError) -> (any PixelSource, Georeference) in
      let image = try scene.image(band, isCalibrated: isCalibrated)
      let place = image.image.info.georeference
      guard scene.mission == .plain, let fill = try scene.fill(image.image, given: nodata) else {
        return (image, place)
      }
      if nodata == nil { notices.append("\(scene.id): \(fill.summary)") }
      return (FilledSource(source: image, fill: fill), place)
    }
    self.notices = notices
    reports = parts.map(\.report)
  }

  public func read(_ window: Window) throws(RasterError) -> Grid<Float> { try parts.mosaic(window) }
}

extension Scene {
  /// One band, open for reading.
  ///
  /// - Throws: `SceneError` of kind `.noBand`, `.missing` or `.damaged`.
  func image(_ name: BandName, isCalibrated: Bool) throws(SceneError) -> BandImage {
    guard let band = band(name) else {
      let known = bands.compactMap { $0.name?.rawValue }
      throw SceneError(
        .noBand, path,
        "\(path) has no band \"\(name.rawValue)\": it has "
          + (known.isEmpty ? "\(bands.count) without names; say what they are" : known.joined(separator: ", ")))
    }
    do throws(RasterError) { return try band.open(isCalibrated: isCalibrated) } catch {
      throw SceneError(error.kind == .missing ? .missing : .damaged, path, error.message, cause: error.cause)
    }
  }

  /// The value that stands for no data although the file does not say so.
  fileprivate func fill(_ image: RasterImage, given: Double?) throws(SceneError) -> FillValue? {
    do throws(RasterError) { return try FillValue.find(image, given: given) } catch {
      throw SceneError(.damaged, path, error.message, cause: error.cause)
    }
  }
}

extension ScenePass {
  /// An image of each scene on a grid, those that need no interpolation first; scenes that do not reach it are left out.
  ///
  /// - Throws: what `open` throws, and `SceneError` of kind `.gridMismatch` or `.noOverlap`.
  func parts(
    on grid: SceneGrid, open: (Scene) throws(SceneError) -> (any PixelSource, Georeference)
  ) throws(SceneError) -> [AlignedImage] {
    var copied: [AlignedImage] = [], resampled: [AlignedImage] = []
    var apart: RasterError?
    for scene in scenes {
      let (source, place) = try open(scene)
      do throws(RasterError) {
        let image = try grid.align(source, at: place)
        if case .resampled = image.report.method { resampled.append(image) } else { copied.append(image) }
      } catch {
        guard error.kind == .noOverlap else {
          throw SceneError(.gridMismatch, scene.path, error.message, cause: error.cause)
        }
        apart = error
      }
    }
    let parts = copied + resampled
    if parts.isEmpty, let apart { throw SceneError(.noOverlap, scenes[0].path, apart.message, cause: apart.cause) }
    return parts
  }
}

extension [AlignedImage] {
  /// A window in which each image fills what those before it left without data.
  func mosaic(_ window: Window) throws(RasterError) -> Grid<Float> {
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: Float.nan)
    for part in self {
      // One pixel more than the outline's corners and 80 places between them say: its sides may be bowed.
      let inside = part.report.overlap.grown(by: 1).intersection(window)
      guard !inside.isEmpty, out.hasGaps(in: inside, of: window) else { continue }
      let pixels = try part.read(inside)
      if inside == window, out.isEmptyOfData {
        out = pixels
        continue
      }
      for row in 0..<inside.rows {
        let to = (row + inside.row - window.row) * window.columns + inside.column - window.column
        for column in 0..<inside.columns where out.cells[to + column].isNaN {
          out.cells[to + column] = pixels[row, column]
        }
      }
    }
    return out
  }
}

extension Grid where Element == Float {
  fileprivate var isEmptyOfData: Bool { cells.allSatisfy(\.isNaN) }

  fileprivate func hasGaps(in part: Window, of window: Window) -> Bool {
    (part.row..<part.endRow).contains { row in
      let from = (row - window.row) * columns + part.column - window.column
      return cells[from..<from + part.columns].contains(where: \.isNaN)
    }
  }
}
