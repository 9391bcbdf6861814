// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing
import Tiles

@Suite("Layers of a run")
struct LayerCatalogueTests {
  let scratch = TilesScratch()

  private func put(_ names: [String]) throws {
    for name in names {
      var shape = RasterLayout(rows: 4, columns: 4)
      (shape.unit, shape.description) = ("m", "a layer")
      try scratch.raster(name, shape) { row, _ in Float(row) }
    }
  }

  @Test("names, kinds, deviations, vectors and series of an inversion are found")
  func inversion() throws {
    let days = ["2020-01-01", "2020-01-21", "2020-02-10"]
    let steps = days.flatMap { day in
      ["east", "north"].flatMap { ["\($0)-displacement-\(day)", "\($0)-displacement-sigma-\(day)"] }
    }
    try put(
      ["east-velocity", "north-velocity", "east-sigma", "north-sigma", "speed", "season-peak", "wrong-share"]
        .map { "products/\($0).tif" } + steps.map { "products/dates/\($0).tif" })
    let catalogue = try LayerCatalogue(scratch.folder)
    #expect(catalogue.layers.count == 19)
    #expect(catalogue.layers.first?.name == "east-sigma")
    let east = try catalogue.layer("east-velocity")
    #expect(east.kind == .signed && east.sigma == "east-sigma" && east.dates.isEmpty)
    #expect(try catalogue.layer("season-peak").kind == .dayOfYear)
    #expect(try catalogue.layer("wrong-share").kind == .share)
    let step = try catalogue.layer("dates/east-displacement-2020-01-21")
    #expect(step.stem == "dates/east-displacement" && step.dates == ["2020-01-21"])
    #expect(step.sigma == "dates/east-displacement-sigma-2020-01-21" && step.kind == .signed)
    #expect(catalogue.vectors.map(\.name).contains("velocity"))
    #expect(catalogue.vectors.count == 4 && catalogue.vectors.allSatisfy { !$0.pointsDown })
    #expect(catalogue.series.map(\.name) == ["dates/east-displacement", "dates/north-displacement"])
    #expect(catalogue.series[0].layers == days.map { "dates/east-displacement-\($0)" })
    #expect(catalogue.cube == nil)
    let places = [Place.pixel(row: 2, column: 1)]
    let layers = try catalogue.series[0].layers.map { name throws(TilesError) in try catalogue.layer(name) }
    let series = try RasterTiles().series(of: layers, in: catalogue, at: places)
    #expect(series.count == 1 && series[0].unit == "m")
    #expect(series[0].steps.map(\.value) == [2, 2, 2] && series[0].steps.map(\.sigma) == [2, 2, 2])
    #expect(series[0].steps.map { $0.to - series[0].steps[0].from } == [0, 20, 40])
  }

  @Test("pairs of a stack and the products of one pair are found")
  func pairs() throws {
    try put([
      "products/dx.tif", "products/dy.tif", "products/dx_sigma.tif", "products/strain_principal_azimuth.tif",
      "pairs/2020-01-01_2020-01-21/dx.tif", "pairs/2020-01-01_2020-01-21/dx-sigma.tif",
      "pairs/2020-01-21_2020-02-10/dx.tif", ".ogive/units/x.tif",
    ])
    let catalogue = try LayerCatalogue(scratch.folder)
    #expect(catalogue.layers.count == 7)
    #expect(try catalogue.layer("dx").sigma == "dx_sigma")
    #expect(try catalogue.layer("strain_principal_azimuth").kind == .direction)
    let pair = try catalogue.layer("pairs/2020-01-01_2020-01-21/dx")
    #expect(pair.dates == ["2020-01-01", "2020-01-21"] && pair.stem == "pairs/dx")
    #expect(pair.sigma == "pairs/2020-01-01_2020-01-21/dx-sigma")
    #expect(catalogue.vectors.map(\.name) == ["offset"] && catalogue.vectors[0].pointsDown)
    #expect(catalogue.series.map(\.name) == ["pairs/dx"])
  }

  @Test("scale and classes come from the style beside the raster")
  func styles() throws {
    try put(["products/speed.tif", "products/flags.tif"])
    try "<x classificationMin=\"0.5\" classificationMax=\"250\"/>".write(
      toFile: scratch["products/speed.qml"], atomically: true, encoding: .utf8)
    try """
    <paletteEntry value="0" color="#56b4e9" alpha="255" label="measured"/>
    <paletteEntry value="2" color="#000000" alpha="0" label="masked &amp; gone"/>
    """.write(toFile: scratch["products/flags.qml"], atomically: true, encoding: .utf8)
    let catalogue = try LayerCatalogue(scratch.folder)
    let speed = try catalogue.layer("speed"), flags = try catalogue.layer("flags")
    #expect(speed.style.range?.low == 0.5 && speed.style.range?.high == 250)
    #expect(flags.kind == .classes && flags.file.isCategorical)
    #expect(flags.classes.map(\.name) == ["measured", "masked & gone"])
    #expect(flags.classes[1].colour.alpha == 0)
    #expect(catalogue.json["layers"]?.arrayValue?.count == 2)
  }

  @Test("classes without a style get colours from the values that there are")
  func plainClasses() throws {
    try put(["products/flags.tif"])
    let flags = try LayerCatalogue(scratch.folder).layer("flags")
    #expect(try RasterTiles().style(of: flags).classes.map(\.value) == [0, 1, 2, 3])
  }

  @Test("what is not there is said so")
  func missing() throws {
    #expect(kind { () throws(TilesError) in try LayerCatalogue(scratch["none"]) } == .missing)
    let empty = try LayerCatalogue(scratch.folder)
    #expect(empty.layers.isEmpty)
    #expect(kind { () throws(TilesError) in try empty.layer("speed") } == .noSuchLayer)
  }
}
