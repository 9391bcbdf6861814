// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// A cube of pairs in a NetCDF file or Zarr store: ITS_LIVE's, TICOI's and those of the same make.
///
/// Axes may come in any order, rows from the north or from the south. Velocities become displacements by the years of
/// 365.25 days between the dates. Standard deviations are those of the pair or of the pixel, in the unit of the component
/// unless they have their own.
public struct ArrayPairCube: PairCube {
  public let name: String
  public let georeference: Georeference?
  public let pairs: [CubePair]
  public let directions: CubeDirections
  public let notices: [String]
  public let blockShape: (rows: Int, columns: Int)
  public var rows: Int { place.rows }
  public var columns: Int { place.columns }
  public var hasPixelSigma: Bool { errors.contains { $0?.isPerPixel == true } }

  private let file: ArrayFile
  private let place: CubeCoordinates
  private let list: CubePairList
  private let components: [Component]
  private let errors: [CubeErrorArray?]

  private struct Component {
    let array: ArrayInfo
    /// From the stored number to metres, one for each pair.
    let factors: [Float]
  }

  /// - Throws: `CubeError`.
  public init(_ path: String, _ options: PairCubeOptions = PairCubeOptions()) throws(CubeError) {
    let file = try readingCube(path) { () throws(RasterError) in try ArrayFile.open(path) }
    let names = try CubeNames(file, options)
    let place = try CubeCoordinates(file, names, options)
    let first = try readingCube(path) { () throws(RasterError) in try file.days(names.dates.first.name) }
    let second = try readingCube(path) { () throws(RasterError) in try file.days(names.dates.second.name) }
    var notices = place.notices
    let list = try CubePairList(
      path, first: first, second: second, sensors: Self.sensors(file, names, count: first.count, &notices))
    var components: [Component] = [], errors: [CubeErrorArray?] = []
    for (array, error) in [(names.east, names.eastError), (names.north, names.northError)] {
      guard let array else { continue }
      let unit = try Self.unit(array, path, options)
      components.append(Component(array: array, factors: list.pairs.map { Float(unit.factor($0)) }))
      let found = try error.flatMapThrowing { (error) throws(CubeError) in
        try CubeErrorArray(error, of: array, in: file, list, unit: unit)
      }
      if found == nil {
        notices.append(
          error == nil
            ? "\(path) has no standard deviations of \(array.name)"
            : "\(path): \(error!.name) fits neither the pairs nor the pixels and is not used")
      }
      errors.append(found)
    }
    self.init(file, place, list, components, errors, notices + list.notices)
  }

  private init(
    _ file: ArrayFile, _ place: CubeCoordinates, _ list: CubePairList, _ components: [Component],
    _ errors: [CubeErrorArray?], _ notices: [String]
  ) {
    (self.file, self.place, self.list, self.components, self.errors) = (file, place, list, components, errors)
    (name, pairs, self.notices) = (file.path, list.pairs, notices)
    directions = components.count == 1 ? .single : .map
    let array = components[0].array
    func side(_ axis: String) -> Int {
      let index = array.axes.firstIndex { $0.name == axis }!
      // In one piece: rows are read as they lie, and a part of a row costs about as much as the whole of it.
      return array.isBlocked ? array.block[index] : axis == place.x ? place.columns : 1
    }
    blockShape = (side(place.y), side(place.x))
    georeference =
      place.transform.map {
        Georeference(name: file.path, rows: place.rows, columns: place.columns, transform: $0, crs: place.crs)
      }
  }

  public func read(_ window: Window) throws -> CubeBlock {
    precondition(!window.isEmpty && self.window.contains(window), "\(window) is not inside \(name)")
    let fields = try components.map { try field($0.array, window, factors: $0.factors) }
    let sigmas = try errors.map { error -> CubeSigma in
      switch error {
      case nil: .perPair(pairs.map { _ in .nan })
      case .perPair(let all)?: .perPair(all)
      case .perPixel(let array, let factors)?:
        .perPixel(try field(array, window, factors: factors).map { $0 > 0 ? $0 : .nan })
      }
    }
    return CubeBlock(
      window: window, east: fields[0], north: fields.count > 1 ? fields[1] : [], eastSigma: sigmas[0],
      northSigma: sigmas.count > 1 ? sigmas[1] : .perPair(pairs.map { _ in .nan }))
  }

