// SPDX-License-Identifier: Apache-2.0
import Figures
import Parameters

/// A raster of a run as a layer of a map.
public struct RunLayer: Hashable, Sendable {
  /// What its values are, which decides how they are drawn.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Lengths, speeds, counts: from dark to light.
    case amount
    /// Values around zero, which is drawn near white.
    case signed
    /// Standard deviations: small is pale.
    case uncertainty
    /// From 0 to 1.
    case share
    /// Degrees clockwise from north.
    case direction
    /// 0 to 366.
    case dayOfYear = "day-of-year"
    /// Flags and classes.
    case classes
  }

  /// Path in the run folder below `products`, or below the run folder for others, without its ending; unique.
  public let name: String
  /// Path of the file.
  public let path: String
  public let kind: Kind
  /// The name without the date of a time step; layers that share it are steps of one series.
  public let stem: String
  /// Days that the layer is of: one (a date), two (a pair), or none (the whole run). `2020-01-31`.
  public let dates: [String]
  /// Name of the layer that holds the standard deviations of this one.
  public var sigma: String?
  /// Ends of the scale and classes of the style that lies beside the raster (QGIS's), if one does.
  public var range: TileStyle.Range?
  public var classes: [LayerClass] = []

  public var file: RasterLayerFile { RasterLayerFile(path, isCategorical: kind == .classes) }

  /// How the layer is drawn unless the user says otherwise.
  public var style: TileStyle { TileStyle(kind.colours, range: range ?? kind.range, classes: classes) }

  /// As a part of a JSON document; without what has to be read from the raster.
  public var json: JSONObject {
    var out: JSONObject = [
      "name": .string(name), "kind": .string(kind.rawValue), "stem": .string(stem),
      "dates": .array(dates.map { .string($0) }), "sigma": sigma.map { .string($0) } ?? .null,
      "colours": .string(kind.colours.name),
    ]
    if let range = range ?? kind.range { out["range"] = [.number(range.low), .number(range.high)] }
    if !classes.isEmpty {
      out["classes"] = .array(
        classes.map {
          ["value": .integer($0.value), "name": .string($0.name), "colour": .string($0.colour.hex)]
        })
    }
    return out
  }
}

extension RunLayer.Kind {
  public var colours: ColourMap {
    switch self {
    case .amount, .share, .classes: .speed
    case .signed: .balance
    case .uncertainty: .uncertainty
    case .direction, .dayOfYear: .direction
    }
  }

  /// The ends of the scale where the kind alone sets them.
  var range: TileStyle.Range? {
    switch self {
    case .share: TileStyle.Range(unchecked: 0, 1)
    case .direction: TileStyle.Range(unchecked: 0, 360)
    case .dayOfYear: TileStyle.Range(unchecked: 0, 366)
    case .amount, .signed, .uncertainty, .classes: nil
    }
  }

  /// From the name that the commands give their products.
  ///
  /// - Parameter words: the parts of the name, `east`, `mean`, `absolute`.
  init(words: [String]) {
    func has(_ any: String...) -> Bool { any.contains(where: words.contains) }
    if has("sigma", "spread", "misclosure", "noise") {
      self = .uncertainty
    } else if has("flags", "classes", "class") {
      self = .classes
    } else if has("azimuth", "direction", "aspect") {
      self = .direction
    } else if has("peak") && has("season") {
      self = .dayOfYear
    } else if has("coherence", "share", "ncc", "index", "probability") {
      self = .share
    } else if has("absolute", "speed", "count", "effective", "walk", "amplitude", "window", "snr") {
      self = .amount
    } else if has("dx", "dy", "dh", "east", "north", "up", "strain", "rotation", "shear") {
      self = .signed
    } else {
      self = .amount
    }
  }
}
