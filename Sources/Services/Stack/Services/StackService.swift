// SPDX-License-Identifier: Apache-2.0
import Correction
import Masking
import Matching
import Parameters
import TimeSeries

/// A set of parameters over the one chain of stages: what the users of a service say, with the defaults that suit them.
///
/// The groups are the same for all services. A service leaves out of a group what its users do not need, and gives other
/// defaults where its ground asks for them; it holds no mathematics.
public protocol StackService: ParameterSet {
  var scenes: [InputFile] { get }
  var out: OutputFolder { get }
  var images: StackImageParameters { get }
  var network: PairSelection.Parameters { get }
  var matching: StackMatchParameters { get }
  var masks: StackMaskParameters { get }
  var corrections: StackCorrectionParameters { get }
  var filters: StackFilterParameters { get }
  var uncertainty: StackUncertaintyParameters { get }
  var fusion: PairFusion.Parameters { get }
  var run: StackRunParameters { get }

  /// What the chain is told.
  var chain: MpicParameters { get }

  /// Which names the export under GEP's names takes.
  var exportNames: ExportNames { get }

  /// What is written of the fusion.
  var layers: [FusedLayer] { get }
}

extension StackService {
  /// The groups of the service as the chain knows them, those that were left out at the service's defaults.
  var groups: MpicParameters {
    var all = MpicParameters()
    (all.scenes, all.out, all.images, all.network) = (scenes, out, images, network)
    (all.matching, all.masks, all.corrections, all.filters) = (matching, masks, corrections, filters)
    (all.uncertainty, all.fusion, all.run) = (uncertainty, fusion, run)
    return all
  }

  public var chain: MpicParameters { groups }

  /// A length that suits usual pairs would cut off the motion that was asked for.
  var impliedBySpeed: JSONObject { matching.fastestSpeed == nil ? [:] : ["maximumAmplitude": .null] }

  public var exportNames: ExportNames { .mpic }

  /// Displacements with their sigmas only where one event is between all pairs.
  public var layers: [FusedLayer] {
    FusedLayer.all(ofEvents: chain.network.splitDate != nil)
  }
}

/// The services of GEP whose names, units and signs an export takes.
public enum ExportNames: Sendable {
  /// MPIC-OPT.
  case mpic
  /// GDM-OPT-ICE and -SLIDE.
  case motion
  /// GDM-OPT-ETQ.
  case event
}

extension FusedLayer {
  /// What only an event has.
  static let ofEvents: [FusedLayer] = [.displacement, .eastDisplacementSigma, .northDisplacementSigma]

  /// All that a fusion gives, in their order.
  static func all(ofEvents isEvent: Bool) -> [FusedLayer] {
    allCases.filter { isEvent || !ofEvents.contains($0) }
  }
}

extension MpicParameters: StackService {
  public var chain: MpicParameters { self }
}

/// Parameters of the shared groups that services leave out: `ogive mpic` has them all.
enum LeftOut {
  static let network = ["pairs"]
  static let matching =
    ["correlationExponent", "denseWindowWeights"]
    + ["ContrastInversion", "Equalisation", "EqualisationCell", "EqualisationLimit", "MinimumValidShare"]
    .map { "flow" + $0 }
  static let speeds = ["fastestSpeed", "slowestSpeed"]
  static let faults = ["faultDirection"]
  static let clouds = TemporalClouds.Parameters().fields.map(\.name)
  static let corrections =
    ["stripeReach", "stripeWidth", "stripeSignificance", "lineCells"]
    + CorrectionScene.Parameters().fields.map(\.name) + CorrectionChain.Parameters().fields.map(\.name)
  static let waves = ["shortestWave", "longestWave"]
  static let filters =
    MedianFilter.Parameters().fields.map(\.name) + RoundTripFilter.Parameters().fields.map(\.name)
    + ["flatSlope", "minimumMotion"]
  static let slopeFilter = ["slopeFilter", "maximumSlopeAngle"]
  static let fusion = ["weighsByClarity", "sigmaSource", "sigmaTrust", "sceneErrorShare", "blockMemory"]
}

/// Values that a preset implies, under the names of the parameters.
extension JSONObject {
  /// For motion of part of a pixel between acquisitions: pairs of a year and more, of the same season.
  static let yearsApart: JSONObject = [
    "pairingMode": .string(PairingMode.days.rawValue), "minimumRange": .number(300), "maximumRange": .number(1500),
    "seasonWindow": .number(45),
  ]
}
