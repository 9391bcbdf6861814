// SPDX-License-Identifier: Apache-2.0
import Parameters
import Processing
import TimeSeries

/// What is settled before a stack run begins: tiles, the matcher, how far each pair is searched, and what all of it takes.
struct StackPreparation {
  let plan: StackPlan
  let matcher: any PairMatcher
  let ranges: PairRanges
  let estimate: StackEstimate
  /// How the separations suit the expected speeds; nil where nobody has said how fast it moves.
  let review: BaselineAdvice.Review?
  /// The pairs that there will be if no date turns out cloudy.
  let network: PairNetwork
  let suitable: ClosedRange<Double>?
  /// Share of clouds by the name of the scene, as its product says for the whole of it; of the area nobody knows yet.
  let clouds: [String: Double]
  /// Width of a pixel in the middle, m; nil where nobody knows.
  let pixelSize: Double?
  private let searched: ClosedRange<Int>

  /// - Parameter elevation: heights that terrain is worked out of; nil where there are none.
  /// - Throws: `TimeSeriesError` when there is nothing to do, `ParameterError` for speeds that nothing can be made of.
  init(
    _ input: StackInput, _ parameters: MpicParameters, _ elevation: ElevationModel?, threads: Int, rates: RateTable
  ) throws {
    let choices = parameters.matching
    matcher = Self.matcher(choices)
    let lattice = StackPlan.lattice(input.grid, spacing: choices.spacing)
    let scale = try GroundScale(input.grid.georeference, lattice, pixelSize: parameters.images.pixelSize)
    let metres = scale?.step(row: lattice.rows / 2, column: lattice.columns / 2).pixelSize.width
    pixelSize = metres
    ranges = try PairRanges(
      least: choices.regularised.searchRange, fastestSpeed: choices.fastestSpeed, metresPerPixel: metres)
    network = try Self.candidates(input, parameters.network)
    clouds = input.dates.reduce(into: [:]) { $0[$1.pass.id] = $1.pass.scenes.compactMap(\.cloudCover).max() }
    searched = ranges.all(network)
    let widest = matcher.searching(searched.upperBound)
    plan = StackPlan(input.grid, spacing: choices.spacing, side: choices.tile, alignment: widest.alignment)
    let pixel = scale?.step(row: lattice.rows / 2, column: lattice.columns / 2).pixelSize
    let cell = elevation.map { TerrainStage.cell(of: $0, pixel: pixel.map { min($0.width, $0.height) } ?? 1) }
    estimate = try StackEstimate(
      input, plan, widest, parameters, pairs: network.pairs.count,
      terrainCell: TerrainStage.isWanted(parameters) ? cell : nil, threads: threads, rates: rates)
    let advice = try Self.advice(choices, metresPerPixel: metres)
    review = advice?.review(network)
    suitable = advice?.suitableSeparations
  }

  private static func matcher(_ choices: StackMatchParameters) -> any PairMatcher {
    switch choices.matcher {
    case .regularised: RegularisedPairMatcher(choices.regularised)
    case .dense: DensePairMatcher(choices.dense, searchRange: choices.regularised.searchRange)
    case .flow: FlowPairMatcher(choices.flow)
    }
  }

  /// The pairs that there will be if no date turns out cloudy.
  private static func candidates(_ input: StackInput, _ choices: PairSelection.Parameters) throws -> PairNetwork {
    let scenes = input.dates.compactMap { date -> DatedScene? in
      CalendarDate(date.pass.date.iso8601).map {
        DatedScene(id: date.pass.id, date: $0, relativeOrbit: date.pass.relativeOrbit, tile: date.pass.tile)
      }
    }
    return try PairSelection(choices).network(of: scenes)
  }

  /// Nil where no speed is expected, or a pixel has no size.
  private static func advice(_ choices: StackMatchParameters, metresPerPixel: Double?) throws -> BaselineAdvice? {
    guard let metresPerPixel, let one = choices.slowestSpeed ?? choices.fastestSpeed else { return nil }
    var asked = BaselineAdvice.Parameters()
    (asked.slowestSpeed, asked.fastestSpeed) = (choices.slowestSpeed ?? one, choices.fastestSpeed ?? one)
    asked.pixelSize = metresPerPixel
    asked.searchRange = Double(choices.fastestSpeed == nil ? choices.regularised.searchRange : PairRanges.widest)
    return try BaselineAdvice(asked)
  }

  /// For people, before anything runs.
  var lines: [String] {
    var out = estimate.lines
    if searched.lowerBound < searched.upperBound {
      out.append("pairs are searched \(searched.lowerBound) to \(searched.upperBound) px far, by their separation")
    }
    if let suitable {
      let low = Self.days(suitable.lowerBound)
      out.append(
        suitable.upperBound.isFinite
          ? "pairs of \(low) to \(Self.days(suitable.upperBound)) days suit the expected speeds"
          : "pairs of \(low) days and more suit the expected speeds")
    }
    return out + (review?.hints ?? [])
  }

  private static func days(_ value: Double) -> String {
    value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
  }
}
