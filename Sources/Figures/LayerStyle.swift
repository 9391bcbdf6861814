// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How a raster is drawn by QGIS: the text of the `.qml` file that it loads when one lies beside the raster.
///
/// Colours are those of the report (`ColourMap`), so that a map looks the same here and there. Checked by:
/// `LayerStyleTests`, and by loading files of each kind in QGIS 3.22.
public struct LayerStyle: Sendable {
  /// One value of a raster of classes.
  public struct Category: Hashable, Sendable {
    public let value: Int
    public let name: String
    public let colour: Colour

    public init(_ value: Int, _ name: String, _ colour: Colour) {
      (self.value, self.name, self.colour) = (value, name, colour)
    }
  }

  /// What the values are.
  public enum Content: Hashable, Sendable {
    /// Lengths, speeds, counts.
    case amount
    /// Values around zero, which is drawn near white.
    case signed
    /// Standard deviations: small is pale.
    case uncertainty
    /// From 0 to 1, whatever the values are.
    case share
    /// Degrees clockwise from north.
    case direction
    /// 0 to 366; its ends have one colour.
    case dayOfYear
    case classes([Category])
  }

  private enum Look {
    case ramp(ColourMap, ValueRange)
    case palette([Category])
  }

  public let unit: String
  private let look: Look

  /// Colours of a ramp that are written; between them QGIS draws straight lines, which are not told from the map.
  private static let stops = 33

  /// - Parameters:
  ///   - content: what decides colours and ends of the scale.
  ///   - values: the raster's values, or a part spread evenly over it; their percentiles are the ends of the scale, so
  ///     that a few wild ones don't take all the colours.
  ///   - unit: what the legend says after the numbers; empty for none.
  public init(_ content: Content, values: [Float], unit: String) {
    self.unit = unit
    switch content {
    case .amount: look = .ramp(.speed, .amounts(values))
    case .signed: look = .ramp(.balance, .aroundZero(values))
    case .uncertainty: look = .ramp(.uncertainty, .amounts(values))
    case .share: look = .ramp(.speed, ValueRange(0, 1))
    case .direction: look = .ramp(.direction, ValueRange(0, 360))
    case .dayOfYear: look = .ramp(.direction, ValueRange(0, 366))
    case .classes(let categories): look = .palette(categories)
    }
  }

  /// The ends of the scale; nil for classes.
  public var range: ValueRange? {
    if case .ramp(_, let range) = look { return range }
    return nil
  }

  /// The style as QGIS 3 reads it.
  public var qml: String {
    let renderer =
      switch look {
      case .ramp(let map, let range): ramp(map, range)
      case .palette(let categories): Self.palette(categories)
      }
    return """
      <!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
      <qgis version="3.22.0" styleCategories="Symbology">
        <pipe>
      \(renderer)
          <rasterresampler maxOversampling="2"/>
        </pipe>
        <blendMode>0</blendMode>
      </qgis>

      """
  }

  private func ramp(_ map: ColourMap, _ range: ValueRange) -> String {
    let items = (0..<Self.stops).map { stop -> String in
      let share = Double(stop) / Double(Self.stops - 1)
      // The last colour of a cyclic map is its first again.
      let colour = map.colour(at: share)
      let value = range.low + share * (range.high - range.low)
      let label = HTML.escaped(Self.label(value) + suffix)
      return "        <item value=\"\(value)\" color=\"\(colour.hex)\" alpha=\"255\" label=\"\(label)\"/>"
    }
    let (low, high) = ("\(range.low)", "\(range.high)")
    return """
          <rasterrenderer type="singlebandpseudocolor" band="1" opacity="1" alphaBand="-1" nodataColor="" \
      classificationMin="\(low)" classificationMax="\(high)">
            <minMaxOrigin>
              <limits>None</limits>
              <extent>WholeRaster</extent>
              <statAccuracy>Estimated</statAccuracy>
            </minMaxOrigin>
            <rastershader>
              <colorrampshader colorRampType="INTERPOLATED" classificationMode="1" clip="0" labelPrecision="6" \
      minimumValue="\(low)" maximumValue="\(high)">
      \(items.map { "    " + $0 }.joined(separator: "\n"))
                <rampLegendSettings useContinuousLegend="1" orientation="2" direction="0" prefix="" \
      suffix="\(HTML.escaped(suffix))" minimumLabel="" maximumLabel=""/>
              </colorrampshader>
            </rastershader>
          </rasterrenderer>
      """
  }

  private var suffix: String { unit.isEmpty ? "" : " " + unit }

  /// At most four significant digits, in plain ASCII.
  private static func label(_ value: Double) -> String { String(format: "%.4g", value) }

  private static func palette(_ categories: [Category]) -> String {
    let entries = categories.map {
      "        <paletteEntry value=\"\($0.value)\" color=\"\($0.colour.hex)\" alpha=\"\($0.colour.alpha)\" "
        + "label=\"\(HTML.escaped($0.name))\"/>"
    }
    return """
          <rasterrenderer type="paletted" band="1" opacity="1" alphaBand="-1" nodataColor="">
            <colorPalette>
      \(entries.joined(separator: "\n"))
            </colorPalette>
          </rasterrenderer>
      """
  }
}
