// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import RasterIO

/// What each pixel of a pass shows (land, water, snow, cloud, shadow, null) on the common grid, by windows.
///
/// Taken from the classes that a product brings along (SCL of Sentinel-2 level 2A, QA_PIXEL of Landsat), else from its
/// colours (`SpectralClassification`) where six bands have a known reflectance, else from the cloud mask of Sentinel-2
/// level 1C. Classes are never interpolated: a pixel has the class of the nearest one. Where scenes of the pass overlap,
/// the first that knows a pixel decides.
public final class PassClasses: Sendable {
  /// Which classes count as what, and thresholds.
  public struct Options: Sendable {
    public var sceneClassification = SceneClassification.Parameters()
    public var pixelQuality = PixelQuality.Parameters()
    public var spectral = SpectralClassification.Parameters()
    /// Whether shadows of clouds are looked for where classes come from colours; those of products have them.
    public var addsCloudShadows = false

    public init() {}
  }

  public enum Origin: String, Hashable, Sendable, Codable {
    case sceneClassification = "scene-classification"
    case pixelQuality = "pixel-quality"
    case spectral
    case cloudMask = "cloud-mask"
  }

  public let pass: ScenePass
  public let grid: SceneGrid
  private let parts: [SceneClasses]

  /// Where the classes of each scene come from, in the order of the pass.
  public var origins: [Origin] { parts.map(\.origin) }

  /// The classes of a pass, or nil where none of its scenes on the grid says anything about clouds.
  ///
  /// For classes by colour, each scene is looked at once as a whole, by its overviews, for the haze of its clear ground.
  ///
  /// - Throws: `SceneError` of kind `.damaged`, `.missing` or `.gridMismatch` where a file cannot be used.
  public static func find(
    _ pass: ScenePass, grid: SceneGrid, options: Options = Options()
  ) throws(SceneError) -> PassClasses? {
    var parts: [SceneClasses] = []
    for scene in pass.scenes {
      if let part = try SceneClasses.find(scene, grid: grid, options: options) { parts.append(part) }
    }
    return parts.isEmpty ? nil : PassClasses(pass, grid, parts)
  }

  private init(_ pass: ScenePass, _ grid: SceneGrid, _ parts: [SceneClasses]) {
    (self.pass, self.grid, self.parts) = (pass, grid, parts)
  }

  /// The classes of a window, which may reach outside the grid; null where nothing is known.
  public func read(_ window: Window) throws(RasterError) -> Grid<SurfaceClass> {
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: SurfaceClass.null)
    for part in parts {
      let inside = part.bounds.intersection(window)
      if inside.isEmpty { continue }
      let classes = try part.read(inside)
      for row in 0..<inside.rows {
        let to = (row + inside.row - window.row) * window.columns + inside.column - window.column
        for column in 0..<inside.columns where out.cells[to + column] == .null {
          out.cells[to + column] = classes[row, column]
        }
      }
    }
    return out
  }
}

/// How much of an area each class covers.
public struct ClassShares: Hashable, Sendable {
  private let counts: [Int]

  /// - Parameter classes: of the pixels of the area.
  init(_ classes: some Sequence<SurfaceClass>) {
    var counts = [Int](repeating: 0, count: SurfaceClass.allCases.count)
    for one in classes { counts[Int(one.rawValue)] += 1 }
    self.counts = counts
  }

  /// Share of the area that was seen, 0 to 1.
  public var seen: Double {
    let all = counts.reduce(0, +)
    return all == 0 ? 0 : 1 - Double(counts[Int(SurfaceClass.null.rawValue)]) / Double(all)
  }

  /// Share of a class in what was seen, 0 to 1; nil where nothing was.
  public func share(of kind: SurfaceClass) -> Double? {
    let all = counts.reduce(0, +) - counts[Int(SurfaceClass.null.rawValue)]
    return all == 0 ? nil : Double(counts[Int(kind.rawValue)]) / Double(all)
  }

  /// Share of cloud in what was seen, without shadows; nil where nothing was.
  public var cloud: Double? { share(of: .cloud) }
}

extension PassClasses {
  /// Cells at which an area is looked at.
  private static let samples = 250_000.0

  /// The share of each class on an area, from at most about 250 000 places spread over it; nil where nothing says what is
  /// cloud.
  ///
  /// - Parameters:
  ///   - area: of the grid; nil takes all of it.
  /// - Throws: `SceneError`, `.badArea` where the area cannot be used; `.damaged` where an image cannot be read.
  public static func shares(
    of pass: ScenePass, on area: SceneArea? = nil, grid: SceneGrid, options: Options = Options()
  ) throws(SceneError) -> ClassShares? {
    let crop = try area.map { (area) throws(SceneError) in grid.cropped(to: try area.window(on: grid)) } ?? grid
    let factor = max(1, Int((Double(crop.rows * crop.columns) / samples).squareRoot()))
    let coarse = crop.coarsened(by: factor)
    guard let classes = try find(pass, grid: coarse, options: options) else { return nil }
    do throws(RasterError) {
      let found = try classes.read(coarse.window)
      guard case .polygons(let file)? = area else { return ClassShares(found.cells) }
      let isInside = try MaskSource.open(file, on: coarse.georeference).read(coarse.window)
      return ClassShares(zip(found.cells, isInside.cells).filter(\.1).map(\.0))
    } catch {
      throw SceneError(.damaged, pass.scenes[0].path, error.message, cause: error.cause)
    }
  }
}