  // MARK: - Values

  /// Values that are read from the file at a time.
  private static let slab = 1 << 22

  /// A window of an array, pair after pair and row after row, each pair multiplied by its factor.
  private func field(_ array: ArrayInfo, _ window: Window, factors: [Float]) throws -> [Float] {
    let pixels = window.rows * window.columns
    let row = place.isUpsideDown ? rows - window.endRow : window.row
    let column = place.isMirrored ? columns - window.endColumn : window.column
    var start = array.axes.map { _ in 0 }, count = array.axes.map { _ in 1 }
    var axes: [FieldAxis] = []
    for (index, axis) in array.axes.enumerated() {
      switch axis.name {
      case place.pair:
        count[index] = axis.size
        axes.append(
          FieldAxis(
            index, list.places.map { $0.map { $0 * pixels } ?? -1 }, list.places.map { $0.map { factors[$0] } ?? 0 }))
      case place.y:
        (start[index], count[index]) = (row, window.rows)
        let places = (0..<window.rows).map { $0 * window.columns }
        axes.append(FieldAxis(index, place.isUpsideDown ? places.reversed() : places))
      case place.x:
        (start[index], count[index]) = (column, window.columns)
        let places = Array(0..<window.columns)
        axes.append(FieldAxis(index, place.isMirrored ? places.reversed() : places))
      default: break
      }
    }
    var out = [Float](repeating: .nan, count: pairs.count * pixels)
    // Cut along the slowest axis, at the borders of stored blocks.
    let axis = axes[0], rest = axes[1].count * axes[2].count, side = array.block[axis.index]
    let first = start[axis.index], last = first + axis.count, step = max(side, Self.slab / rest / side * side)
    var from = first
    while from < last {
      let next = min(last, (from / step + 1) * step)
      (start[axis.index], count[axis.index]) = (from, next - from)
      let values = try readingCube(name) { () throws(RasterError) in
        try file.floats(array.name, start: start, count: count)
      }
      FieldAxis.scatter(values, axis.part(from - first..<next - first), axes[1], axes[2], into: &out)
      from = next
    }
    return out
  }

  // MARK: - Opening

  private static func unit(_ array: ArrayInfo, _ path: String, _ options: PairCubeOptions) throws(CubeError)
    -> CubeUnit
  {
    let text = array.unit.isEmpty ? array.text("units") ?? "" : array.unit
    if text.isEmpty {
      guard let unit = options.unit else {
        throw CubeError(
          .badUnit, path,
          "\(path): the array \(array.name) does not say its unit; give it: known are \(CubeUnit.known)")
      }
      return try inMetres(unit, array, path)
    }
    guard let unit = CubeUnit(text) else {
      throw CubeError(
        .badUnit, path, "\(path): the array \(array.name) is in \"\(text)\", which is none of \(CubeUnit.known)")
    }
    return try inMetres(unit, array, path)
  }

  private static func inMetres(_ unit: CubeUnit, _ array: ArrayInfo, _ path: String) throws(CubeError) -> CubeUnit {
    guard unit.metres != nil else {
      throw CubeError(
        .badUnit, path,
        "\(path): the array \(array.name) is in pixels, which only folders of rasters may be; turn it "
          + "into metres")
    }
    return unit
  }

  private static func sensors(
    _ file: ArrayFile, _ names: CubeNames, count: Int, _ notices: inout [String]
  ) -> [String] {
    var out = Array(repeating: "", count: names.sensors.isEmpty ? 0 : count)
    for array in names.sensors {
      let texts =
        array.content == .text
        ? try? file.strings(array.name)
        : (try? file.doubles(array.name))?.map { $0.isFinite ? String(Int($0)) : "" }
      guard let texts else {
        notices.append("\(file.path): the sensors in \(array.name) cannot be read; pairs have none")
        return []
      }
      for index in out.indices { out[index] += texts[index].filter { !$0.isWhitespace && $0 != "\0" } }
    }
    return out
  }
}

extension Optional {
  fileprivate func flatMapThrowing<Result>(
    _ body: (Wrapped) throws(CubeError) -> Result?
  ) throws(CubeError) -> Result? {
    if let self { return try body(self) }
    return nil
  }
}
