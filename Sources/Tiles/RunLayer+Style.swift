// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import RasterIO

extension RunLayer {
  /// The largest style that is read: ours have some kilobytes.
  private static let largestStyle = 1 << 20

  /// Takes ends of the scale and classes from the style (`.qml`) that lies beside the raster, so that the map in the
  /// page looks as it does in QGIS; without one, or with one of another making, nothing changes.
  mutating func readStyle() {
    let style = path.hasSuffix(".tif") ? String(path.dropLast(4)) + ".qml" : path + ".qml"
    guard let size = (try? FileManager.default.attributesOfItem(atPath: style))?[.size] as? Int,
      size <= Self.largestStyle, let text = try? String(contentsOfFile: style, encoding: .utf8)
    else { return }
    if let ends = text.firstMatch(of: /classificationMin="([^"]+)" classificationMax="([^"]+)"/),
      let low = Double(ends.1), let high = Double(ends.2)
    {
      range = try? TileStyle.Range(low, high)
    }
    classes = text.matches(
      of: /<paletteEntry value="(-?\d+)" color="#([0-9a-fA-F]{6})" alpha="(\d+)" label="([^"]*)"/
    )
    .compactMap { entry in
      guard let value = Int(entry.1), let hex = UInt32(entry.2, radix: 16), let alpha = UInt8(entry.3) else {
        return nil
      }
      var colour = Colour(hex: hex)
      colour.alpha = alpha
      return LayerClass(value, Self.unescaped(String(entry.4)), colour)
    }
  }

  private static func unescaped(_ text: String) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) {
      $0.replacing($1.0, with: $1.1)
    }
  }
}

extension RasterTiles {
  /// The style of a layer with ends of the scale and classes: those of its own style, else those that its values
  /// suit.
  ///
  /// - Throws: `TilesError` of kind `.missing` or `.unreadable`.
  public func style(of layer: RunLayer) throws(TilesError) -> TileStyle {
    var style = layer.style
    if !style.classes.isEmpty || style.range != nil { return style }
    let statistics = try statistics(of: layer.file)
    if layer.kind == .classes {
      style.classes = statistics.counts.keys.sorted().prefix(254).enumerated().map { index, value in
        LayerClass(value, "\(value)", ColourMap.categories[index % ColourMap.categories.count])
      }
    } else {
      style.range = statistics.range(for: style.colours)
    }
    return style
  }
}
