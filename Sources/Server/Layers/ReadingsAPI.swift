// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Jobs
import Parameters
import Processing
import Tiles

/// Readings of layers: a point, series over time at points, a profile along a line; as JSON, CSV and GeoPackage.
struct ReadingsAPI {
  let layers: LayersAPI
  private var tiles: RasterTiles { layers.platform.tiles }

  private static let point: JSONValue = .list(["type": "number"], least: 2, most: 2)
  private static let series = JSONObject.object(
    [
      "points": .list(point, least: 1, most: 20), "series": .list(.text(least: 1, most: 300)),
      "reference": .list(point, least: 1, most: 1000),
    ], required: ["points"])
  private static let line = JSONObject.object(
    ["line": .list(point, least: 2, most: 1000), "count": .whole(2, RasterTiles.mostProfilePoints)],
    required: ["line"])

  var routes: [APIRoute] {
    let all = "/api/jobs/{jobID}/layers"
    let points = APIParameter(
      "points", "Points as x,y;x,y", NumberText.pairs(1, 20, example: "6.9,45.9;7.0,46.0"), isRequired: true)
    let line = APIParameter(
      "line", "Corners as x,y;x,y", NumberText.pairs(2, 1000, example: "6.9,45.9;7.0,46.0"), isRequired: true)
    let names = APIParameter("series", "Names of series, with commas between", ["type": "string"])
    let reference = APIParameter(
      "reference", "Ground that motion is shown against: a point as x,y, or the corners of an area as x,y;x,y;x,y",
      ["type": "string"])
    let count = APIParameter(
      "count", "Points of the profile",
      ["type": "integer", "minimum": 2, "maximum": .integer(RasterTiles.mostProfilePoints)])
    var routes = [
      APIRoute(
        .get, LayersAPI.one + "/point", id: "getPoint", "The value of a layer at a point", tag: "Layers",
        query: [
          APIParameter(
            "at", "Longitude and latitude, or column and row", NumberText.pairs(1, 1, example: "6.9,45.9"),
            isRequired: true)
        ],
        .work(point)),
      APIRoute(
        .post, all + "/series", id: "getSeries", "Values over time at points", tag: "Layers",
        body: .json(Self.series),
        .work { try series($0, .json) }),
      APIRoute(
        .post, LayersAPI.one + "/profile", id: "getProfile", "Values along a line", tag: "Layers",
        body: .json(Self.line), .work { try profile($0, .json) }),
    ]
    for form in [Form.csv, .gpkg] {
      let answer = [APIAnswer.bytes(form.type)]
      routes += [
        APIRoute(
          .get, all + "/series.\(form)", id: "getSeries_\(form)", "Values over time at points, as a file",
          tag: "Layers", query: [points, names, reference], answers: answer, .work { try series($0, form) }),
        APIRoute(
          .post, all + "/series.\(form)", id: "postSeries_\(form)", "Values over time at points, as a file",
          tag: "Layers", body: .json(Self.series), answers: answer, .work { try series($0, form) }),
        APIRoute(
          .get, LayersAPI.one + "/profile.\(form)", id: "getProfile_\(form)", "Values along a line, as a file",
          tag: "Layers", query: [line, count], answers: answer, .work { try profile($0, form) }),
        APIRoute(
          .post, LayersAPI.one + "/profile.\(form)", id: "postProfile_\(form)", "Values along a line, as a file",
          tag: "Layers", body: .json(Self.line), answers: answer, .work { try profile($0, form) }),
      ]
    }
    return routes
  }

  enum Form: String {
    case json, csv, gpkg

    var type: String { HTTPFile.mediaType(of: "x.\(rawValue)") }
  }

  // MARK: - Places

  private func place(_ x: Double, _ y: Double, isPixel: Bool) -> Place {
    // Pixels are counted from the corner of the image here, and from the centre of the first one there.
    isPixel ? .pixel(row: y - 0.5, column: x - 0.5) : .geographic(longitude: x, latitude: y)
  }

