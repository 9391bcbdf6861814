// SPDX-License-Identifier: Apache-2.0

/// What a raster of a folder of pairs holds, from its name.
struct RasterPairName: Hashable {
  enum Component: Hashable { case east, north, single, correlation }

  let first, second: AcquisitionDate
  let component: Component
  let isSigma: Bool
  /// Whether it is called `dx` or `dy`, the names of offsets in pixels.
  let isOffset: Bool
  /// Of rasters that belong together: folder and name without what tells the components apart.
  let group: String

  private static let east: Set = ["vx", "dx", "east", "ew", "e", "x", "velx", "eastvelocity", "eastdisplacement"]
  private static let north: Set = ["vy", "dy", "north", "ns", "n", "y", "vely", "northvelocity", "northdisplacement"]
  private static let single: Set = ["v", "vel", "velocity", "los", "disp", "displacement", "range", "speed"]
  private static let sigma: Set = [
    "sigma", "error", "err", "std", "stddev", "stdev", "uncertainty", "errorx", "errory", "sigmax", "sigmay",
  ]
  private static let correlation: Set = ["ncc", "corr", "correl", "correlation", "cc"]
  /// Rasters about others.
  private static let foreign: Set = ["mask", "count", "snr", "flag", "flags", "quality", "dem"]

  /// - Parameters:
  ///   - file: name with its ending.
  ///   - folder: name of the folder that it is in, where dates may stand as well.
  /// - Returns: nil when there are not two dates, or nothing says which component it is.
  init?(file: String, folder: String) {
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    guard let dates = Self.dates(stem) ?? Self.dates(folder) else { return nil }
    (first, second) = dates
    let words = stem.lowercased().split { !$0.isLetter }.map(String.init)
    if words.contains(where: Self.foreign.contains) { return nil }
    isSigma = words.contains(where: Self.sigma.contains)
    if words.contains(where: Self.correlation.contains) {
      component = .correlation
    } else if words.contains(where: { Self.east.contains($0) || $0 == "errorx" || $0 == "sigmax" }) {
      component = .east
    } else if words.contains(where: { Self.north.contains($0) || $0 == "errory" || $0 == "sigmay" }) {
      component = .north
    } else if words.contains(where: Self.single.contains) {
      component = .single
    } else {
      return nil
    }
    isOffset = words.contains("dx") || words.contains("dy")
    group = "\(folder)/\(first.seconds)/\(second.seconds)"
  }

  private static func dates(_ text: String) -> (AcquisitionDate, AcquisitionDate)? {
    let found = DateScanner(text, source: "file name").candidates.filter { !$0.isWeak }.map(\.date)
    return found.count > 1 ? (found[0], found[1]) : nil
  }

  /// Days since 1970-01-01; both at noon unless both have times.
  var days: (first: Double, second: Double) {
    if first.hasTime && second.hasTime { return (first.seconds / 86_400, second.seconds / 86_400) }
    return ((first.seconds / 86_400).rounded(.down) + 0.5, (second.seconds / 86_400).rounded(.down) + 0.5)
  }
}
