// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Processing
import TimeSeries

/// What was learnt about the sun on stable ground, and what was taken off.
struct SunFinding: Sendable {
  let study: IlluminationStudy
  let sun: SeriesSun
  let hasTerrain: Bool
  /// Pairs that stable ground did not show and that were shifted by what is the same on all ground.
  let filled: Int
  /// Over all pixels; nil where nothing was taken off.
  var tally: SunTally?
}

/// The stage that looks at stable ground: shifts of pairs, and what the sun feigns where that was asked for.
struct SunStage {
  let parameters: InvertParameters
  let input: SeriesInput
  let ground: StableReadings
  let checksums: ChecksumCache

  func run() throws -> (corrections: PairCorrections, finding: SunFinding?) {
    guard parameters.sun.sunBias else {
      return (PairCorrections(shifts: try ground.samples(nil).medianShifts), nil)
    }
    guard input.cube.components == 2 else {
      throw ServiceError(
        .noData,
        "\(input.cube.name) holds one direction of motion; --sun-bias needs the motion to the east and to the north")
    }
    let sun = try SeriesSun(input, hour: parameters.sun.sunTime)
    let terrain = try parameters.sun.dem.map { try SeriesTerrain($0.path, input, reach: parameters.sun.slopeReach) }
    let study = IlluminationStudy(try ground.samples(terrain), input.times, suns: sun.shadows)
    var shifts = study.shifts.map { PairShift(east: Float($0.x), north: Float($0.y)) }, filled = 0
    if let uniform = study.uniform, uniform.isAccepted {
      for pair in shifts.indices where !shifts[pair].east.isFinite || !shifts[pair].north.isFinite {
        guard let low = sun.shadows[input.times.earlierDate[pair]],
          let high = sun.shadows[input.times.laterDate[pair]]
        else { continue }
        shifts[pair] = PairShift(
          east: Float(uniform.length * (high.east - low.east)),
          north: Float(uniform.length * (high.north - low.north)))
        filled += 1
      }
    }
    var corrections = PairCorrections(shifts: shifts)
    if let terrain, study.model.form != .none {
      let files = try terrain.files.map {
        try checksums.checksum(ofInput: $0, cancellation: ground.runner.cancellation)
      }
      corrections.sun = SunBias(model: study.model, sun: sun, terrain: terrain, times: input.times, files: files)
    }
    let finding = SunFinding(study: study, sun: sun, hasTerrain: terrain != nil, filled: filled)
    return (corrections, finding)
  }
}
