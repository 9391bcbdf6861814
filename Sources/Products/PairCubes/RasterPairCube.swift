// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// A folder of rasters, one or two for each pair and their standard deviations, with two dates in the names of files or
/// folders; and the run folders of our own stacks, which are such folders.
///
/// Files are called `vx`, `vy`, `dx`, `dy`, `east`, `north` and the like; `sigma`, `error` or `std` beside it marks
/// standard deviations. Offsets in pixels (`px`) run to the right and down, as our pairs have them, and become metres to
/// true east and north by the georeference, as in the mean motion of a stack. Lengths and velocities run along the axes of
/// the map, x to the right and y up, whatever their names. Files are opened for each window and closed again, since there
/// may be more than a process may hold open.
public struct RasterPairCube: PairCube {
  public let name: String
  public let georeference: Georeference?
  public let pairs: [CubePair]
  public let directions: CubeDirections
  public let notices: [String]
  public let blockShape: (rows: Int, columns: Int)
  public let rows, columns: Int
  public let hasPixelSigma: Bool
  public let sources: [String]

  private let files: [RasterPairFolder.Entry]
  private let unit: CubeUnit
  private let steps: GroundStepLattice?

  /// - Throws: `CubeError`.
  public init(_ path: String, _ options: PairCubeOptions = PairCubeOptions()) throws(CubeError) {
    let folder = try RasterPairFolder(path)
    let first = try readingCube(path) { () throws(RasterError) in
      try RasterImage.open(folder.entries[0].east!).info
    }
    let days = folder.entries.map(\.name.days)
    let list = try CubePairList(path, first: days.map(\.first), second: days.map(\.second), sensors: [])
    var notices = folder.notices + list.notices
    unit = try Self.unit(first, folder, options)
    (name, pairs) = (path, list.pairs)
    let files = folder.entries.map { $0.without(correlationsOff: first) }
    self.files = files
    sources = [folder.lock].compactMap { $0 } + files.flatMap(\.paths)
    (rows, columns) = (first.rows, first.columns)
    blockShape = (first.blockRows, first.blockColumns)
    hasPixelSigma = files.contains { $0.eastSigma != nil || $0.northSigma != nil }
    georeference = first.transform.map {
      Georeference(name: path, rows: first.rows, columns: first.columns, transform: $0, crs: first.crs ?? options.crs)
    }
    for entry in files {
      for file in entry.paths where file != entry.correlation {
        try Self.check(file, against: first, unit: unit, path)
      }
    }
    if first.transform == nil {
      notices.append("the rasters of \(path) have no place on a map; the top of the images is taken as north")
    } else if georeference?.crs == nil {
      notices.append("\(path) does not say in which coordinate reference system its rasters are")
    }
    if !hasPixelSigma { notices.append("\(path) has no standard deviations") }
    if unit == .pixels {
      steps = try Self.steps(first, georeference, folder, options)
      let isTrue = georeference?.crs != nil
      directions = folder.isSingle ? .single : isTrue ? .ground : .map
    } else {
      steps = nil
      directions = folder.isSingle ? .single : .map
    }
    self.notices = notices
  }

  public func read(_ window: Window) throws -> CubeBlock {
    precondition(!window.isEmpty && self.window.contains(window), "\(window) is not inside \(name)")
    let pixels = window.rows * window.columns, total = pixels * pairs.count
    var east = [Float](repeating: .nan, count: total), eastSigma = hasPixelSigma ? east : []
    var north = directions == .single ? [] : east, northSigma = hasPixelSigma ? north : []
    for (index, entry) in files.enumerated() {
      let place = index * pixels..<(index + 1) * pixels
      let fields = try [entry.east, entry.north, entry.eastSigma, entry.northSigma].map { file in
        try file.map { file in
          try readingCube(name) { () throws(RasterError) in
            try RasterImage.open(file, appliesScale: true).read(window).cells
          }
        }
      }
      let motion = Motion(fields, scale: Float(unit.factor(pairs[index])))
      let out = steps.map { motion.onGround($0, window) } ?? motion
      east.replaceSubrange(place, with: out.east)
      if !north.isEmpty, let values = out.north { north.replaceSubrange(place, with: values) }
      if hasPixelSigma {
        if let values = out.eastSigma { eastSigma.replaceSubrange(place, with: values) }
        if !northSigma.isEmpty, let values = out.northSigma { northSigma.replaceSubrange(place, with: values) }
      }
    }
    let unknown = CubeSigma.perPair(pairs.map { _ in .nan })
    return CubeBlock(
      window: window, east: east, north: north, eastSigma: hasPixelSigma ? .perPixel(eastSigma) : unknown,
      northSigma: northSigma.isEmpty ? unknown : .perPixel(northSigma))
  }

  public var hasCorrelation: Bool { files.contains { $0.correlation != nil } }

  public func correlation(_ window: Window) throws -> [Float] {
    precondition(!window.isEmpty && self.window.contains(window), "\(window) is not inside \(name)")
    var out: [Float] = []
    out.reserveCapacity(pairs.count * window.rows * window.columns)
    for entry in files {
      guard let file = entry.correlation else {
        out += Array(repeating: .nan, count: window.rows * window.columns)
        continue
      }
      let values = try readingCube(name) { () throws(RasterError) in
        try RasterImage.open(file, appliesScale: true).read(window).cells
      }
      if let high = values.first(where: { abs($0) > 1.001 }) {
        throw CubeError(
          .badUnit, name, "\(file) has a correlation of \(high): they go from -1 to 1; scale the raster to that")
      }
      out += values
    }
    return out
  }

  // MARK: - Opening

