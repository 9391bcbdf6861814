// SPDX-License-Identifier: Apache-2.0
import Figures

/// How the values of a tile become colours.
public struct TileStyle: Sendable {
  /// The ends of the scale.
  public struct Range: Hashable, Sendable {
    public let low, high: Double

    /// - Throws: `TilesError.badRange` when the ends are not two different numbers.
    public init(_ low: Double, _ high: Double) throws(TilesError) {
      guard low.isFinite, high.isFinite, low != high else {
        throw TilesError(.badRange, "a scale from \(low) to \(high) shows nothing: give two different numbers")
      }
      (self.low, self.high) = (low, high)
    }

    init(unchecked low: Double, _ high: Double) { (self.low, self.high) = (low, high) }

    /// From the text of a request, `min,max`.
    ///
    /// - Throws: `TilesError.badRange`.
    public init(parsing text: String) throws(TilesError) {
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard parts.count == 2, let low = parts[0], let high = parts[1] else {
        throw TilesError(.badRange, "\"\(text.prefix(40))\" is no scale: give two numbers, e.g. 0,250")
      }
      try self.init(low, high)
    }
  }

  public var colours: ColourMap
  /// Nil takes what suits the layer (`LayerStatistics.range(for:)`).
  public var range: Range?
  /// Colours of single values; where there are some, they take the place of colours and range.
  public var classes: [LayerClass]

  public init(_ colours: ColourMap = .speed, range: Range? = nil, classes: [LayerClass] = []) {
    (self.colours, self.range, self.classes) = (colours, range, classes)
  }

  /// A style from the words of a request.
  ///
  /// - Parameters:
  ///   - colours: a name of `colourNames`, with `-reversed` behind it to turn it round; nil or empty takes `speed`.
  ///   - range: `min,max`; nil or empty takes what suits the layer.
  /// - Throws: `TilesError` of kind `.noSuchColours` or `.badRange`.
  public init(colours: String?, range: String?) throws(TilesError) {
    var map = ColourMap.speed
    if let colours, !colours.isEmpty { map = try Self.map(named: colours) }
    let ends: Range? = if let range, !range.isEmpty { try Range(parsing: range) } else { nil }
    self.init(map, range: ends)
  }

  /// The names of the colour maps.
  public static let colourNames = maps.map(\.name)

  private static let maps: [ColourMap] = [.speed, .uncertainty, .balance, .direction, .grey]

  /// - Throws: `TilesError.noSuchColours`, with the names that there are.
  public static func map(named name: String) throws(TilesError) -> ColourMap {
    let ending = "-reversed", isReversed = name.hasSuffix(ending)
    let plain = isReversed ? String(name.dropLast(ending.count)) : name
    guard let map = maps.first(where: { $0.name == plain }) else {
      throw TilesError(
        .noSuchColours,
        "there are no colours \"\(name.prefix(40))\": take one of \(colourNames.joined(separator: ", ")), "
          + "or one of them with \(ending) behind it")
    }
    return isReversed ? map.reversed : map
  }
}

/// One value of a layer of flags or classes.
public struct LayerClass: Hashable, Sendable {
  public let value: Int
  public let name: String
  public let colour: Colour

  public init(_ value: Int, _ name: String, _ colour: Colour) {
    (self.value, self.name, self.colour) = (value, name, colour)
  }
}
