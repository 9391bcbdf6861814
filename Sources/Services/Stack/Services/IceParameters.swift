// SPDX-License-Identifier: Apache-2.0
import Masking
import Parameters
import TimeSeries

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

  public var images = StackImageParameters()
  @Nested(omitting: LeftOut.network) public var network = PairSelection.Parameters()
  @Nested(omitting: LeftOut.matching + LeftOut.faults) public var matching = StackMatchParameters()
  @Nested(omitting: LeftOut.clouds) public var masks = StackMaskParameters()
  @Nested(omitting: LeftOut.corrections + LeftOut.waves) public var corrections = StackCorrectionParameters()
  @Nested(omitting: LeftOut.filters) public var filters = StackFilterParameters()
  public var uncertainty = StackUncertaintyParameters()
  @Nested(omitting: LeftOut.fusion) public var fusion = PairFusion.Parameters()
  public var run = StackRunParameters()

  public init() {
    corrections.movingBuffer = 1000
    corrections.destripe = true
    filters.maximumAmplitude = 10
    matching.regularised.searchRange = 4
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
