// SPDX-License-Identifier: Apache-2.0

/// The pairs of a cube from the dates that it stores, checked.
struct CubePairList {
  private(set) var pairs: [CubePair] = []
  /// For each entry of the cube its place among the pairs; nil where it is left out.
  private(set) var places: [Int?] = []
  private(set) var notices: [String] = []

  /// Moments that images can be of: the years 1840 to 2200.
  private static let believable = -47_500.0..<84_000.0

  /// - Parameters:
  ///   - first, second: dates of the entries, days since 1970-01-01; an entry without dates (NaN) is left out.
  /// - Throws: `CubeError` of kind `.noPairs`, `.badDate` or `.zeroSeparation`.
  init(_ path: String, first: [Double], second: [Double], sensors: [String]) throws(CubeError) {
    var reversed = 0
    for index in first.indices {
      let (a, b) = (first[index], second[index]), sensor = sensors.isEmpty ? "" : sensors[index]
      guard a.isFinite, b.isFinite else {
        places.append(nil)
        continue
      }
      guard Self.believable.contains(a), Self.believable.contains(b) else {
        throw CubeError(
          .badDate, path,
          "\(path): pair \(index + 1) would lie \(Int(max(abs(a), abs(b)) / 365.25)) years from 1970: the units of its "
            + "dates are wrong; correct them in the file")
      }
      guard a != b else {
        throw CubeError(
          .zeroSeparation, path,
          "\(path): pair \(index + 1) has the same date twice, \(CubePair.day(a))"
            + (sensor.isEmpty ? "" : " (\(sensor))") + ": motion takes time; take the pair out of the cube")
      }
      places.append(pairs.count)
      pairs.append(CubePair(earlier: min(a, b), later: max(a, b), sensor: sensor, isReversed: b < a))
      if b < a { reversed += 1 }
    }
    guard !pairs.isEmpty else {
      throw CubeError(.noPairs, path, "\(path) holds no pair with two dates")
    }
    let dropped = first.count - pairs.count
    if dropped > 0 { notices.append("\(dropped) of \(first.count) pairs have no dates and are left out") }
    if reversed > 0 {
      notices.append(
        "\(reversed) of \(pairs.count) pairs name the later date first; their displacements are turned round, their "
          + "velocities are not")
    }
    noteDoubles()
  }

  private mutating func noteDoubles() {
    var seen: [CubePair: Int] = [:], example: CubePair?, count = 0
    for pair in pairs {
      // The same images matched there and back are no doubles: such pairs differ in which date comes first.
      seen[pair, default: 0] += 1
      if seen[pair] == 2 { example = example ?? pair }
      if seen[pair, default: 1] > 1 { count += 1 }
    }
    guard let example else { return }
    notices.append(
      "\(count) of \(pairs.count) pairs repeat the dates and the sensor of another, such as \(example); all are used")
  }
}
