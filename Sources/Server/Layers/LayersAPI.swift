// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Parameters
import RasterIO
import Tiles

/// The rasters of a job as map layers: what there is, tiles of values and of colours.
struct LayersAPI {
  let platform: Platform

  static let one = "/api/jobs/{jobID}/layers/{layer}"

  var routes: [APIRoute] {
    let tile = Self.one + "/tiles/{z}/{x}/{file}"
    return [
      APIRoute(
        .get, "/api/jobs/{jobID}/layers", id: "listLayers", "The layers of a job's result", tag: "Layers", .work(list)
      ),
      APIRoute(
        .get, Self.one, id: "getLayer", "A layer with its statistics", tag: "Layers", .work(layer)),
      APIRoute(
        .get, tile, id: "getTile",
        "A tile: `{y}.png` in colours, `{y}.f32` as 32-bit floats, NaN where there is nothing",
        tag: "Layers",
        query: [
          APIParameter(
            "colours", "Colour map",
            ["type": "string", "enum": .array(Self.colours.map(JSONValue.string))]),
          APIParameter(
            "range", "Ends of the scale, as in -5,5",
            ["type": "string", "pattern": .string("^\(NumberText.one),\(NumberText.one)$"), "example": "-5,5"]),
          APIParameter("size", "Pixels on a side", ["type": "integer", "enum": [256, 512]]),
        ], answers: [.bytes("image/png"), .bytes("application/octet-stream")], .work(tile(_:))),
    ] + ReadingsAPI(layers: self).routes
  }

  private static let colours = TileStyle.colourNames.flatMap { [$0, $0 + "-reversed"] }

  /// The layers of a job that the viewer may see.
  func catalogue(_ request: APIRequest) throws -> (job: Job, layers: LayerCatalogue) {
    let job = try platform.job(request.path("jobID"), viewer: request.viewer, hasLink: request.hasLink)
    return (job, try platform.tiles.catalogue(of: platform.resultFolder(of: job.id)))
  }

  // MARK: - What there is

  private func list(_ request: APIRequest) throws -> HTTPResponse {
    let (job, catalogue) = try catalogue(request)
    // Whoever opens the map clicks into it soon.
    platform.prepareSeries(of: catalogue)
    return .json(object: try LayerDocument(platform.tiles, catalogue).json(of: job)).with("Cache-Control", "no-cache")
  }

  private func layer(_ request: APIRequest) throws -> HTTPResponse {
    let (_, catalogue) = try catalogue(request)
    let layer = try catalogue.layer(request.path("layer"))
    return .json(object: try LayerDocument(platform.tiles, catalogue).json(of: layer, withStatistics: true))
  }

  // MARK: - Tiles

  private func tile(_ request: APIRequest) throws -> HTTPResponse {
    let (_, catalogue) = try catalogue(request)
    let layer = try catalogue.layer(request.path("layer"))
    let parts = request.path("file").split(separator: ".").map(String.init)
    guard parts.count == 2, let y = Int(parts[0]), let x = Int(request.path("x")), let z = Int(request.path("z"))
    else {
      throw Problem(.notFound, "a tile is asked for as …/tiles/Z/X/Y.png or Y.f32")
    }
    let address = TileAddress(z: z, x: x, y: y)
    let size = request.integer("size") ?? 256
    let tag = try Self.tag(of: layer.path, request)
    if request.http.headers.list("If-None-Match").contains(tag) { return HTTPResponse(status: 304).with("ETag", tag) }
    let response: HTTPResponse
    switch parts[1] {
    case "f32":
      let tile = try platform.tiles.floatTile(layer.file, address, size: size)
      response = HTTPResponse(headers: ["Content-Type": "application/octet-stream"], body: .bytes(tile.bytes))
    case "png":
      let bytes = try platform.tiles.png(layer.file, address, size: size, style: try style(of: layer, request))
      response = HTTPResponse(headers: ["Content-Type": "image/png"], body: .bytes(bytes))
    default: throw Problem(.notFound, "tiles are .png or .f32, not .\(parts[1])")
    }
    return response.with("ETag", tag).with("Cache-Control", "private, max-age=3600")
  }

  private func style(of layer: RunLayer, _ request: APIRequest) throws -> TileStyle {
    guard request.query("colours") != nil || request.query("range") != nil else {
      return try platform.tiles.style(of: layer)
    }
    return try TileStyle(
      colours: request.query("colours") ?? layer.style.colours.name, range: request.query("range"))
  }

  /// Changes when the raster or what is asked of it does.
  private static func tag(of path: String, _ request: APIRequest) throws -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Problem(.notFound, "the layer's file is not there any more") }
    let asked = [request.query("colours"), request.query("range"), request.query("size")].map { $0 ?? "" }
    var hasher = Hasher()
    hasher.combine(asked)
    let words = [
      Int(status.st_ino), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), Int(status.st_size),
      asked == ["", "", ""] ? 0 : hasher.finalize(),
    ]
    return "\"" + words.map { String($0, radix: 36) }.joined(separator: ".") + "\""
  }
}
