// SPDX-License-Identifier: Apache-2.0
import Parameters
import TimeSeries

/// What is looked for in a survey, for defaults that suit it.
public enum SurveyPreset: String, ParameterChoice {
  case ice, slope

  public var summary: String {
    switch self {
    case .ice: "glaciers: pairs of up to 60 days, wide search"
    case .slope: "slopes that creep: pairs of one to four years, of the same season"
    }
  }
}

/// What a user may say about the motion of a wide area. Defaults keep the folder small: points every 4 px, and of the
/// pairs only their part in the mean.
public struct SurveyParameters: StackService {
  @Parameter("Folders, archives, lists or files of the scenes, of any tiles and orbits", .positional) public
    var scenes: [InputFile]
  @Parameter("Folder for the results; made when absent") public var out: OutputFolder
  @Parameter("What is looked for, for defaults that suit it", .absent("as declared")) public var preset: SurveyPreset?

  @Nested(omitting: LeftOut.always + LeftOut.faults + LeftOut.waves) public var stack = MpicParameters()

  public init() {
    stack.matching.spacing = 4
    stack.network.maximumRange = 2
    stack.corrections.destripe = true
    stack.filters.maximumAmplitude = 10
    stack.run.pairProducts = .none
  }

  public static var title: String { "Survey" }

  public var implied: JSONObject { ofPreset.merged(with: impliedBySpeed) }

  private var ofPreset: JSONObject {
    switch preset {
    case .ice:
      [
        "pairingMode": .string(PairingMode.days.rawValue), "maximumRange": .number(60), "searchRange": .integer(6),
      ]
    case .slope: JSONObject.yearsApart.merged(with: ["maximumAmplitude": .number(4)])
    case nil: [:]
    }
  }
}
