// SPDX-License-Identifier: Apache-2.0
import Foundation

extension IlluminationModel {
  /// Half the yearly swing of the velocity that the sun feigns, along the direction in which it is largest, m/yr.
  ///
  /// - Parameter year: suns of a year, evenly spaced.
  public func yearlySwing(_ rise: GroundRise, over year: [ShadowVector]) -> Double {
    var cosine = SIMD2<Double>.zero, sine = cosine
    for (place, sun) in year.enumerated() {
      let angle = 2 * Double.pi * Double(place) / Double(year.count), bias = bias(rise, under: sun)
      cosine += cos(angle) * bias
      sine += sin(angle) * bias
    }
    let factor = 2 / Double(max(1, year.count))
    (cosine, sine) = (factor * cosine, factor * sine)
    // Longer half axis of the ellipse that the two draw.
    let east = cosine.x * cosine.x + sine.x * sine.x, north = cosine.y * cosine.y + sine.y * sine.y
    let both = cosine.x * cosine.y + sine.x * sine.y
    let longest = (east + north) / 2 + hypot((east - north) / 2, both)
    return 2 * .pi * longest.squareRoot()
  }
}
