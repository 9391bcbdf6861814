// SPDX-License-Identifier: Apache-2.0
import TimeSeries

/// What the series of one pixel tells, for places and maps alike.
struct MotionFindings {
  struct Correlation {
    let name: String
    let found: SeriesCorrelation
  }

  /// Displacement along the motion.
  let series: DatedSeries
  let steps: StepDetection?
  let onset: AccelerationOnset?
  let failure: FailureTime
  let correlations: [Correlation]

  init(_ track: SeriesFile.Track, _ file: SeriesFile, weather: [WeatherQuantity]) throws {
    series = try DatedSeries(days: file.days, values: track.along.values, sigmas: track.along.sigmas)
    steps = StepDetection(series)
    onset = AccelerationOnset(series)
    failure = FailureTime(series)
    let speeds = weather.isEmpty ? [] : track.speedAlong.values
    correlations = weather.map { Correlation(name: $0.name, found: SeriesCorrelation(speeds, with: $0.weather)) }
  }

  /// The day is said where the law fits the series and nothing simpler does nearly as well: a surge that has ended is
  /// better told by an acceleration than by a steady one, and by neither well.
  var failureDay: Double? { failure.evidence.failure >= 0.9 && failure.sigmaScale <= 5 ? failure.day : nil }

  var largestStep: StepDetection.Step? { steps?.steps.max { abs($0.size) < abs($1.size) } }
  var largestPhase: StepDetection.Phase? { steps?.phases.max { abs($0.size) < abs($1.size) } }
}
