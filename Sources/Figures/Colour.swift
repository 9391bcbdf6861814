// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A colour on screen: sRGB with 8 bits a channel and an opacity, not premultiplied.
public struct Colour: Hashable, Sendable {
  public var red, green, blue, alpha: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// A colour from its web number, e.g. `Colour(hex: 0x0072B2)`.
  public init(hex: UInt32) {
    self.init(red: UInt8(hex >> 16 & 255), green: UInt8(hex >> 8 & 255), blue: UInt8(hex & 255))
  }

  /// No colour at all: what a missing value is drawn with.
  public static let clear = Colour(red: 0, green: 0, blue: 0, alpha: 0)

  /// The web notation without the opacity, e.g. `#0072b2`.
  public var hex: String {
    "#"
      + [red, green, blue].map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }
}

// MARK: - Light

extension Colour {
  /// Red, green and blue as amounts of light, 0...1 (the sRGB transfer function of IEC 61966-2-1 undone).
  public var linear: SIMD3<Double> {
    SIMD3(Self.light(of: red), Self.light(of: green), Self.light(of: blue))
  }

  /// The nearest colour to amounts of light; values outside 0...1 are clipped.
  public init(linear: SIMD3<Double>) {
    self.init(red: Self.byte(of: linear.x), green: Self.byte(of: linear.y), blue: Self.byte(of: linear.z))
  }

  /// Relative luminance, 0 (black) ... 1 (white), of WCAG 2.2.
  public var luminance: Double {
    let light = linear
    return 0.2126 * light.x + 0.7152 * light.y + 0.0722 * light.z
  }

  /// Contrast ratio of two opaque colours, 1...21 (WCAG 2.2); text needs 4.5, large text and marks need 3.
  public func contrast(with other: Colour) -> Double {
    let lighter = max(luminance, other.luminance), darker = min(luminance, other.luminance)
    return (lighter + 0.05) / (darker + 0.05)
  }

  /// This colour as it looks to an eye that lacks one kind of cone.
  ///
  /// Source: Machado, Oliveira & Fernandes 2009, table for severity 1.0, applied to amounts of light.
  public func seen(with deficiency: ColourDeficiency) -> Colour {
    let m = deficiency.matrix, light = linear
    return Colour(
      linear: SIMD3((m[0] * light).sum(), (m[1] * light).sum(), (m[2] * light).sum()))
  }

  private static func light(of byte: UInt8) -> Double {
    let value = Double(byte) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  private static func byte(of light: Double) -> UInt8 {
    let clipped = min(1, max(0, light))
    let value = clipped <= 0.0031308 ? clipped * 12.92 : 1.055 * pow(clipped, 1 / 2.4) - 0.055
    return UInt8((value * 255).rounded())
  }
}

/// The three forms of colour blindness in which one kind of cone is missing.
public enum ColourDeficiency: CaseIterable, Sendable {
  case protanopia, deuteranopia, tritanopia

  var matrix: [SIMD3<Double>] {
    switch self {
    case .protanopia:
      [
        SIMD3(0.152286, 1.052583, -0.204868), SIMD3(0.114503, 0.786281, 0.099216),
        SIMD3(-0.003882, -0.048116, 1.051998),
      ]
    case .deuteranopia:
      [
        SIMD3(0.367322, 0.860646, -0.227968), SIMD3(0.280085, 0.672501, 0.047413),
        SIMD3(-0.011820, 0.042940, 0.968881),
      ]
    case .tritanopia:
      [
        SIMD3(1.255528, -0.076749, -0.178779), SIMD3(-0.078411, 0.930809, 0.147602),
        SIMD3(0.004733, 0.691367, 0.303900),
      ]
    }
  }
}

// MARK: - Perception

/// A colour in OKLab: `lightness` 0...1, and the green-red and blue-yellow axes. Distances are as the eye sees them.
///
/// Source: Ottosson 2020, "A perceptual color space for image processing".
public struct OKLab: Hashable, Sendable {
  public var lightness, greenRed, blueYellow: Double

  public init(lightness: Double, greenRed: Double, blueYellow: Double) {
    self.lightness = lightness
    self.greenRed = greenRed
    self.blueYellow = blueYellow
  }

  /// A colour from lightness, chroma (0 grey ... about 0.3) and hue in degrees.
  public init(lightness: Double, chroma: Double, hue: Double) {
    let angle = hue * .pi / 180
    self.init(lightness: lightness, greenRed: chroma * cos(angle), blueYellow: chroma * sin(angle))
  }

  public init(_ colour: Colour) {
    let light = colour.linear
    let l = cbrt((SIMD3(0.4122214708, 0.5363325363, 0.0514459929) * light).sum())
    let m = cbrt((SIMD3(0.2119034982, 0.6806995451, 0.1073969566) * light).sum())
    let s = cbrt((SIMD3(0.0883024619, 0.2817188376, 0.6299787005) * light).sum())
    self.init(
      lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      greenRed: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      blueYellow: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
  }

  /// Difference as the eye sees it, in hundredths of the lightness range; about 2 is just noticeable.
  public func difference(from other: OKLab) -> Double {
    let dl = lightness - other.lightness, da = greenRed - other.greenRed, db = blueYellow - other.blueYellow
    return 100 * (dl * dl + da * da + db * db).squareRoot()
  }

  /// The colour between this one (0) and another (1).
  func mixed(with other: OKLab, _ share: Double) -> OKLab {
    OKLab(
      lightness: lightness + share * (other.lightness - lightness),
      greenRed: greenRed + share * (other.greenRed - greenRed),
      blueYellow: blueYellow + share * (other.blueYellow - blueYellow))
  }

  /// Amounts of light; outside 0...1 where a screen cannot show the colour.
  var linear: SIMD3<Double> {
    let l = lightness + 0.3963377774 * greenRed + 0.2158037573 * blueYellow
    let m = lightness - 0.1055613458 * greenRed - 0.0638541728 * blueYellow
    let s = lightness - 0.0894841775 * greenRed - 1.2914855480 * blueYellow
    let cones = SIMD3(l * l * l, m * m * m, s * s * s)
    return SIMD3(
      (SIMD3(4.0767416621, -3.3077115913, 0.2309699292) * cones).sum(),
      (SIMD3(-1.2684380046, 2.6097574011, -0.3413193965) * cones).sum(),
      (SIMD3(-0.0041960863, -0.7034186147, 1.7076147010) * cones).sum())
  }

  /// This colour with its chroma reduced, at the same lightness and hue, until a screen can show it.
  func shown() -> OKLab {
    func scaled(_ factor: Double) -> OKLab {
      OKLab(lightness: lightness, greenRed: greenRed * factor, blueYellow: blueYellow * factor)
    }
    func fits(_ colour: OKLab) -> Bool {
      let light = colour.linear
      return light.min() >= -1e-4 && light.max() <= 1 + 1e-4
    }
    if fits(self) { return self }
    var low = 0.0, high = 1.0
    for _ in 0..<20 {
      let middle = (low + high) / 2
      if fits(scaled(middle)) { low = middle } else { high = middle }
    }
    return scaled(low)
  }
}
