// SPDX-License-Identifier: Apache-2.0
import Parameters

/// How a slope moves, for defaults that suit it.
public enum SlidePreset: String, ParameterChoice {
  case creep, active, failure

  public var summary: String {
    switch self {
    case .creep: "centimetres to a metre a year: pairs of one to four years, of the same season"
    case .active: "metres a year and more: pairs of up to five acquisitions"
    case .failure: "metres in one event: give splitDate, and pairs are formed across it"
    }
  }
}

/// What a user may say about the velocity of a landslide. Defaults are those of GDM-OPT-SLIDE but for clouds and snow,
/// which are left out only when that is asked for.
public struct SlideParameters: StackService {
  @Parameter("Folders, archives, lists or files of the scenes of one place", .positional) public var scenes:
    [InputFile]
  @Parameter("Folder for the results; made when absent") public var out: OutputFolder
  @Parameter("How the slope moves, for defaults that suit it", .absent("as declared")) public var preset: SlidePreset?

  @Nested(omitting: LeftOut.always + LeftOut.faults + LeftOut.waves) public var stack = MpicParameters()

  public init() {
    stack.corrections.destripe = true
    stack.filters.maximumAmplitude = 10
    stack.matching.regularised.regularisation = 0.15
  }

  public static var title: String { "Slide" }

  public var exportNames: ExportNames { .motion }

  public var implied: JSONObject { ofPreset.merged(with: impliedBySpeed) }

  private var ofPreset: JSONObject {
    switch preset {
    case .creep: JSONObject.yearsApart.merged(with: ["maximumAmplitude": .number(4)])
    case .active: ["maximumRange": .number(5), "searchRange": .integer(4)]
    case .failure: ["searchRange": .integer(8), "regularisation": .number(0.1)]
    case nil: [:]
    }
  }

  public func validate() throws(ParameterError) {
    if preset == .failure, stack.network.splitDate == nil {
      throw .conflict("splitDate", "`preset` failure needs `splitDate`, the date of the event")
    }
  }
}
