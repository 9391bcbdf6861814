// SPDX-License-Identifier: Apache-2.0

/// What optical flow makes of noise and of motion that changes within the window, by the share s of the normal matrix that
/// is not noise.
///
/// Tables over shares in equal steps, from the least to 1.
package struct FlowGains: Sendable {
  /// Smallest share that is told apart: `FlowSystem.invert` takes no less.
  package static let leastShare: Float = 0.1
  /// Of the variance in that of the error, of the departure from the smoothed field in that of the error, and of the
  /// variance in the departure.
  private let noise, change, departure: [Float]

  package init(noise: [Float], change: [Float], departure: [Float]) {
    precondition(
      noise.count > 1 && noise.count == change.count && noise.count == departure.count, "tables of one length")
    (self.noise, self.change, self.departure) = (noise, change, departure)
  }

  /// Factors for eight shares, between the entries of the tables.
  @inline(__always)
  package func at(_ share: Lanes) -> (noise: Lanes, change: Lanes, departure: Lanes) {
    let steps = noise.count - 1, place = (share - Self.leastShare) * (Float(steps) / (1 - Self.leastShare))
    let first = place.rounded(.down).greater(.zero).lesser(Lanes(repeating: Float(steps - 1)))
    let part = place - first
    var noise = Lanes.zero, change = Lanes.zero, departure = Lanes.zero
    for j in 0..<8 {
      let index = Int(first[j]), t = part[j]
      noise[j] = self.noise[index] + t * (self.noise[index + 1] - self.noise[index])
      change[j] = self.change[index] + t * (self.change[index + 1] - self.change[index])
      departure[j] = self.departure[index] + t * (self.departure[index + 1] - self.departure[index])
    }
    return (noise, change, departure)
  }
}
