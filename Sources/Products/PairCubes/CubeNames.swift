// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Which arrays of a file hold what a cube of pairs needs.
struct CubeNames {
  let dates: (first: ArrayInfo, second: ArrayInfo)
  let east: ArrayInfo
  let north: ArrayInfo?
  let eastError, northError: ArrayInfo?
  /// Texts (or numbers) that together name the sensor.
  let sensors: [ArrayInfo]

  /// ITS_LIVE's, TICOI's.
  private static let dateNames = [("acquisition_date_img1", "acquisition_date_img2"), ("date1", "date2")]
  private static let componentNames = [
    ("vx", "vy"), ("east_velocity", "north_velocity"), ("east_displacement", "north_displacement"), ("east", "north"),
  ]
  /// One component along an axis of its own.
  private static let singleNames = ["v", "displacement", "los_displacement", "los", "velocity"]

  /// - Throws: `CubeError` of kind `.noArray` or `.badShape`.
  init(_ file: ArrayFile, _ options: PairCubeOptions) throws(CubeError) {
    let path = file.path
    guard let dates = Self.dateNames.first(where: { file[$0.0] != nil && file[$0.1] != nil }),
      let first = file[dates.0], let second = file[dates.1]
    else {
      throw CubeError(
        .noArray, path,
        "\(path) is no cube of pairs: it has neither acquisition_date_img1 and acquisition_date_img2 "
          + "(ITS_LIVE) nor date1 and date2 (TICOI), but \(Self.list(file))")
    }
    guard first.axes.count == 1, first.axes == second.axes else {
      throw CubeError(
        .badShape, path,
        "\(path): \(first.name) and \(second.name) need one date for each pair, not \(first.sizes) and "
          + "\(second.sizes)")
    }
    self.dates = (first, second)
    let names = try Self.components(file, options, pairs: first.axes[0])
    (east, north) = names
    eastError = Self.error(of: east, in: file)
    northError = names.1.flatMap { Self.error(of: $0, in: file) }
    let wanted = file["sensor"] != nil ? ["sensor"] : ["mission_img1", "satellite_img1"]
    sensors = wanted.compactMap { file[$0] }.filter { $0.axes == first.axes }
  }

  private static func components(
    _ file: ArrayFile, _ options: PairCubeOptions, pairs: ArrayInfo.Axis
  ) throws(CubeError) -> (ArrayInfo, ArrayInfo?) {
    let path = file.path
    if let names = options.components {
      guard (1...2).contains(names.count) else {
        throw CubeError(.noArray, path, "\(path): name one component or two, not \(names.count)")
      }
      let found = names.compactMap { file[$0] }
      guard found.count == names.count else {
        let absent = names.filter { file[$0] == nil }.joined(separator: ", ")
        throw CubeError(.noArray, path, "\(path) has no array \(absent); it has \(list(file))")
      }
      return (found[0], found.count > 1 ? found[1] : nil)
    }
    // A file may hold other fields under these names, such as displacements at dates.
    func field(_ name: String) -> ArrayInfo? { file[name].flatMap { $0.axes.contains(pairs) ? $0 : nil } }
    for (east, north) in componentNames {
      if let east = field(east), let north = field(north) { return (east, north) }
    }
    if let single = singleNames.lazy.compactMap(field).first { return (single, nil) }
    throw CubeError(
      .noArray, path,
      "\(path) has pair dates but neither vx and vy nor another known field (v, displacement, los) along "
        + "them; name its arrays: it has \(list(file))")
  }

  private static func error(of component: ArrayInfo, in file: ArrayFile) -> ArrayInfo? {
    let name = component.name
    let axis = name.hasPrefix("v") && name.count == 2 ? String(name.dropFirst()) : nil
    var names = ["\(name)_error", "\(name)_sigma", "\(name)_err", "\(name)_std", "sigma_\(name)"]
    names += axis.map { ["error\($0)", "error_\($0)", "sigma\($0)"] } ?? ["error"]
    let found = names.compactMap { file[$0] }
    // Those of pixels say more than those of pairs.
    return found.first { $0.axes == component.axes } ?? found.first
  }

  private static func list(_ file: ArrayFile) -> String {
    let names = file.arrays.map { "\($0.name)(\($0.axes.map(\.name).joined(separator: ",")))" }.sorted()
    return names.isEmpty ? "no array at all" : names.prefix(20).joined(separator: ", ")
  }
}
