// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How the digital numbers of a band become a physical quantity.
public enum BandCalibration: Hashable, Sendable {
  /// Reflectance = scale × number + offset; the sun's elevation is already in both where the product needs it.
  case reflectance(scale: Double, offset: Double)
  /// Kelvin = scale × number + offset.
  case temperature(scale: Double, offset: Double)
  /// Brightness temperature, kelvin: k2 / ln(k1 / L + 1) with the radiance L = scale × number + offset.
  case brightnessTemperature(scale: Double, offset: Double, k1: Double, k2: Double)

  /// Reflectance (0 to about 1) or kelvin of a digital number.
  public func value(of number: Double) -> Double {
    switch self {
    case .reflectance(let scale, let offset), .temperature(let scale, let offset):
      return scale * number + offset
    case .brightnessTemperature(let scale, let offset, let k1, let k2):
      let radiance = scale * number + offset
      return radiance > 0 ? k2 / log(k1 / radiance + 1) : .nan
    }
  }
}
