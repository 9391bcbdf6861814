// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

@Suite("Motion that the sun feigns")
struct IlluminationStudyTests {
  @Test("a shadow vector points to the sun and is as long as the shadow of a metre")
  func vector() {
    let morning = ShadowVector(azimuth: 90, elevation: 45)
    #expect(abs(morning.east - 1) < 1e-12 && abs(morning.north) < 1e-12)
    let noon = ShadowVector(azimuth: 180, elevation: 30)
    #expect(abs(noon.east) < 1e-12 && abs(noon.north + 3.0.squareRoot()) < 1e-12)
    #expect(ShadowVector(azimuth: 180, elevation: 1) == ShadowVector(azimuth: 180, elevation: ShadowVector.lowestSun))
  }

  @Test(
    "lengths come back within four sigmas and 0.03 m; held-out residuals fall to the noise; no more terms are taken")
  func recovered() throws {
    let study = try SunlitPairs().study()
    #expect(study.model.form == .slope && study.trials.map(\.isAccepted) == [true, false])
    for (term, truth) in [-0.6, 0.2].enumerated() {
      let error = abs(study.model.coefficients[term] - truth)
      #expect(error < 0.03 && error < 4 * study.model.sigma(term), "\(study.model)")
    }
    #expect(study.trials[0].after < 0.95 * study.trials[0].before, "\(study.trials[0])")
    #expect(
      study.season.before > 2 * study.season.noise && study.season.after < 1.2 * study.season.noise, "\(study.season)"
    )
    let uniform = try #require(study.uniform)
    #expect(uniform.isAccepted && abs(uniform.length + 0.5) < 4 * uniform.sigma + 0.05, "\(uniform)")
  }

  @Test("a law of second order in the slope is told from one of first order")
  func curved() throws {
    var pairs = SunlitPairs()
    pairs.lengths = [-0.6, 0.2, 0.8, -0.9]
    let study = try pairs.study()
    #expect(study.model.form == .curved)
    for (term, truth) in pairs.lengths.enumerated() {
      #expect(abs(study.model.coefficients[term] - truth) < 4 * study.model.sigma(term) + 0.02, "\(study.model)")
    }
  }

  @Test("noise alone is refused, and then nothing is taken off", arguments: 1...4)
  func refused(seed: Int) throws {
    var pairs = SunlitPairs()
    (pairs.lengths, pairs.uniform, pairs.seed) = ([0, 0, 0, 0], 0, UInt64(seed))
    let study = try pairs.study()
    #expect(study.model == .nothing, "\(study.trials)")
    let bias = study.model.bias(GroundRise(east: 0.3, north: 0), under: SunlitPairs.sun(17_000))
    #expect(bias == .zero)
  }

  @Test("ground without slopes, or dates without a sun, leave the medians and no model")
  func unknown() throws {
    let pairs = SunlitPairs(), times = try pairs.times, known = try pairs.samples()
    let flat = StillGround(
      pairs: known.pairs, east: known.east, north: known.north,
      rises: known.rises.map { _ in GroundRise(east: .nan, north: .nan) }, blocks: known.blocks)
    let study = IlluminationStudy(flat, times, suns: times.dates.map(SunlitPairs.sun))
    #expect(study.model == .nothing && study.trials.isEmpty && study.uniform?.isAccepted == true)
    let dark = IlluminationStudy(known, times, suns: times.dates.map { _ in nil })
    #expect(dark.model == .nothing && dark.pairs == 0 && dark.uniform == nil)
    #expect(dark.shifts.allSatisfy { $0.x.isFinite && $0.y.isFinite })
  }

  @Test("the yearly swing of a bias that is a sine of 2 m to the north-east is 4π m/yr, whatever the axes")
  func swing() {
    // One term alone: |s|² g, with a shadow whose square goes as a sine.
    let model = IlluminationModel(form: .slope, coefficients: [0, 1], covariance: [], steepest: 10)
    let year = (0..<48).map { part -> ShadowVector in
      let square = 3 + sin(2 * Double.pi * Double(part) / 48)
      return ShadowVector(azimuth: 180, elevation: atan(1 / square.squareRoot()) * 180 / .pi)
    }
    let rise = GroundRise(east: 2.0.squareRoot(), north: 2.0.squareRoot())
    #expect(abs(model.yearlySwing(rise, over: year) - 4 * .pi) < 1e-6)
  }

  @Test("steeper ground than was learnt from counts as steep as that")
  func limited() {
    let model = IlluminationModel(form: .slope, coefficients: [-1, 0.5], covariance: [], steepest: 0.5)
    let sun = ShadowVector(azimuth: 160, elevation: 30)
    let edge = model.bias(GroundRise(east: 0.3, north: 0.4), under: sun)
    let beyond = model.bias(GroundRise(east: 0.6, north: 0.8), under: sun)
    #expect(abs(edge.x - beyond.x) < 1e-12 && abs(edge.y - beyond.y) < 1e-12)
  }
}
