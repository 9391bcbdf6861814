// SPDX-License-Identifier: Apache-2.0
import TimeSeries

/// A layer of an inversion as it is kept between stages.
struct SeriesLayer: Sendable {
  let name: String
  let motion: MotionLayer

  private static let directions = ["east", "north"]

  static func displacement(_ component: Int, _ day: Int) -> String { "\(directions[component])-displacement-\(day)" }
  static func displacementSigma(_ component: Int, _ day: Int) -> String {
    "\(directions[component])-displacement-sigma-\(day)"
  }
  static func velocity(_ component: Int, _ interval: Int) -> String {
    "\(directions[component])-velocity-\(interval)"
  }
  static func velocitySigma(_ component: Int, _ interval: Int) -> String {
    "\(directions[component])-velocity-sigma-\(interval)"
  }
  static func season(_ component: Int, _ harmonic: Int, _ part: Int) -> String {
    "\(directions[component])-season-\(harmonic)-\(part)"
  }
  static func seasonSigma(_ component: Int, _ harmonic: Int, _ part: Int) -> String {
    "\(directions[component])-season-sigma-\(harmonic)-\(part)"
  }
  static func noise(_ component: Int) -> String { "\(directions[component])-noise" }
  static func walk(_ component: Int) -> String { "\(directions[component])-walk" }
  static func misclosure(_ component: Int) -> String { "\(directions[component])-misclosure" }
  /// What the sun feigned, and how large it is over a tile.
  static let illumination = "illumination-amplitude", illuminationTally = "illumination-tally"
  static let count = "count", wrongShare = "wrong-share", parts = "parts"

  /// Everything that a model gives but single pairs.
  static func all(_ model: SeriesModel, components: Int) -> [SeriesLayer] {
    let intervals = model.steps.count + model.years.count
    var out: [SeriesLayer] = []
    for c in 0..<components {
      for day in model.days.indices {
        out.append(.init(name: displacement(c, day), motion: .displacement(component: c, day: day)))
        out.append(.init(name: displacementSigma(c, day), motion: .displacementSigma(component: c, day: day)))
      }
      for interval in 0..<intervals {
        out.append(.init(name: velocity(c, interval), motion: .velocity(component: c, interval: interval)))
        out.append(.init(name: velocitySigma(c, interval), motion: .velocitySigma(component: c, interval: interval)))
      }
      for harmonic in 0..<model.harmonics {
        for part in 0..<2 {
          out.append(
            .init(name: season(c, harmonic, part), motion: .season(component: c, harmonic: harmonic, part: part)))
          out.append(
            .init(
              name: seasonSigma(c, harmonic, part), motion: .seasonSigma(component: c, harmonic: harmonic, part: part)
            ))
        }
      }
      out.append(.init(name: noise(c), motion: .noise(component: c)))
      out.append(.init(name: misclosure(c), motion: .misclosure(component: c)))
      if case .smooth = model { out.append(.init(name: walk(c), motion: .walk(component: c))) }
    }
    out.append(.init(name: count, motion: .count))
    if case .smooth = model {
      out.append(.init(name: wrongShare, motion: .wrongShare))
    } else {
      out.append(.init(name: parts, motion: .parts))
    }
    return out
  }
}
