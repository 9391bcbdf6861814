// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import FoundationXML
import Testing

@Suite("Layer style for QGIS")
struct LayerStyleTests {
  private let values = (0...1000).map { Float($0) / 10 }

  private func elements(_ style: LayerStyle, _ path: String) throws -> [XMLElement] {
    let text = style.qml.replacing("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>", with: "")
    return try XMLDocument(xmlString: text).nodes(forXPath: path).compactMap { $0 as? XMLElement }
  }

  private func value(_ element: XMLElement, _ name: String) -> String? {
    element.attribute(forName: name)?.stringValue
  }

  @Test("an amount runs from 0 to its upper percentile in the colours of the report, with the unit in the legend")
  func amount() throws {
    // One wild value does not take all the colours.
    let style = LayerStyle(.amount, values: values + [1e6], unit: "m/yr")
    let items = try elements(style, "/qgis/pipe/rasterrenderer/rastershader/colorrampshader/item")
    #expect(items.count == 33)
    #expect(value(items[0], "color") == ColourMap.speed.colours[0].hex)
    #expect(value(items[32], "color") == ColourMap.speed.colours[255].hex)
    let numbers = items.compactMap { value($0, "value").flatMap(Double.init) }
    #expect(numbers.count == 33 && numbers == numbers.sorted())
    #expect(numbers[0] == 0 && numbers[32] >= 99 && numbers[32] <= 200)
    #expect(value(items[0], "label") == "0 m/yr")
    let legend = try #require(try elements(style, "//rampLegendSettings").first)
    #expect(value(legend, "suffix") == " m/yr")
    let shader = try #require(try elements(style, "//colorrampshader").first)
    #expect(value(shader, "maximumValue") == value(items[32], "value"))
  }

  @Test("signed values are symmetric about zero, which is the lightest colour")
  func signed() throws {
    let style = LayerStyle(.signed, values: values.map { $0 - 20 }, unit: "m")
    let range = try #require(style.range)
    #expect(range.low == -range.high && range.high >= 78)
    let items = try elements(style, "//item")
    #expect(value(items[16], "value") == "0.0")
    let middle = try #require(value(items[16], "color"))
    let lightest = ColourMap.balance.colours.max { $0.red < $1.red }
    let number = try #require(Int(middle.dropFirst(), radix: 16))
    #expect(number >> 16 >= 240 && (lightest?.red ?? 0) >= 240)
  }

  @Test("shares end at 1 and directions at 360 whatever the values are, and no value at all makes no trouble")
  func fixedScales() throws {
    #expect(LayerStyle(.share, values: [0.4, 0.5], unit: "").range == ValueRange(0, 1))
    #expect(LayerStyle(.direction, values: [10, 20], unit: "degree").range == ValueRange(0, 360))
    let empty = LayerStyle(.amount, values: [.nan], unit: "m/yr")
    #expect(try elements(empty, "//item").count == 33)
    #expect(!empty.qml.contains("nan"))
  }

  @Test("classes are named entries, names with markup included")
  func classes() throws {
    let style = LayerStyle(
      .classes([
        .init(0, "clear", Colour(hex: 0x010203)), .init(255, "cloud & <shadow>", Colour(hex: 0xFFFFFF)),
      ]), values: [], unit: "")
    let entries = try elements(style, "/qgis/pipe/rasterrenderer[@type='paletted']/colorPalette/paletteEntry")
    #expect(entries.map { value($0, "value") } == ["0", "255"])
    #expect(entries.map { value($0, "label") } == ["clear", "cloud & <shadow>"])
    #expect(value(entries[0], "color") == "#010203")
    #expect(style.range == nil)
  }
}
