// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import TimeSeries

/// Which layers a report is about: the velocity of a stack, or the displacement of an event.
struct ReportLayers {
  let length, east, north, eastSigma, northSigma: FusedLayer
  /// What the length and the components are called.
  let name, component: String
  let note: String

  init(isEvent: Bool) {
    if isEvent {
      (length, east, north) = (.displacement, .eastDisplacement, .northDisplacement)
      (eastSigma, northSigma) = (.eastDisplacementSigma, .northDisplacementSigma)
      (name, component) = ("Displacement", "Displacement")
      note = "Mean of all pairs across the event."
    } else {
      (length, east, north) = (.speed, .eastVelocity, .northVelocity)
      (eastSigma, northSigma) = (.eastSigma, .northSigma)
      (name, component) = ("Mean speed", "Mean velocity")
      note = "All pairs together; what changed with time is in the spread."
    }
  }
}

/// What the report of a stack says in words.
struct StackReportWords {
  let result: StackResult

  private var scenes: [DatedScene] { result.network.network.scenes }

  private func day(_ scene: Int) -> String { String(scenes[scene].date.description.prefix(10)) }

  var title: String {
    guard let event = result.context.parameters.network.splitDate else {
      return "Mean motion from \(day(0)) to \(day(scenes.count - 1))"
    }
    return "Displacement across \(event.description.prefix(10))"
  }

  var subtitle: String {
    let pairs = Self.count(result.corrected.pairs.count, "pair")
    guard let event = result.context.parameters.network.splitDate else {
      return "\(pairs) of \(Self.count(scenes.count, "date"))"
    }
    let before = scenes.indices.filter { scenes[$0].date < event }.map(day)
    let after = scenes.indices.filter { scenes[$0].date >= event }.map(day)
    return "\(pairs): before \(Self.list(before)); after \(Self.list(after))"
  }

  static func count(_ number: Int, _ thing: String, many: String? = nil) -> String {
    "\(number) \(number == 1 ? thing : many ?? thing + "s")"
  }

  /// Up to four days, else how many from when to when.
  private static func list(_ days: [String]) -> String {
    guard days.count > 4, let first = days.first, let last = days.last else {
      return days.joined(separator: days.count == 2 ? " and " : ", ")
    }
    return "\(days.count) dates from \(first) to \(last)"
  }

  /// What to look at on the page, in the order in which it decides whether the rest is worth anything.
  func reading(_ samples: StackSamples) -> Callout {
    let coherence = ReportLayers(isEvent: result.isEvent).name.lowercased()
    return Callout(
      .note, "What to look at",
      points: [
        ground, suspicion,
        "Vector coherence: near 1 the pairs agree on where the ground went. Below about 0.5 the \(coherence) there is "
          + "noise, however smooth it looks.",
        lost(samples),
        "Colours of the first map are pale where motion is no larger than its uncertainty. Motion that follows "
          + "the edge of a mask, a tile or the image is not the ground's.",
      ].compactMap { $0 })
  }

  /// What stable ground reads, as motion.
  private var ground: String? {
    let pairs = result.corrected.pairs.filter { ($0.report.after?.count ?? 0) > 0 }
    guard !pairs.isEmpty else {
      return
        "No stable ground was found, so nothing was corrected: a shift of the images would show as motion that is "
        + "the same everywhere. Give --stable-terrain or --moving where there is still ground."
    }
    let rmse = pairs.compactMap { $0.report.after?.scatter }.filter(\.isFinite)
    let typical = median(rmse)
    var motion = ""
    if !result.isEvent, let pixel = result.ground?.step(row: 0, column: 0).pixelSize.width {
      let days = median(pairs.map { result.network.network.pairs[$0.matched.place].separation })
      let speed = typical * pixel / max(days, 1e-9) * 365.25
      motion =
        ", as much as \(NumberText.significant(speed, digits: 2)) m/yr in a pair of \(NumberText.round(days)) days"
    } else if let pixel = result.ground?.step(row: 0, column: 0).pixelSize.width {
      motion = ", \(NumberText.significant(typical * pixel, digits: 2)) m"
    }
    return "Stable ground: it should read zero, and a typical pair misses it by "
      + "\(NumberText.decimal(typical, places: 3)) px\(motion). What moves less in a single pair is not told from still ground."
  }

  /// Ground that was found may be moving: satellites point to about a pixel.
  private var suspicion: String? {
    guard result.corrected.givenGround == nil else { return nil }
    let shifts = result.corrected.pairs.compactMap { pair in
      pair.report.before.map { hypot($0.medianX, $0.medianY) }
    }.filter(\.isFinite)
    guard let typical = shifts.isEmpty ? nil : median(shifts), typical > Self.largestShift else { return nil }
    return
      "The ground that was taken as still was found, not given, and lay \(NumberText.significant(typical, digits: 2)) px off in a "
      + "typical pair. Satellites point better than that: it may well be ice or rock in motion, whose speed is then missing "
      + "everywhere. Give --stable-terrain or --moving, or --deshift=false --deramp=false."
  }

  /// Px that images of one satellite lie apart at most, as a rule.
  private static let largestShift = 2.0

  private func lost(_ samples: StackSamples) -> String? {
    let counts = samples.counts, seen = counts.filter { $0.key != .unseen }.map(\.value).reduce(0, +)
    guard seen > 0 else { return nil }
    func share(_ fate: PointFate) -> String {
      NumberText.percent(Double(counts[fate] ?? 0) / Double(seen), places: 0)
    }
    return
      "Of the points that both images of a pair show, \(share(.cloudy)) lay under cloud, \(share(.decorrelated)) were "
      + "not found again, \(share(.filtered)) were filtered out; the maps say where."
  }
}
