// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Jobs
import Parameters
import RasterIO

/// Files with outlines that the page can't read by itself, turned into GeoJSON: shapefiles, GeoPackages.
struct AreasAPI {
  let platform: Platform

  private static let mostBytes = 32 << 20
  /// Seconds that somebody waits for an outline.
  private static let patience = 20.0

  var routes: [APIRoute] {
    [
      APIRoute(
        .post, "/api/areas", id: "readArea", "The shapes of a vector file as GeoJSON in longitude and latitude",
        tag: "Files", needs: .read,
        query: [
          APIParameter(
            "name", "Name of the file; its ending tells the format (\(VectorShapes.endings.joined(separator: ", ")))",
            ["type": "string", "minLength": 1, "maxLength": 200], isRequired: true)
        ], body: .file, answers: [.bytes("application/geo+json")], .wait(read))
    ]
  }

  private func read(_ request: APIRequest) async throws -> HTTPResponse {
    let name = request.query("name") ?? ""
    guard case .file(let temporary, let count) = request.http.body else {
      throw Problem(.unusable, "the body is empty; send the bytes of the file")
    }
    guard count <= Self.mostBytes else {
      throw Problem(
        413, "areas.too-large", "an area is read from files of up to \(Self.mostBytes >> 20) MB; send fewer shapes")
    }
    let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard VectorShapes.endings.contains(ending) else {
      throw Problem(
        422, "areas.unknown-format",
        "\(name) is of no kind that is read here; send one that ends in \(VectorShapes.endings.joined(separator: ", "))"
      )
    }
    // GDAL goes by the ending, and a stranger's name must not become a path.
    let path = "\(platform.settings.folder)/incoming/\(UUID().uuidString).\(ending)"
    try FileManager.default.moveItem(atPath: temporary, toPath: path)
    defer { unlink(path) }
    let text = try await shapes(of: path, named: name)
    return .text(text, type: "application/geo+json")
  }

  /// Read by a process of its own: what a stranger sends may end it.
  private func shapes(of path: String, named name: String) async throws -> String {
    let program = platform.settings.program
    let said: CommandOutput
    do {
      said = try await CommandOutput.of(
        program.path, ["shapes", path, "--name=\(name)", "--json-errors"], environment: program.environment,
        within: Self.patience)
    } catch {
      throw Problem(422, "areas.too-slow", "\(name) was not read within \(Int(Self.patience)) s; send fewer shapes")
    }
    if said.code == 0 { return said.output }
    let reported = said.reported
    throw Problem(
      422, reported?.kind ?? "areas.unreadable", reported?.message ?? "\(name) can't be read: \(said.complaint)")
  }
}
