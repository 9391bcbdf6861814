// SPDX-License-Identifier: Apache-2.0
import Parameters

/// What the range of a pair is counted in.
public enum PairingMode: String, ParameterChoice {
  case acquisitions
  case days

  public var summary: String {
    switch self {
    case .acquisitions: "the range is a number of acquisitions: 1 is the next one"
    case .days: "the range is a number of days"
    }
  }
}

/// From which scene of a pair the templates are taken.
public enum PairDirection: String, ParameterChoice {
  case forward
  case both

  public var summary: String {
    switch self {
    case .forward: "from the earlier to the later scene"
    case .both: "from the earlier to the later scene and back, which doubles the pairs"
    }
  }
}

extension PairSelection {
  /// Choices of the pair network. Defaults are those of the MPIC-OPT and GDM-OPT services, except the cloud limit, which
  /// is the rule of their guide for users (20 %).
  public struct Parameters: ParameterSet {
    public static var title: String { "Pair network" }

    @Parameter("What the range of a pair is counted in")
    public var pairingMode: PairingMode = .acquisitions

    @Parameter("Shortest range of a pair, acquisitions or days", in: 0...36_525)
    public var minimumRange: Double = 1

    @Parameter("Longest range of a pair, acquisitions or days", in: 0...36_525)
    public var maximumRange: Double = 5

    @Parameter("Pairs are formed only across this date, and all of them, whatever their range")
    public var splitDate: CalendarDate?

    @Parameter("From which scene of a pair the templates are taken")
    public var pairDirection: PairDirection = .forward

    @Parameter("Whether both scenes of a pair must have the same relative orbit, which keeps the view the same")
    public var sameRelativeOrbit = true

    @Parameter(
      "Largest distance of two scenes in the year, which keeps sun and snow alike; any when absent", unit: "d",
      in: 0...183)
    public var seasonWindow: Double?

    @Parameter("Largest cloud share on the area of a scene that is used; scenes of unknown share are used", in: 0...1)
    public var maximumCloudShare: Double = 0.2

    @Parameter("The pairs by name, as FIRST:SECOND with the templates in FIRST; nothing else is then chosen by")
    public var pairs: [String] = []

    @Parameter(
      "Pairs that are left out, as FIRST:SECOND by the names of their scenes, whichever way they are matched")
    public var leaveOutPairs: [String] = []

    @Parameter("Scenes that are left out, by name; the pairs are then formed as if they were not there")
    public var leaveOutScenes: [String] = []

    public init() {}

    public func validate() throws(ParameterError) {
      var problems: [ParameterError.Problem] = []
      func conflict(_ name: String, _ text: String) {
        problems.append(ParameterError.Problem(.conflict, parameter: name, text))
      }
      if minimumRange > maximumRange {
        conflict(
          "minimumRange",
          "`minimumRange` is \(short(minimumRange)), above `maximumRange` (\(short(maximumRange))); exchange them")
      }
      let isWhole = minimumRange == minimumRange.rounded() && maximumRange == maximumRange.rounded()
      if pairingMode == .acquisitions, !isWhole {
        conflict(
          "pairingMode", "acquisitions are counted in whole numbers: give whole ranges, or `pairingMode` days")
      }
      if !problems.isEmpty { throw ParameterError(problems) }
    }
  }
}

/// A number without a needless fraction, for messages.
func short(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
}
