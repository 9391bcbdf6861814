// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids

/// A made-up glacier in a valley: an image, motion with noise of known size, strain, flags and stable ground.
struct SampleReport {
  static let cells = 150
  static let spacing = 8.0

  /// Repeatable random numbers (SplitMix64), normal ones by Box and Muller.
  struct Noise {
    var state: UInt64
    mutating func uniform() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ z >> 31) >> 11) / 9_007_199_254_740_992
    }
    mutating func normal() -> Double { (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform()) }
  }

  let image: Grid<Float>
  let dx, dy, speed, sigma, ncc: Grid<Float>
  let eastVelocity, northVelocity: Grid<Float>
  let flags: Grid<UInt8>
  let strain: [Grid<Float>]
  let isStable: [Bool]
  let normalisedErrors: [Float]
  /// Metres a year for one pixel.
  static let yearly = 10.0 * 365.25 / 20

  /// Position across (−1...1 on the ice) and along the glacier of a place in the unit square.
  private static func place(_ x: Double, _ y: Double) -> (across: Double, along: Double) {
    let centre = 0.30 + 0.42 * y + 0.10 * sin(5.5 * y)
    return ((x - centre) / (0.13 + 0.07 * y), y)
  }

  init(seed: UInt64 = 7) {
    var noise = Noise(state: seed)
    image = Self.texture(side: 600, noise: &noise)
    let n = Self.cells
    var dx = Grid(rows: n, columns: n, filledWith: Float.nan), dy = dx, speed = dx, sigma = dx, ncc = dx
    var east = dx, north = dx, flags = Grid(rows: n, columns: n, filledWith: UInt8(0))
    var stable = [Bool](repeating: false, count: n * n), errors: [Float] = []
    for row in 0..<n {
      for column in 0..<n {
        let x = Double(column) / Double(n), y = Double(row) / Double(n)
        let (across, along) = Self.place(x, y)
        let profile = max(0, 1 - across * across) * (0.5 + 1.9 * along * (1.3 - along))
        let slope = 0.42 + 0.55 * cos(5.5 * y), norm = (1 + slope * slope).squareRoot()
        let size = 2.6 * profile
        let error = 0.02 + 0.03 * noise.uniform() * (abs(across) < 1 ? 1.6 : 1)
        let ex = noise.normal() * error, ey = noise.normal() * error
        errors.append(Float(ex / error))
        dx[row, column] = Float(size * slope / norm + ex + 0.015)
        dy[row, column] = Float(size / norm + ey - 0.01)
        sigma[row, column] = Float(error * Self.yearly)
        ncc[row, column] = Float(0.97 - 0.25 * noise.uniform() * noise.uniform() - (abs(across) < 1 ? 0.08 : 0))
        stable[row * n + column] = abs(across) > 1.35
        flags[row, column] = Self.flag(x, y, across, &noise)
        if flags[row, column] != 0 {
          for index in [row * n + column] {
            dx.cells[index] = .nan
            dy.cells[index] = .nan
            sigma.cells[index] = .nan
            ncc.cells[index] = .nan
          }
        }
        east[row, column] = dx[row, column] * Float(Self.yearly)
        north[row, column] = -dy[row, column] * Float(Self.yearly)
        let length = (dx[row, column] * dx[row, column] + dy[row, column] * dy[row, column]).squareRoot()
        speed[row, column] = length * Float(Self.yearly)
      }
    }
    self.dx = dx
    self.dy = dy
    self.speed = speed
    self.sigma = sigma
    self.ncc = ncc
    eastVelocity = east
    northVelocity = north
    self.flags = flags
    isStable = stable
    normalisedErrors = errors
    strain = Self.strain(east, north)
  }

  private static func flag(_ x: Double, _ y: Double, _ across: Double, _ noise: inout Noise) -> UInt8 {
    if x < 0.02 || y < 0.02 || x > 0.98 || y > 0.98 { return 3 }
    if (x - 0.82) * (x - 0.82) + (y - 0.2) * (y - 0.2) < 0.008 { return 2 }
    if (x - 0.12) * (x - 0.12) * 2 + (y - 0.8) * (y - 0.8) < 0.006 { return 1 }
    if abs(abs(across) - 1) < 0.05 && noise.uniform() < 0.4 { return 7 }
    return noise.uniform() < 0.004 ? 4 : 0
  }

  /// Longitudinal, transverse and shear strain rate of a made-up kind: differences of the two components.
  private static func strain(_ east: Grid<Float>, _ north: Grid<Float>) -> [Grid<Float>] {
    var out = [Grid<Float>](repeating: Grid(rows: cells, columns: cells, filledWith: .nan), count: 3)
    let step = Float(4 * spacing * 10)
    for row in 2..<cells - 2 {
      for column in 2..<cells - 2 {
        let ee = (east[row, column + 2] - east[row, column - 2]) / step
        let nn = (north[row - 2, column] - north[row + 2, column]) / step
        let en = (east[row - 2, column] - east[row + 2, column]) / step
        let ne = (north[row, column + 2] - north[row, column - 2]) / step
        out[0][row, column] = nn
        out[1][row, column] = ee
        out[2][row, column] = (en + ne) / 2
      }
    }
    return out
  }

  /// Rough rock, smooth ice with bands across the flow.
  private static func texture(side: Int, noise: inout Noise) -> Grid<Float> {
    let lattice = (0..<4).map { _ in (0..<66 * 66).map { _ in Float(noise.uniform()) } }
    var out = Grid(rows: side, columns: side, filledWith: Float(0))
    for row in 0..<side {
      for column in 0..<side {
        let x = Double(column) / Double(side), y = Double(row) / Double(side)
        var value: Float = 0
        for (octave, frequency) in [6.0, 14, 32, 64].enumerated() {
          let u = x * frequency, v = y * frequency, i = Int(u), j = Int(v)
          let a = Float(u - Double(i)), b = Float(v - Double(j)), cells = lattice[octave]
          let top = cells[j * 66 + i] * (1 - a) + cells[j * 66 + i + 1] * a
          let low = cells[(j + 1) * 66 + i] * (1 - a) + cells[(j + 1) * 66 + i + 1] * a
          value += (top * (1 - b) + low * b) / Float(octave + 1)
        }
        let (across, along) = place(x, y)
        let isIce = abs(across) < 1
        let band = Float(sin(95 * (along - 0.035 * (1 - across * across))))
        out[row, column] = isIce ? 900 + 60 * value + 28 * band : 240 + 260 * value
      }
    }
    return out
  }
}
