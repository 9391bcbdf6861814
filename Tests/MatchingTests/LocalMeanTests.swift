// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Simulation
import Testing

@Suite("Local mean")
struct LocalMeanTests {
  @Test("a constant image becomes 0 within 1e-4 of its value, at its edges and beside holes too")
  func constant() {
    var image = Grid<Float>(rows: 50, columns: 61, filledWith: 200)
    for row in 20..<30 { for column in 10..<25 { image[row, column] = .nan } }
    let out = image.withoutLocalMean(sigma: 4)
    for index in image.cells.indices {
      #expect(image.cells[index].isNaN == out.cells[index].isNaN)
      #expect(image.cells[index].isNaN || abs(out.cells[index]) < 0.02)
    }
  }

  @Test("equals the weighted mean over 3 sigma, summed in double precision, within 1e-4 of the grey range")
  func direct() {
    var random = SeededRandom(seed: 3)
    let sigma = 2.5, radius = 8
    var image = Grid<Float>(rows: 30, columns: 27, filledWith: 0)
    for index in image.cells.indices {
      image.cells[index] = random.uniform() < 0.1 ? .nan : Float(100 * random.uniform())
    }
    let out = image.withoutLocalMean(sigma: sigma)
    for row in 0..<30 {
      for column in 0..<27 where image[row, column].isFinite {
        var sum = 0.0, weights = 0.0
        for r in max(0, row - radius)...min(29, row + radius) {
          for c in max(0, column - radius)...min(26, column + radius) where image[r, c].isFinite {
            let d = Double((r - row) * (r - row) + (c - column) * (c - column))
            let weight = exp(-d / (2 * sigma * sigma))
            sum += weight * Double(image[r, c])
            weights += weight
          }
        }
        #expect(abs(Double(out[row, column]) - (Double(image[row, column]) - sum / weights)) < 0.01)
      }
    }
  }

  @Test("a wave of 100 px is taken away to 5 %, one of 8 px stays within 2 %, with sigma 8 px")
  func waves() {
    func amplitude(_ wavelength: Double) -> Float {
      var image = Grid<Float>(rows: 60, columns: 300, filledWith: 0)
      for row in 0..<60 {
        for column in 0..<300 { image[row, column] = Float(sin(2 * .pi * Double(column) / wavelength)) }
      }
      let out = image.withoutLocalMean(sigma: 8)
      return (100..<200).map { abs(out[30, $0]) }.max() ?? 0
    }
    // 1 − exp(−2π²σ²/λ²) is 0.118 for 100 px and 1 for 8 px, which is sampled at its crests.
    #expect(abs(amplitude(100) - 0.118) < 0.05 && abs(amplitude(8) - 1) < 0.02)
  }

  @Test("a pixel's bits do not depend on where the array begins, further than 3 sigma from the edges")
  func origin() {
    var random = SeededRandom(seed: 8)
    let image = Grid(rows: 70, columns: 90, cells: (0..<6300).map { _ in Float(random.uniform()) })
    let whole = image.withoutLocalMean(sigma: 3)
    let window = Window(row: 5, column: 13, rows: 60, columns: 70)
    let part = image.cropped(to: window).withoutLocalMean(sigma: 3)
    for row in 9..<51 {
      for column in 9..<61 { #expect(part[row, column] == whole[row + 5, column + 13]) }
    }
  }
}
