// SPDX-License-Identifier: Apache-2.0
import Parameters
import TimeSeries

/// What a user may say about the motion of an earthquake. Defaults are those of GDM-OPT-ETQ: all pairs across the date,
/// jitter and stripes taken out.
public struct QuakeParameters: StackService {
  @Parameter("Folders, archives, lists or files of the scenes: two before and two after are enough", .positional)
  public var scenes: [InputFile]
  @Parameter("Folder for the results; made when absent") public var out: OutputFolder
  @Parameter("Date of the earthquake: all pairs across it are formed, and no others") public var splitDate:
    CalendarDate

  @Nested(omitting: LeftOut.always + LeftOut.speeds + LeftOut.ofEvents) public var stack = MpicParameters()

  public init() {
    stack.corrections.destripe = true
    stack.corrections.dejitter = true
    stack.filters.maximumAmplitude = 10
  }

  public static var title: String { "Quake" }

  public var exportNames: ExportNames { .event }

  /// An earthquake has no velocity.
  public var layers: [FusedLayer] {
    [
      .displacement, .eastDisplacement, .northDisplacement, .eastDisplacementSigma, .northDisplacementSigma,
      .displacementSigma, .meanDisplacement, .count, .qualityIndex, .vectorCoherence, .unitVectorCoherence,
    ]
  }

  public var chain: MpicParameters {
    var all = groups
    all.network.splitDate = splitDate
    return all
  }
}
