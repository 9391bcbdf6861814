// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Tiles

/// The layers of a run as the page wants them.
struct LayerDocument {
  private let tiles: RasterTiles
  private let catalogue: LayerCatalogue
  /// Layers whose values are looked at for the list; a run of a thousand pairs would take minutes.
  private static let mostLooked = 60

  init(_ tiles: RasterTiles, _ catalogue: LayerCatalogue) { (self.tiles, self.catalogue) = (tiles, catalogue) }

  func json(of job: Job) throws -> JSONObject {
    let layers = try catalogue.layers.enumerated().map { number, layer in
      JSONValue.object(try json(of: layer, withStatistics: number < Self.mostLooked))
    }
    let descriptions = try catalogue.layers.first.map { try tiles.description(of: $0.file) }
    return [
      "jobID": .string(job.id), "title": .string(job.title),
      "grid": descriptions.map { .object(grid($0)) } ?? .null, "layers": .array(layers), "arrows": .array(arrows),
      "series": .array(series), "hasCube": .bool(JobSeriesReader.cubePath(of: catalogue) != nil),
    ]
  }

  private func grid(_ description: RasterDescription) -> JSONObject {
    guard let box = description.bounds else {
      return [
        "kind": "pixel", "columns": .integer(description.columns), "rows": .integer(description.rows),
        "zoom": JSONValue(description.matrix.deepestZoom),
      ]
    }
    return [
      "kind": "map", "crs": JSONValue(description.crs),
      "bounds": [.number(box.west), .number(box.south), .number(box.east), .number(box.north)],
      "pixelSize": .number(description.pixelSize),
    ]
  }

  func json(of layer: RunLayer, withStatistics: Bool) throws -> JSONObject {
    let description = try tiles.description(of: layer.file)
    var document: JSONObject = [
      "name": .string(layer.name), "title": .string(title(of: layer, description)),
      "unit": .string(description.unit), "kind": .string(Self.word(for: layer.kind)),
      "colours": .string(layer.style.colours.name), "sigma": JSONValue(layer.sigma),
      "maximumZoom": .integer(description.fullZoom), "quantity": .string(layer.stem),
      "file": .string(String(layer.path.dropFirst(catalogue.folder.count + 1))),
    ]
    document["bounds"] =
      description.bounds.map { [.number($0.west), .number($0.south), .number($0.east), .number($0.north)] } ?? .null
    document["date"] = layer.dates.count == 1 ? .string(layer.dates[0]) : .null
    document["start"] = layer.dates.count == 2 ? .string(layer.dates[0]) : .null
    document["end"] = layer.dates.count == 2 ? .string(layer.dates[1]) : .null
    guard withStatistics else { return document }
    let statistics = try tiles.statistics(of: layer.file), style = try tiles.style(of: layer)
    document["range"] = style.range.map { [.number($0.low), .number($0.high)] } ?? .null
    document["percentiles"] =
      statistics.median.isFinite
      ? [.number(statistics.lower), .number(statistics.median), .number(statistics.upper)] : .null
    document["least"] = .number(statistics.least)
    document["largest"] = .number(statistics.largest)
    document["valid"] = .number(statistics.valid)
    document["classes"] =
      style.classes.isEmpty
      ? .null
      : .array(
        style.classes.map {
          ["value": .integer($0.value), "name": .string($0.name), "colour": .string($0.colour.hex)]
        })
    return document
  }

  private func title(of layer: RunLayer, _ description: RasterDescription) -> String {
    if !description.title.isEmpty { return description.title }
    let last = layer.stem.split(separator: "/").last.map(String.init) ?? layer.stem
    let words = last.replacing("_", with: " ").replacing("-", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  private static func word(for kind: RunLayer.Kind) -> String {
    switch kind {
    case .amount, .share, .dayOfYear: "scalar"
    case .signed: "signed"
    case .uncertainty: "uncertainty"
    case .direction: "direction"
    case .classes: "flags"
    }
  }

  private var arrows: [JSONValue] {
    catalogue.vectors.map { pair in
      let unit = (try? catalogue.layer(pair.east)).flatMap { try? tiles.description(of: $0.file).unit } ?? ""
      return [
        "name": .string(pair.name), "title": .string(pair.name.replacing("_", with: " ")),
        "east": .string(pair.east), "north": .string(pair.north), "pointsDown": .bool(pair.pointsDown),
        "unit": .string(unit),
      ]
    }
  }

  private var series: [JSONValue] {
    catalogue.series.compactMap { series -> JSONValue? in
      let layers = series.layers.compactMap { try? catalogue.layer($0) }
      guard let first = layers.first, let description = try? tiles.description(of: first.file) else { return nil }
      let steps = layers.map { layer -> JSONValue in
        [
          "date": JSONValue(layer.dates.last), "start": JSONValue(layer.dates.first),
          "layer": .string(layer.name),
        ]
      }
      return [
        "name": .string(series.name), "title": .string(title(of: first, description)),
        "unit": .string(description.unit), "steps": .array(steps),
      ]
    }
  }
}
