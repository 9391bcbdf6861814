// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// One pair of a cube.
public struct CubePair: Hashable, Sendable, CustomStringConvertible {
  /// Days since 1970-01-01, fractions allowed; noon where only the day is in a file's name.
  public let earlier, later: Double
  /// What took the images, such as `S2A`; empty when the cube does not say.
  public let sensor: String
  /// Whether the cube names the later date first. Displacements are turned round in reading.
  public let isReversed: Bool

  /// Of the Julian year, in which velocities are counted.
  static let daysPerYear = 365.25

  public init(earlier: Double, later: Double, sensor: String = "", isReversed: Bool = false) {
    (self.earlier, self.later, self.sensor, self.isReversed) = (earlier, later, sensor, isReversed)
  }

  /// Days between the dates.
  public var separation: Double { later - earlier }

  /// `2016-01-03 to 2016-01-08 (S2A)`.
  public var description: String {
    "\(Self.day(earlier)) to \(Self.day(later))" + (sensor.isEmpty ? "" : " (\(sensor))")
  }

  /// A moment as `2016-01-03`.
  static func day(_ moment: Double) -> String {
    let date = GregorianCalendar.day(Int(moment.rounded(.down)))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(date.year)-\(two(date.month))-\(two(date.day))"
  }
}

/// Standard deviations of the displacements of a block, metres; NaN where unknown.
public enum CubeSigma: Hashable, Sendable {
  /// One for each pair.
  case perPair([Float])
  /// One for each pair and pixel, laid as the displacements.
  case perPixel([Float])

  /// - Parameters:
  ///   - place: of the pixel in the block, row after row.
  ///   - pixels: of the block.
  @inlinable
  public func value(pair: Int, place: Int, pixels: Int) -> Float {
    switch self {
    case .perPair(let all): all[pair]
    case .perPixel(let all): all[pair * pixels + place]
    }
  }
}

/// What the pairs of a cube measured in a window.
public struct CubeBlock: Sendable {
  public let window: Window
  /// Displacements from the earlier to the later date, metres, pair after pair and row after row; NaN where missing.
  /// `east` is along the first axis (`CubeDirections`); `north` is empty in cubes of one component.
  public var east, north: [Float]
  public var eastSigma, northSigma: CubeSigma

  public init(
    window: Window, east: [Float], north: [Float], eastSigma: CubeSigma, northSigma: CubeSigma
  ) {
    (self.window, self.east, self.north) = (window, east, north)
    (self.eastSigma, self.northSigma) = (eastSigma, northSigma)
  }

  public var pixels: Int { window.rows * window.columns }
}

/// Along what the displacements of a cube run.
public enum CubeDirections: String, Hashable, Sendable {
  /// The axes of the map: x to the right is east, y up is north. So ITS_LIVE has it.
  case map
  /// True east and north, metres on the ground, whatever the map does. So our own runs have it.
  case ground
  /// One component along an axis of its own, such as the line of sight or the length of the motion; it stands in `east`.
  case single
}

/// Displacements of many pairs of images on one grid, read by windows.
public protocol PairCube: Sendable {
  /// What messages call it: its path.
  var name: String { get }
  var rows: Int { get }
  var columns: Int { get }
  /// Nil where the cube has no coordinates; its `crs` is nil where it does not say in which system they are.
  var georeference: Georeference? { get }
  /// In the order of the cube, which need not be that of time; several may have the same dates.
  var pairs: [CubePair] { get }
  var directions: CubeDirections { get }
  /// Whether each pixel has a standard deviation of its own.
  var hasPixelSigma: Bool { get }
  /// What the user should know: pairs left out or turned round, doubles, units or coordinate systems that are not there.
  var notices: [String] { get }
  /// Rows and columns of the blocks in which the cube is stored, which are read whole.
  var blockShape: (rows: Int, columns: Int) { get }

  /// Files, stores and addresses that the cube is read from.
  var sources: [String] { get }

  /// Reads all pairs in a window that lies inside the cube.
  ///
  /// Stored blocks that the window touches are unpacked whole, so windows should be those of `tiling(memory:)`.
  /// May be called from any number of threads. Memory: the block, and about 64 MB more, or one row of
  /// stored blocks if that is more.
  ///
  /// - Throws: `CubeError` of kind `.unreadable`.
  func read(_ window: Window) throws -> CubeBlock

  /// Whether the pairs come with how well their images correlated.
  var hasCorrelation: Bool { get }

  /// Correlations at the matches, −1…1, laid out as the displacements; NaN where unknown.
  ///
  /// - Throws: `CubeError` of kind `.unreadable`.
  func correlation(_ window: Window) throws -> [Float]
}

extension PairCube {
  public var sources: [String] { [name] }
  public var hasCorrelation: Bool { false }
  public func correlation(_ window: Window) throws -> [Float] {
    Array(repeating: .nan, count: pairs.count * window.rows * window.columns)
  }

  public var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }
  public var components: Int { directions == .single ? 1 : 2 }

  /// Bytes of a pixel in memory: displacements, and standard deviations where it has its own.
  public var bytesPerPixel: Int { pairs.count * components * 4 * (hasPixelSigma ? 2 : 1) }

  /// Tiles that unpack each stored block as seldom as the memory allows.
  ///
  /// - Parameter bytes: for one block of displacements and standard deviations.
  public func tiling(memory bytes: Int) -> CubeTiling {
    CubeTiling(
      rows: rows, columns: columns, blockRows: blockShape.rows, blockColumns: blockShape.columns,
      pixels: max(1, bytes / max(1, bytesPerPixel)))
  }
}
