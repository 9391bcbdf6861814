// SPDX-License-Identifier: Apache-2.0

/// What the numbers of a cube are: displacements or velocities, in lengths or pixels.
public struct CubeUnit: Hashable, Sendable, CustomStringConvertible {
  public enum Time: Hashable, Sendable {
    /// Displacement over the pair.
    case none
    case day, year
  }

  /// Metres in the unit of length; nil for pixels.
  public let metres: Double?
  public let time: Time

  public static let metres = CubeUnit(metres: 1, time: .none)
  public static let metresPerYear = CubeUnit(metres: 1, time: .year)
  public static let metresPerDay = CubeUnit(metres: 1, time: .day)
  public static let pixels = CubeUnit(metres: nil, time: .none)

  /// What messages say of the units that can be read.
  static let known = "m, m/yr and m/d (km, cm and mm likewise), and px"

  private init(metres: Double?, time: Time) { (self.metres, self.time) = (metres, time) }

  /// Reads `m/y`, `meter/year`, `m yr-1`, `m a^-1`, `meters per day`, `px` and the like; nil for anything else.
  public init?(_ text: String) {
    let plain = text.lowercased().replacing("**", with: "").replacing("^", with: "").replacing(" per ", with: "/")
    guard let found = plain.wholeMatch(of: /\s*([a-z]+)\s*(?:([\/ .*]|(?=-))\s*([a-z]+)\s*(-1)?)?\s*/) else {
      return nil
    }
    let word = String(found.1)
    guard let metres = Self.lengths[word] ?? Self.lengths[word.hasSuffix("s") ? String(word.dropLast()) : word] else {
      return nil
    }
    guard let last = found.3 else {
      self.init(metres: metres > 0 ? metres : nil, time: .none)
      return
    }
    // A stroke or a power of minus one, not both.
    guard (found.2 == "/") != (found.4 != nil), let time = Self.times[String(last)] else { return nil }
    self.init(metres: metres > 0 ? metres : nil, time: time)
  }

  /// 0 stands for pixels.
  private static let lengths: [String: Double] = [
    "m": 1, "meter": 1, "metre": 1, "km": 1000, "kilometer": 1000, "kilometre": 1000, "cm": 0.01, "centimeter": 0.01,
    "centimetre": 0.01, "mm": 0.001, "millimeter": 0.001, "millimetre": 0.001, "px": 0, "pixel": 0, "pix": 0,
  ]

  private static let times: [String: Time] = [
    "y": .year, "yr": .year, "yrs": .year, "year": .year, "years": .year, "a": .year, "annum": .year, "d": .day,
    "day": .day, "days": .day,
  ]

  public var description: String {
    let names = [1: "m", 1000: "km", 0.01: "cm", 0.001: "mm"]
    let length = metres.map { names[$0] ?? "\($0) m" } ?? "px"
    return length + (time == .none ? "" : time == .day ? "/d" : "/yr")
  }

  /// What a number is multiplied by to be the displacement over a pair from its earlier to its later date.
  ///
  /// A velocity is the same whichever date comes first; a displacement changes its sign.
  func factor(_ pair: CubePair) -> Double {
    let length = metres ?? 1
    return switch time {
    case .none: pair.isReversed ? -length : length
    case .day: length * pair.separation
    case .year: length * pair.separation / CubePair.daysPerYear
    }
  }
}
