// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A table of 256 colours that turns a number between 0 and 1 into a colour.
///
/// The maps are our own: smooth paths through OKLab (see `OKLab`) whose lightness alone orders the values, so that
/// they can be read in grey print and by colour-blind eyes. Checked by: `ColourMapTests`.
public struct ColourMap: Sendable {
  /// What the order of the colours means.
  public enum Kind: Sendable {
    /// Low to high; lightness rises or falls steadily.
    case sequential
    /// Two directions from a light middle, which stands for zero.
    case diverging
    /// Angles: the last colour meets the first.
    case cyclic
  }

  public let name: String
  public let kind: Kind
  /// 256 colours; for a cyclic map, colour 256 would be colour 0 again.
  public let colours: [Colour]

  /// The colour of a position; positions outside 0...1 take the end colours (cyclic maps wrap), NaN is clear.
  public func colour(at position: Double) -> Colour {
    guard position.isFinite else { return position.isNaN ? .clear : colours[position < 0 ? 0 : 255] }
    if kind == .cyclic {
      let wrapped = position - position.rounded(.down)
      return colours[Int(wrapped * 256) & 255]
    }
    return colours[Int(min(1, max(0, position)) * 255 + 0.5)]
  }
}

// MARK: - The maps

extension ColourMap {
  /// Speed and other amounts: deep indigo, blue, teal, green to pale yellow; equal steps look equal.
  public static let speed = sequential(
    "speed",
    [
      LCh(0.24, 0.110, 290), LCh(0.39, 0.125, 268), LCh(0.53, 0.096, 232), LCh(0.67, 0.104, 176),
      LCh(0.81, 0.150, 130), LCh(0.95, 0.130, 103),
    ])

  /// Uncertainty: near white where it is small, through rose to dark plum where it is large.
  public static let uncertainty = sequential(
    "uncertainty",
    [LCh(0.975, 0.012, 80), LCh(0.82, 0.085, 55), LCh(0.66, 0.145, 20), LCh(0.48, 0.150, 345), LCh(0.28, 0.105, 310)])

  /// Plain grey from black to white, for images.
  public static let grey = ColourMap(
    name: "grey", kind: .sequential,
    colours: (0...255).map { Colour(red: UInt8($0), green: UInt8($0), blue: UInt8($0)) })

  /// Values around zero: blue below, near white at zero, brown-red above; both sides are equally dark.
  public static let balance = diverging(
    "balance",
    below: [
      LCh(0.97, 0, 250), LCh(0.82, 0.080, 242), LCh(0.66, 0.130, 248), LCh(0.49, 0.145, 256), LCh(0.33, 0.110, 262),
    ],
    above: [LCh(0.97, 0, 60), LCh(0.82, 0.085, 66), LCh(0.66, 0.140, 50), LCh(0.49, 0.145, 36), LCh(0.33, 0.100, 28)])

  /// Directions clockwise from north: light to the north, orange to the east, dark to the south, blue to the west.
  ///
  /// North-south is told by lightness and east-west by blue against orange, the two axes that every form of
  /// red-green blindness keeps, so no two directions look alike.
  public static let direction = ColourMap(
    name: "direction", kind: .cyclic,
    colours: (0..<256).map { step in
      let angle = 2 * Double.pi * Double(step) / 256
      let hue = sin(angle) >= 0 ? 58.0 : 255.0
      let lightness = 0.61 + 0.30 * cos(angle)
      return Colour(linear: OKLab(lightness: lightness, chroma: 0.15 * abs(sin(angle)), hue: hue).shown().linear)
    })

  /// The colours of Okabe & Ito 2008 that all forms of colour blindness tell apart, without the black.
  public static let categories: [Colour] = [
    Colour(hex: 0xE69F00), Colour(hex: 0x56B4E9), Colour(hex: 0x009E73), Colour(hex: 0xF0E442),
    Colour(hex: 0x0072B2), Colour(hex: 0xD55E00), Colour(hex: 0xCC79A7),
  ]

  /// The same colours from the last to the first, under the name with `-reversed` behind it.
  public var reversed: ColourMap {
    ColourMap(name: name + "-reversed", kind: kind, colours: colours.reversed())
  }

  /// The map that suits a kind of product: `balance` for signed values, else `speed`.
  public static func fitting(isSigned: Bool) -> ColourMap { isSigned ? .balance : .speed }
}

// MARK: - Making maps

/// A control point of a path through OKLab: lightness, chroma, hue in degrees.
private struct LCh {
  let colour: OKLab
  init(_ lightness: Double, _ chroma: Double, _ hue: Double) {
    colour = OKLab(lightness: lightness, chroma: chroma, hue: hue)
  }
}

extension ColourMap {
  /// A map whose neighbouring colours all differ by the same amount.
  private static func sequential(_ name: String, _ points: [LCh]) -> ColourMap {
    let fine = (0...2048).map { path(points, at: Double($0) / 2048).shown() }
    var length = [0.0]
    for index in 1..<fine.count {
      length.append(length[index - 1] + fine[index].difference(from: fine[index - 1]))
    }
    var colours: [Colour] = [], index = 0
    for step in 0...255 {
      let target = length[2048] * Double(step) / 255
      while index < 2048 && length[index] < target { index += 1 }
      let before = max(0, index - 1), gap = length[index] - length[before]
      colours.append(
        Colour(linear: fine[before].mixed(with: fine[index], gap > 0 ? (target - length[before]) / gap : 0).linear))
    }
    return ColourMap(name: name, kind: .sequential, colours: colours)
  }

  /// A map of two paths from the middle; lightness depends on the distance from the middle alone.
  private static func diverging(_ name: String, below: [LCh], above: [LCh]) -> ColourMap {
    let colours = (0...255).map { step in
      let position = Double(step) / 255 * 2 - 1
      return Colour(linear: path(position < 0 ? below : above, at: abs(position)).shown().linear)
    }
    return ColourMap(name: name, kind: .diverging, colours: colours)
  }

  /// A point of the Catmull-Rom curve through evenly spaced control points, 0...1.
  private static func path(_ points: [LCh], at position: Double) -> OKLab {
    let place = position * Double(points.count - 1)
    let index = min(points.count - 2, Int(place)), t = place - Double(index)
    func vector(_ i: Int) -> SIMD3<Double> {
      let inside = min(points.count - 1, max(0, i)), colour = points[inside].colour
      let here = SIMD3(colour.lightness, colour.greenRed, colour.blueYellow)
      guard inside != i else { return here }
      // Beyond the ends the curve goes straight on.
      let next = vector(inside == 0 ? 1 : inside - 1)
      return here * 2 - next
    }
    let a = vector(index - 1), b = vector(index), c = vector(index + 1), d = vector(index + 2)
    let quadratic = a * 2 - b * 5 + c * 4 - d
    let cubic = (b - c) * 3 + d - a
    let sum = b * 2 + (c - a) * t + quadratic * (t * t) + cubic * (t * t * t)
    return OKLab(lightness: sum.x / 2, greenRed: sum.y / 2, blueYellow: sum.z / 2)
  }
}