  private func places(_ request: APIRequest, _ name: String, isPixel: Bool) throws -> [Place] {
    var pairs: [[Double]]
    if let text = request.query(name) {
      pairs = text.split(separator: ";").map { $0.split(separator: ",").compactMap { Double($0) } }
    } else {
      let points = try request.object()[name]?.arrayValue ?? []
      pairs = points.map { $0.arrayValue?.compactMap(\.doubleValue) ?? [] }
    }
    guard !pairs.isEmpty, pairs.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isFinite) }) else {
      throw Problem(.unusable, "\(name) are pairs of numbers, as in 6.9,45.9;7.0,46.0")
    }
    return pairs.map { place($0[0], $0[1], isPixel: isPixel) }
  }

  private func isPixel(_ catalogue: LayerCatalogue) throws -> Bool {
    guard let first = catalogue.layers.first else { throw Problem(.notFound, "the job has no layers") }
    return try tiles.description(of: first.file).bounds == nil
  }

  static func at(_ place: Place) -> JSONValue {
    switch place {
    case .geographic(let longitude, let latitude): [.number(longitude), .number(latitude)]
    case .pixel(let row, let column): [.number(column + 0.5), .number(row + 0.5)]
    }
  }

  /// Null for NaN.
  static func number(_ value: Float) -> JSONValue { value.isNaN ? .null : JSONValue(value) }

  // MARK: - A point

  private func point(_ request: APIRequest) throws -> HTTPResponse {
    let (_, catalogue) = try layers.catalogue(request)
    let layer = try catalogue.layer(request.path("layer"))
    let places = try places(request, "at", isPixel: isPixel(catalogue))
    let sigma = try layer.sigma.map { try catalogue.layer($0) }
    let values = try tiles.values(of: [layer.file] + (sigma.map { [$0.file] } ?? []), at: [places[0]])[0]
    return .json([
      "at": Self.at(places[0]), "value": Self.number(values[0]),
      "sigma": values.count > 1 ? Self.number(values[1]) : .null,
      "unit": .string(try tiles.description(of: layer.file).unit),
    ])
  }

  // MARK: - Series

  private func series(_ request: APIRequest, _ form: Form) throws -> HTTPResponse {
    let (job, catalogue) = try layers.catalogue(request)
    let places = try places(request, "points", isPixel: isPixel(catalogue))
    let reader = JobSeriesReader(catalogue, tiles: tiles, wanted: try names(request))
    var found = try reader.series(at: places)
    let reference = try reference(request, isPixel: isPixel(catalogue))
    let ground = try reference.map { try reader.reference($0) }
    if let ground { found = found.map(ground.relative) }
    guard form != .json else {
      return .json(
        object: document(found, places).merged(with: [
          "reference": ground.map { ["count": .integer($0.count)] } ?? .null
        ]))
    }
    guard found.first?.isEmpty == false else { throw Problem(.notFound, "the job has no series over time") }
    let names = places.indices.map { "point \($0 + 1)" }
    let table = ReadingTable(
      series: found, at: places, names: names,
      reference: ground.map { Self.words(reference ?? [], count: $0.count) })
    return try file(table, form, named: "\(job.id)-series", layer: "series")
  }

  private func names(_ request: APIRequest) throws -> Set<String> {
    if request.query("points") != nil { return Set(request.list("series")) }
    return Set(try request.object()["series"]?.arrayValue?.compactMap(\.stringValue) ?? [])
  }

  /// The ground that is asked for: one place, or the corners of an area; nil where none is.
  private func reference(_ request: APIRequest, isPixel: Bool) throws -> [Place]? {
    let isAsked =
      try request.query("points") != nil
      ? request.query("reference") != nil : request.object()["reference"]?.arrayValue != nil
    guard isAsked else { return nil }
    let places = try places(request, "reference", isPixel: isPixel)
    guard places.count != 2 else {
      throw Problem(.unusable, "a reference is one point or an area of three corners and more, not two points")
    }
    return places
  }

  /// The reference as a table tells it: `median of 96 pixels around 7.96213, 46.53512`.
  private static func words(_ corners: [Place], count: Int) -> String {
    let numbers = corners.map { Self.at($0).arrayValue?.compactMap(\.doubleValue) ?? [] }
    let middle = (0..<2).map { axis in
      let values = numbers.compactMap { axis < $0.count ? $0[axis] : nil }
      return ((((values.min() ?? 0) + (values.max() ?? 0)) / 2) * 1e5).rounded() / 1e5
    }
    let place = "\(middle[0]), \(middle[1])"
    return corners.count == 1 ? "the pixel at \(place)" : "the median of \(count) pixels around \(place)"
  }

  private func document(_ found: [[PointSeries]], _ places: [Place]) -> JSONObject {
    let quantities = found.first ?? []
    let series = quantities.indices.map { index -> JSONValue in
      let points = places.indices.map { place -> JSONValue in
        let steps = found[place][index].steps
        return [
          "at": Self.at(places[place]), "dates": .array(steps.map { Self.date($0.to) }),
          "starts": .array(steps.map { Self.date($0.from) }),
          "value": .array(steps.map { Self.number($0.value) }),
          "sigma": .array(steps.map { Self.number($0.sigma) }),
        ]
      }
      let quantity = quantities[index]
      return [
        "name": .string(quantity.name), "title": .string(quantity.title), "unit": .string(quantity.unit),
        "isRelative": .bool(quantity.isRelative), "points": .array(points),
      ]
    }
    return ["series": .array(series)]
  }

  private static func date(_ days: Double) -> JSONValue {
    days.isFinite ? .string(CalendarDate(dayNumber: Int(days.rounded(.down))).description) : .null
  }

  // MARK: - Profiles

  private func profile(_ request: APIRequest, _ form: Form) throws -> HTTPResponse {
    let (job, catalogue) = try layers.catalogue(request)
    let layer = try catalogue.layer(request.path("layer"))
    let corners = try places(request, "line", isPixel: isPixel(catalogue))
    let count = try request.integer("count") ?? request.object()["count"]?.intValue ?? 400
    let sigma = try layer.sigma.map { try catalogue.layer($0).file }
    let profile = try tiles.profile(of: layer.file, sigma: sigma, along: corners, count: count)
    let unit = try tiles.description(of: layer.file).unit
    guard form == .json else {
      let table = ReadingTable(profile, name: layer.stem, unit: unit)
      return try file(table, form, named: "\(job.id)-profile", layer: "profile")
    }
    let points = profile.points
    return .json([
      "unit": .string(unit), "distanceUnit": .string(profile.distanceUnit),
      "length": .number(points.last?.distance ?? 0), "distance": .array(points.map { .number($0.distance) }),
      "value": .array(points.map { Self.number($0.value) }),
      "sigma": sigma == nil ? .null : .array(points.map { Self.number($0.sigma) }),
      "at": .array(points.map { Self.at($0.place) }),
    ])
  }

  // MARK: - Files

  private func file(_ table: ReadingTable, _ form: Form, named name: String, layer: String) throws -> HTTPResponse {
    let disposition = "attachment; filename=\"\(name).\(form.rawValue)\""
    if form == .csv { return .text(table.csv, type: form.type).with("Content-Disposition", disposition) }
    let path = "\(layers.platform.settings.folder)/incoming/\(UUID().uuidString).gpkg"
    try table.writeGeoPackage(path, layer: layer)
    defer { unlink(path) }
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    return HTTPResponse(
      headers: ["Content-Type": form.type, "Content-Disposition": disposition], body: .bytes(bytes))
  }
}
