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
    let tiles = RasterTiles()
    #expect(try tiles.prepareSeries(of: layers, in: catalogue))
    let series = try tiles.series(of: layers, in: catalogue, at: places)
    #expect(series.count == 1 && series[0].unit == "m")
    #expect(series[0].steps.map(\.value) == [2, 2, 2] && series[0].steps.map(\.sigma) == [2, 2, 2])
    #expect(series[0].steps.map { $0.to - series[0].steps[0].from } == [0, 20, 40])
  }

  @Test("a long series gives the same before, while and after it is prepared in the background")
  func longSeries() throws {
    let days = (10...39).map { "2020-\($0 < 25 ? "01" : "02")-\($0 < 25 ? $0 : $0 - 15)" }
    try put(days.map { "products/dates/east-displacement-\($0).tif" })
    let catalogue = try LayerCatalogue(scratch.folder), tiles = RasterTiles()
    #expect(catalogue.series.count == 1 && catalogue.series[0].layers.count == 30)
    let places = [Place.pixel(row: 3, column: 1), .pixel(row: 1, column: 2)]
    let first = try tiles.series(of: catalogue.layers, in: catalogue, at: places)
    #expect(first.map { $0.steps.map(\.value) } == [3, 1].map { [Float](repeating: $0, count: 30) })
    for _ in 0..<5 {
      let again = try tiles.series(of: catalogue.layers, in: catalogue, at: places)
      #expect(again.map { $0.steps.map(\.value) } == first.map { $0.steps.map(\.value) })
    }
    #expect(try tiles.prepareSeries(of: catalogue.layers, in: catalogue))
    let after = try tiles.series(of: catalogue.layers, in: catalogue, at: places)
    #expect(after.map { $0.steps.map(\.value) } == first.map { $0.steps.map(\.value) })
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

  @Test("names with days, years and numbers that are neither")
  func names() throws {
    try put(
      [
        "years/speed-2020", "years/sigma-2020", "speed-2020", "2020-01-31", "dem-12020-01-01",
        "a_2020-01-31-2020-02-01_b",
      ]
      .map { "products/\($0).tif" })
    let layers = try LayerCatalogue(scratch.folder).layers
    func told(_ name: String) -> [String] { layers.first { $0.name == name }.map { [$0.stem] + $0.dates } ?? [] }
    #expect(told("years/speed-2020") == ["years/speed", "2020-01-01", "2020-12-31"])
    #expect(layers.first { $0.name == "years/speed-2020" }?.sigma == "years/sigma-2020")
    #expect(told("speed-2020") == ["speed-2020"])
    #expect(told("2020-01-31") == ["", "2020-01-31"])
    #expect(told("dem-12020-01-01") == ["dem-1", "2020-01-01"])
    #expect(told("a_2020-01-31-2020-02-01_b") == ["a_b", "2020-01-31", "2020-02-01"])
  }

  @Test(
    "a list that is remembered is made anew when something comes, goes, or changes its style", arguments: [-60, 2])
  func remembered(settled: Double) throws {
    try put(["products/dx.tif", "pairs/2020-01-01_2020-01-21/dx.tif"])
    let known = LayerCatalogues(settled: settled)
    func names() throws -> [String] { try known.catalogue(of: scratch.folder).layers.map(\.name) }
    // So that the next change differs from this one also by a coarse clock.
    func age() throws {
      for name in ["", "products", "pairs", "pairs/2020-01-01_2020-01-21"] {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: scratch[name])
      }
    }
    try age()
    for _ in 0..<2 { #expect(try names() == ["dx", "pairs/2020-01-01_2020-01-21/dx"]) }
    try put(["pairs/2020-01-01_2020-01-21/dy.tif"])
    for _ in 0..<2 { #expect(try names().count == 3) }
    try put(["products/years/speed-2020.tif"])
    for _ in 0..<2 { #expect(try names().count == 4) }
    try age()
    _ = try names()
    try FileManager.default.removeItem(atPath: scratch["products/dx.tif"])
    #expect(try names().first == "years/speed-2020")
    try "<x classificationMin=\"0.5\" classificationMax=\"250\"/>".write(
      toFile: scratch["products/years/speed-2020.qml"], atomically: true, encoding: .utf8)
    #expect(try known.catalogue(of: scratch.folder).layers[0].range?.high == 250)
    try "".write(toFile: scratch["series.nc"], atomically: true, encoding: .utf8)
    #expect(try known.catalogue(of: scratch.folder).cube != nil)
  }

  @Test("what is not there is said so")
  func missing() throws {
    #expect(kind { () throws(TilesError) in try LayerCatalogue(scratch["none"]) } == .missing)
    let empty = try LayerCatalogue(scratch.folder)
    #expect(empty.layers.isEmpty)
    #expect(kind { () throws(TilesError) in try empty.layer("speed") } == .noSuchLayer)
  }
}