  private static func unit(
    _ info: RasterInfo, _ folder: RasterPairFolder, _ options: PairCubeOptions
  ) throws(CubeError) -> CubeUnit {
    if info.unit.isEmpty {
      if let unit = options.unit { return unit }
      // Older runs of ours did not write it.
      if folder.isOwnRun, folder.entries[0].name.isOffset { return .pixels }
      throw CubeError(
        .badUnit, info.path, "\(info.path) does not say its unit; give it: known are \(CubeUnit.known)")
    }
    if let unit = CubeUnit(info.unit) { return unit }
    throw CubeError(
      .badUnit, info.path, "\(info.path) is in \"\(info.unit)\", which is none of \(CubeUnit.known)")
  }

  private static func check(
    _ file: String, against first: RasterInfo, unit: CubeUnit, _ path: String
  ) throws(CubeError) {
    let info = try readingCube(path) { () throws(RasterError) in try RasterImage.open(file).info }
    if !info.unit.isEmpty, CubeUnit(info.unit) != unit {
      throw CubeError(
        .badUnit, path, "\(file) is in \"\(info.unit)\" but \(first.path) in \(unit); all rasters need one unit")
    }
    var reason: String?
    if (info.rows, info.columns) != (first.rows, first.columns) {
      reason = "\(info.rows) × \(info.columns) pixels instead of \(first.rows) × \(first.columns)"
    } else if let a = info.transform, let b = first.transform {
      let corners = [(0.0, 0.0), (Double(info.rows), Double(info.columns))].map { corner in
        let here = a.coordinate(row: corner.0, column: corner.1)
        let there = b.position(east: here.east, north: here.north)
        return max(abs(there.row - corner.0), abs(there.column - corner.1))
      }
      if let off = corners.max(), off > 0.001 {
        reason = "its pixels lie up to \((off * 1000).rounded() / 1000) px off"
      }
    } else if (info.transform == nil) != (first.transform == nil) {
      reason = "only one of them has a place on a map"
    }
    if let a = info.crs, let b = first.crs, !a.isSame(as: b) { reason = "\(a) instead of \(b)" }
    guard let reason else { return }
    throw CubeError(
      .gridMismatch, path,
      "\(file) is not on the grid of \(first.path): \(reason); lay all rasters on one grid (gdalwarp -te … -tr …)")
  }

  private static func steps(
    _ info: RasterInfo, _ place: Georeference?, _ folder: RasterPairFolder, _ options: PairCubeOptions
  ) throws(CubeError) -> GroundStepLattice {
    let spacing = options.spacing ?? folder.spacing ?? 1, size = options.pixelSize ?? folder.pixelSize
    if let place, place.crs != nil {
      let found = try readingCube(info.path) { () throws(RasterError) in
        try GroundStepLattice(place, pixelsPerCell: spacing)
      }
      if let found { return found }
    }
    if let size {
      return GroundStepLattice(GroundStep(rightEast: size, rightNorth: 0, downEast: 0, downNorth: -size))
    }
    guard let t = place?.transform else {
      throw CubeError(
        .badUnit, info.path,
        "\(info.path) holds offsets in pixels and has no place on a map: give the size of a pixel in "
          + "metres")
    }
    return GroundStepLattice(
      GroundStep(
        rightEast: t.eastPerColumn / spacing, rightNorth: t.northPerColumn / spacing,
        downEast: t.eastPerRow / spacing,
        downNorth: t.northPerRow / spacing))
  }
}

extension RasterPairFolder.Entry {
  /// A correlation on another grid than the motion serves nobody, and does no harm to those who don't ask for it.
  fileprivate func without(correlationsOff first: RasterInfo) -> Self {
    guard let file = correlation else { return self }
    let info = try? RasterImage.open(file).info
    var out = self
    if info?.rows != first.rows || info?.columns != first.columns || info?.transform != first.transform {
      out.correlation = nil
    }
    return out
  }
}

/// What one pair measured in a window, and its standard deviations.
private struct Motion {
  var east: [Float]
  var north, eastSigma, northSigma: [Float]?

  init(_ fields: [[Float]?], scale: Float) {
    func scaled(_ field: [Float]?, by factor: Float) -> [Float]? { field.map { $0.map { $0 * factor } } }
    east = scaled(fields[0], by: scale) ?? []
    north = scaled(fields[1], by: scale)
    // A standard deviation of nothing would outweigh all the others.
    (eastSigma, northSigma) = (
      scaled(fields[2], by: abs(scale))?.map { $0 > 0 ? $0 : .nan },
      scaled(fields[3], by: abs(scale))?.map { $0 > 0 ? $0 : .nan }
    )
  }

  /// From pixels to the right and down to metres; both components are missing where one is.
  func onGround(_ steps: GroundStepLattice, _ window: Window) -> Motion {
    var out = self
    let missing = Float.nan
    for index in east.indices {
      let step = steps.step(row: window.row + index / window.columns, column: window.column + index % window.columns)
      guard let north else {
        out.east[index] = east[index] * Float(step.pixelSize.width)
        out.eastSigma?[index] *= Float(step.pixelSize.width)
        continue
      }
      let motion = step.displacement(dx: Double(east[index]), dy: Double(north[index]))
      (out.east[index], out.north![index]) = (Float(motion.east), Float(motion.north))
      let sx = Double(eastSigma?[index] ?? missing), sy = Double(northSigma?[index] ?? missing)
      func length(_ a: Double, _ b: Double) -> Float { Float((a * a + b * b).squareRoot()) }
      out.eastSigma?[index] = length(step.rightEast * sx, step.downEast * sy)
      out.northSigma?[index] = length(step.rightNorth * sx, step.downNorth * sy)
    }
    return out
  }
}
