// SPDX-License-Identifier: Apache-2.0
import Masking
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

  public var images = StackImageParameters()
  @Nested(omitting: LeftOut.network + ["pairingMode", "minimumRange", "maximumRange", "splitDate", "seasonWindow"])
  public var network = PairSelection.Parameters()
  @Nested(omitting: LeftOut.matching + LeftOut.speeds) public var matching = StackMatchParameters()
  @Nested(omitting: LeftOut.clouds) public var masks = StackMaskParameters()
  @Nested(omitting: LeftOut.corrections + ["moving", "movingBuffer"]) public var corrections =
    StackCorrectionParameters()
  @Nested(omitting: LeftOut.filters + LeftOut.slopeFilter) public var filters = StackFilterParameters()
  public var uncertainty = StackUncertaintyParameters()
  @Nested(omitting: LeftOut.fusion) public var fusion = PairFusion.Parameters()
  public var run = StackRunParameters()

  public init() {
    corrections.destripe = true
    corrections.dejitter = true
    filters.maximumAmplitude = 10
  }

  public static var title: String { "Quake" }

  public var exportNames: ExportNames { .event }

  /// An earthquake has no velocity.
  public var layers: [FusedLayer] {
    [
      .displacement, .eastDisplacement, .northDisplacement, .eastDisplacementSigma, .northDisplacementSigma,
      .meanDisplacement, .count, .qualityIndex, .vectorCoherence, .unitVectorCoherence,
    ]
  }

  public var chain: MpicParameters {
    var all = groups
    all.network.splitDate = splitDate
    return all
  }
}
