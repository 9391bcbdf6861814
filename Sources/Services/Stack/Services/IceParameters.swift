// SPDX-License-Identifier: Apache-2.0
import Parameters

/// How a glacier moves, for defaults that suit it.
public enum IcePreset: String, ParameterChoice {
  case outlet, valley
  case slowIce = "slow-ice"

  public var summary: String {
    switch self {
    case .outlet: "up to several metres a day: short pairs, wide search, windows that hold together less"
    case .valley: "tens to some hundreds of metres a year: pairs of up to five acquisitions"
    case .slowIce: "rock glaciers and slow ice: pairs of one to four years, of the same season"
    }
  }
}

/// What a user may say about the velocity of ice. Defaults are those of GDM-OPT-ICE but for clouds, which lose weight
/// here and are not cut out, for a glacier looks like one.
public struct IceParameters: StackService {
  @Parameter("Folders, archives, lists or files of the scenes of one place", .positional) public var scenes:
    [InputFile]
  @Parameter("Folder for the results; made when absent") public var out: OutputFolder
  @Parameter("How the ice moves, for defaults that suit it", .absent("as declared")) public var preset: IcePreset?

  @Nested(omitting: LeftOut.always + LeftOut.faults + LeftOut.waves) public var stack = MpicParameters()

  public init() {
    stack.corrections.movingBuffer = 1000
    stack.corrections.destripe = true
    stack.filters.maximumAmplitude = 10
    stack.matching.regularised.searchRange = 4
  }

  public static var title: String { "Ice" }

  public var exportNames: ExportNames { .motion }

  public var implied: JSONObject { ofPreset.merged(with: impliedBySpeed) }

  private var ofPreset: JSONObject {
    switch preset {
    case .outlet:
      [
        "maximumRange": .number(2), "searchRange": .integer(12), "maximumAmplitude": .number(16),
        "regularisation": .number(0.2),
      ]
    case .valley: ["maximumRange": .number(5), "searchRange": .integer(4)]
    case .slowIce: JSONObject.yearsApart.merged(with: ["searchRange": .integer(2), "maximumAmplitude": .number(4)])
    case nil: [:]
    }
  }
}
