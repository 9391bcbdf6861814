// SPDX-License-Identifier: Apache-2.0
import Grids

/// The part of the reference image that a map shows, and where on Earth it lies.
public struct MapFrame: Sendable {
  /// The unit of the map coordinates.
  public enum Unit: Sendable {
    case metres
    /// Longitude and latitude.
    case degrees
  }

  /// Shown pixels of the reference image.
  public let area: Window
  /// Of the reference image; nil when the image has no place on Earth: the axes are then in pixels.
  public let geoTransform: GeoTransform?
  public let unit: Unit
  /// Name of the coordinate system for the axes, e.g. "EPSG:32718"; may be empty.
  public let crsName: String
  /// Ground size of a pixel in metres when there is no geotransform but the size is known.
  public let pixelMetres: Double?

  public init(
    area: Window, geoTransform: GeoTransform? = nil, unit: Unit = .metres, crsName: String = "",
    pixelMetres: Double? = nil
  ) {
    precondition(!area.isEmpty, "a map needs an area of at least 1 × 1 px")
    self.area = area
    self.geoTransform = geoTransform
    self.unit = unit
    self.crsName = crsName
    self.pixelMetres = pixelMetres
  }
}

/// Where a grid lies on the reference image: the centre of its cell (0, 0) and the distance of its cells, px.
public struct GridPlacement: Hashable, Sendable {
  public let row, column, spacing: Double

  public init(row: Double, column: Double, spacing: Double) {
    self.row = row
    self.column = column
    self.spacing = spacing
  }

  /// A grid whose cells are the pixels of the image averaged in blocks of `factor`.
  public static func blocks(of factor: Int) -> GridPlacement {
    let centre = Double(factor - 1) / 2
    return GridPlacement(row: centre, column: centre, spacing: Double(factor))
  }

  /// The placement of this grid after `reduced(toSide:)` with `factor`.
  func reduced(by factor: Int) -> GridPlacement {
    let shift = spacing * Double(factor - 1) / 2
    return GridPlacement(row: row + shift, column: column + shift, spacing: spacing * Double(factor))
  }
}

/// The picture under a map.
public enum MapBase: Sendable {
  /// A picture held by this figure alone.
  case picture(PixelImage, GridPlacement)
  /// A picture that the page holds once for many figures, by its name: see `HTMLReport.sharedImages`.
  case shared(String)
}

/// Values in colours over the base.
public struct ColourLayer: Sendable {
  public let values: Grid<Float>
  public let placement: GridPlacement
  public let map: ColourMap
  public let range: ValueRange
  /// What the values are, for the colour bar.
  public let name: String
  public let unit: String
  /// 0 (unseen) ... 1 (hides the base).
  public let opacity: Double
  /// How many sigma what a value speaks of differs from nothing: the fewer the paler it is drawn, so that the eye
  /// rests on what is certain. Nil draws all alike.
  public let certainty: Grid<Float>?

  /// How strong a value of at most one sigma is drawn, and from how many sigma on it has full strength.
  private static let paleness = 0.35, certain = 5.0

  public init(
    _ values: Grid<Float>, placement: GridPlacement, map: ColourMap, range: ValueRange, name: String, unit: String,
    certainty: Grid<Float>? = nil, opacity: Double = 0.8
  ) {
    precondition(
      certainty.map { $0.rows == values.rows && $0.columns == values.columns } ?? true,
      "one certainty for each value")
    self.values = values
    self.placement = placement
    self.map = map
    self.range = range
    self.name = name
    self.unit = unit
    self.certainty = certainty
    self.opacity = opacity
  }

  /// The layer's picture from its values reduced to `side`.
  func picture(_ small: Grid<Float>, side: Int) -> PixelImage {
    var picture = PixelImage(small, map: map, range: range, levels: 64)
    guard let certainty = certainty?.reduced(toSide: side).grid else { return picture }
    for index in small.cells.indices where picture.rgba[4 * index + 3] > 0 && !certainty.cells[index].isNaN {
      let ratio = Double(certainty.cells[index])
      let rise = min(1, max(0, (ratio - 1) / (Self.certain - 1)))
      let strength = Self.paleness + (1 - Self.paleness) * rise
      // Eight strengths are enough for the eye and keep the picture small.
      picture.rgba[4 * index + 3] = UInt8((strength * 7).rounded() / 7 * 255)
    }
    return picture
  }
}

/// Classes in colours over the base, with a legend.
public struct ClassLayer: Sendable {
  public let classes: Grid<UInt8>
  public let placement: GridPlacement
  /// Classes that the legend names; others are drawn but not named.
  public let names: [(number: UInt8, name: String)]

  public init(_ classes: Grid<UInt8>, placement: GridPlacement, names: [(number: UInt8, name: String)]) {
    self.classes = classes
    self.placement = placement
    self.names = names
  }
}

/// Arrows of motion: their direction from the offsets, their length from the lengths.
public struct ArrowLayer: Sendable {
  /// Offsets to the right and down, px; NaN = missing.
  public let right, down: Grid<Float>
  /// What an arrow's length shows (speed, or the length of the displacement), in `unit`.
  public let lengths: Grid<Float>
  public let placement: GridPlacement
  public let unit: String
  /// About how many arrows along the longer side.
  public let count: Int

  public init(
    right: Grid<Float>, down: Grid<Float>, lengths: Grid<Float>, placement: GridPlacement, unit: String,
    count: Int = 24
  ) {
    precondition(
      right.rows == down.rows && right.columns == down.columns && lengths.rows == right.rows
        && lengths.columns == right.columns, "the grids of an arrow layer have one shape")
    self.right = right
    self.down = down
    self.lengths = lengths
    self.placement = placement
    self.unit = unit
    self.count = count
  }
}
