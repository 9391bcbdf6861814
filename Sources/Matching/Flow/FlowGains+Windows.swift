// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels

/// What windows, one after the other, make of noise and of motion.
///
/// With w the transfer of a window (1 for what does not change within it, 0 for what averages out), gradients with noise
/// bring a field T of the true motion to T' = s w + (1 − s) w T, and noise N to N' = w + (1 − s) w N: the steps are too short
/// by s. This happens once for each window, not for each iteration: iterations use the same gradients, and around the place
/// where gradients were taken their noise is as good as texture. Before the first window stands the field of the coarser
/// level, whose window is twice as wide.
///
/// Source: own derivation; the form of the iteration is that of Le Besnerais & Champagnat 2005. Checked by:
/// `FlowGainsTests`, `RankFlowTests`.
extension FlowGains {
  /// Wave numbers per axis and their step, in inverse half sides of the last window.
  private static let waves = 48, step = 0.3
  /// Motion has a power that falls with this power of the wave number. Between 4 and 5 the gains of `change` at shares of 0.65
  /// and 0.2 are those of errors with known truth (1.4² and 3.0²).
  private static let slope = 4.4
  /// Power that the first smoothing took from motion, over what the second takes. It is 1 where motion changes slowly and
  /// grows without bound for what the window hides; this value makes sigma right on images without noise.
  private static let hidden = 1.75
  /// What noise has in the power of a window's departures: its mean and about one standard deviation, a window holding
  /// little more than one independent value.
  private static let margin = 1.5
  private static let entries = 19

  /// - Parameters:
  ///   - radii: half sides of the windows in the order they ran, px.
  ///   - cell: half side of the squares that scores are summed over, px.
  package init(radii: [Int], cell: Int) {
    precondition(!radii.isEmpty, "no windows")
    let last = radii[radii.count - 1]
    func transfers(_ radius: Int) -> [Double] {
      let scale = (Double(radius) + 0.5) / (Double(last) + 0.5)
      let line = (0..<Self.waves).map { j -> Double in
        let k = (Double(j) + 0.5) * Self.step * scale
        return sin(k) / k
      }
      return line.flatMap { a in line.map { a * $0 } }
    }
    let final = transfers(last), start = transfers(2 * radii[0]), windows = radii.map(transfers)
    let weights = (0..<Self.waves).flatMap { i in
      (0..<Self.waves).map { j -> Double in
        let y = Double(i) + 0.5, x = Double(j) + 0.5
        return pow(x * x + y * y, -0.5 * Self.slope)
      }
    }
    let loss = Self.loss(cell: cell, radius: last)
    var noise: [Float] = [], change: [Float] = [], departure: [Float] = []
    for entry in 0..<Self.entries {
      let least = Double(Self.leastShare), share = least + (1 - least) * Double(entry) / Double(Self.entries - 1)
      var passed = 0.0, grown = 0.0, left = 0.0, hidden = 0.0, departed = 0.0
      for index in final.indices {
        var motion = start[index], error = start[index]
        for window in windows {
          motion = window[index] * (share + (1 - share) * motion)
          error = window[index] * (1 + (1 - share) * error)
        }
        let w = final[index], rest = (1 - w) * error
        passed += w * w
        grown += error * error
        departed += rest * rest
        left += weights[index] * (1 - w) * (1 - w)
        hidden += weights[index] * (1 - motion) * (1 - motion)
      }
      noise.append(Float(grown / (passed * loss)))
      change.append(Float(Self.hidden * hidden / left))
      departure.append(Float(Self.margin * departed / (passed * loss)))
    }
    self.init(noise: noise, change: change, departure: departure)
  }

  /// Share of the scores' variance that the fit leaves: residuals lack what the field has taken from them, the more the
  /// larger the squares are against the window.
  package static func loss(cell: Int, radius: Int) -> Double {
    let count = 512
    func transfer(_ half: Int, _ k: Double) -> Double {
      sin(Double(2 * half + 1) * k / 2) / (sin(k / 2) * Double(2 * half + 1))
    }
    var whole = 0.0, once = 0.0, twice = 0.0
    for j in 0..<count {
      let k = (Double(j) + 0.5) / Double(count) * .pi, c = transfer(cell, k), w = transfer(radius, k)
      whole += c * c
      once += c * c * w
      twice += c * c * w * w
    }
    return 1 - (2 * once * once - twice * twice) / (whole * whole)
  }
}
