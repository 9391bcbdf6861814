// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

/// The figures of `docs/results/search.md`. Not a check: run only when `OGIVE_MEASURE` names the folder of the
/// simulated pair (PGM images and truth as TIFF).
@Suite(
  "Search measurements",
  .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to the pair's folder"),
  .serialized)
struct SearchMeasurements {
  @Test("speed and error on the simulated pair", arguments: ["real_n0", "real_n01", "real_n03", "synth_n01"])
  func pair(name: String) throws {
    let images = try SearchImages(
      reference: SimulatedPair.image(name + "_reference"), secondary: SimulatedPair.image(name + "_secondary"))
    let dx = try SimulatedPair.truth("truth_dx"), dy = try SimulatedPair.truth("truth_dy")
    let lattice = SearchLattice(originRow: 64, originColumn: 64, spacing: 16, rows: 120, columns: 120)
    for method in SearchMethod.allCases {
      for interpolation in PeakInterpolation.allCases where method != .phase || interpolation == .upsampled {
        var parameters = TemplateSearch.Parameters()
        parameters.method = method
        parameters.interpolation = interpolation
        let run = SimulatedPair.seconds(repeats: 3) {
          TemplateSearch.run(images, lattice: lattice, parameters: parameters)
        }
        var sum = 0.0, squares = 0.0, lengths = 0.0, count = 0.0
        for row in 0..<lattice.rows {
          for column in 0..<lattice.columns where run.result[row, column].flag == .measured {
            let pixel = lattice.pixel(row: row, column: column)
            let ex = Double(run.result[row, column].dx - dx[pixel.row, pixel.column])
            let ey = Double(run.result[row, column].dy - dy[pixel.row, pixel.column])
            sum += abs(ex) + abs(ey)
            squares += ex * ex + ey * ey
            lengths += (ex * ex + ey * ey).squareRoot()
            count += 1
          }
        }
        print(
          String(
            format: "%@ %@ %@: %.0f points/CPU-s, MAE %.4f, RMSE %.4f, vector %.4f, valid %.2f %%", name,
            method.rawValue, interpolation.rawValue, Double(lattice.count) / run.time, sum / count / 2,
            (squares / count / 2).squareRoot(), lengths / count, 100 * count / Double(lattice.count)))
      }
    }
    let field = SimulatedPair.seconds(repeats: 3) {
      CoarseSearch.run(reference: images.reference, secondary: images.secondary)
    }
    print(name, "coarse search: \(field.time) CPU-s, reliable \(field.result.reliableShare)")
  }

  @Test("cost of a lone point")
  func lone() throws {
    let images = try SearchImages(
      reference: SimulatedPair.image("real_n01_reference"), secondary: SimulatedPair.image("real_n01_secondary"))
    for (window, radius) in [(31, 16), (51, 16), (51, 32), (51, 64), (101, 16), (101, 64)] {
      var parameters = TemplateSearch.Parameters()
      parameters.templateWindow = window
      parameters.searchRadius = radius
      let points = (0..<100).map { SearchPoint(row: 300 + 13 * $0, column: 1700 - 11 * $0) }
      let run = SimulatedPair.seconds(repeats: 3) {
        TemplateSearch.run(images, points: points, parameters: parameters)
      }
      print("window \(window), radius \(radius): \(run.time * 1e4) µs a point")
    }
  }

  @Test("bias over sub-pixel shifts, 31 × 31")
  func bias() {
    let texture = SearchTexture(seed: 17, count: 500, shortest: 2.5)
    let side = 400
    let still = texture.image(side, side)
    let deviation = nmad(still.cells)
    let lattice = SearchLattice(originRow: 30, originColumn: 30, spacing: 12, rows: 28, columns: 28)
    for noise in [0, 0.1] as [Float] {
      var random = SearchRandom(state: 4)
      func noisy(_ image: Grid<Float>) -> Grid<Float> {
        image.map { value in
          let radius = (-2 * log(max(1e-12, random.next()))).squareRoot()
          return value + noise * deviation * Float(radius * cos(2 * .pi * random.next()))
        }
      }
      let reference = noisy(still)
      for method in SearchMethod.allCases {
        for interpolation in PeakInterpolation.allCases where method != .phase || interpolation == .upsampled {
          var bias = 0.0, spread = 0.0
          for tenth in 0...10 {
            let shift = Double(tenth) / 10
            var parameters = SearchTests.parameters()
            parameters.method = method
            parameters.interpolation = interpolation
            let found = TemplateSearch.run(
              SearchImages(
                reference: reference, secondary: noisy(texture.image(side, side, dx: shift, dy: 1 - shift))),
              lattice: lattice, parameters: parameters)
            let errors = found.cells.filter { $0.flag == .measured }.map { Double($0.dx) - shift }
            let mean = errors.reduce(0, +) / Double(errors.count)
            let variance = errors.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(errors.count)
            bias = max(bias, abs(mean))
            spread = max(spread, variance.squareRoot())
          }
          print(
            String(
              format: "noise %.1f %@ %@: largest bias %.4f px, standard deviation %.4f px", noise,
              method.rawValue, interpolation.rawValue, bias, spread))
        }
      }
    }
  }
}
