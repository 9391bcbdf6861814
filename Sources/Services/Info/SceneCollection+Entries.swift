// SPDX-License-Identifier: Apache-2.0
import Parameters
import Products

extension SceneCollection {
  /// What `ogive info` tells about the scenes of a folder, archive or list: each in a line, one alone in full.
  func entries(path: String) -> [InfoEntry] {
    let header = ["taken", "platform", "level", "tile", "orbit", "cloud", "bands"]
    let rows = scenes.map { scene in
      [
        scene.date.iso8601, scene.platform ?? scene.mission.rawValue, scene.level ?? "–", scene.tile ?? "–",
        scene.relativeOrbit.map(String.init) ?? "–", scene.cloudCover.map(Self.percent) ?? "–",
        "\(scene.bands.count)",
      ]
    }
    let table =
      switch scenes.count {
      case 0: ["no scene"]
      case 1: scenes[0].lines
      default: TextTable.lines([header] + rows)
      }
    return [
      InfoEntry("path", "path", path, .string(path)), InfoEntry("kind", "scenes"),
      InfoEntry("scenes", .array(scenes.map(\.json)), lines: table),
      InfoEntry(
        "problems", .array(problems.map { ["kind": .string($0.kind.rawValue), "message": .string($0.description)] }),
        lines: problems.map { TextTable.pair("problem", $0.description) }),
    ]
  }

  fileprivate static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

extension Scene {
  fileprivate var lines: [String] {
    var pairs = [
      ("scene", id), ("taken", date.iso8601), ("platform", platform ?? "unknown"), ("level", level ?? "unknown"),
      ("tile", tile ?? "none"),
      ("relative orbit", relativeOrbit.map(String.init) ?? "unknown"),
    ]
    if let processingBaseline { pairs.append(("baseline", processingBaseline)) }
    if let cloudCover { pairs.append(("clouds", SceneCollection.percent(cloudCover) + " of the product")) }
    if let sun = angles.sun {
      pairs.append(("sun", "\(Self.rounded(sun.elevation))° high, \(Self.rounded(sun.azimuth))° from north"))
    }
    for band in bands {
      let side = band.resolution.map { ", \(Self.rounded($0)) m" } ?? ""
      let file = band.path.split(separator: "/").last.map(String.init) ?? band.path
      pairs.append(("band \(band.id)", "\(band.name?.rawValue ?? "unnamed")\(side), \(file)"))
    }
    let kinds = masks.reduce(into: [String]()) { if !$0.contains($1.kind.rawValue) { $0.append($1.kind.rawValue) } }
    pairs.append(("masks", kinds.isEmpty ? "none" : kinds.joined(separator: ", ")))
    return pairs.map { TextTable.pair($0.0, $0.1) } + notices.map { TextTable.pair("notice", $0) }
  }

  fileprivate var json: JSONValue {
    [
      "id": .string(id), "path": .string(path), "mission": .string(mission.rawValue), "platform": Self.text(platform),
      "level": Self.text(level), "datetime": .string(date.iso8601), "tile": Self.text(tile),
      "relativeOrbit": relativeOrbit.map { .integer($0) } ?? .null, "pass": Self.text(pass),
      "processingBaseline": Self.text(processingBaseline), "cloudCover": JSONValue(cloudCover),
      "sunZenith": JSONValue(angles.sun?.zenith), "sunAzimuth": JSONValue(angles.sun?.azimuth),
      "footprint": .array(footprint.map { [.number($0.longitude), .number($0.latitude)] }),
      "bands": .array(
        bands.map {
          [
            "id": .string($0.id), "name": Self.text($0.name?.rawValue), "path": .string($0.path),
            "resolution": JSONValue($0.resolution),
          ]
        }),
      "masks": .array(
        masks.map { ["kind": .string($0.kind.rawValue), "path": .string($0.path), "band": Self.text($0.band)] }),
      "notices": .array(notices.map { .string($0) }),
    ]
  }

  private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  private static func rounded(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
  }
}
