// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// The layers of a run: its rasters, which of them belong together, and its series.
///
/// Reads names only, no raster: a run of a thousand pairs is listed in some milliseconds.
public struct LayerCatalogue: Sendable {
  /// Two layers that are the components of a vector: right or east, and up or down.
  public struct VectorPair: Hashable, Sendable {
    public let name: String
    public let east, north: String
    /// Whether the second component counts downwards (offsets in pixels).
    public let pointsDown: Bool
  }

  /// Layers that are one quantity at several dates.
  public struct Series: Hashable, Sendable {
    public let name: String
    /// Names of the layers, the earliest first.
    public let layers: [String]
  }

  public let folder: String
  /// Means first, then time steps, then pairs; by name within each.
  public let layers: [RunLayer]
  public let vectors: [VectorPair]
  public let series: [Series]
  /// The cube of an inversion, which holds all dates of a place together.
  public let cube: String?

  /// - Parameter runFolder: what a command wrote with `--out`.
  /// - Throws: `TilesError.missing` when there is no such folder.
  public init(_ runFolder: String) throws(TilesError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: runFolder, isDirectory: &isFolder), isFolder.boolValue else {
      throw TilesError(.missing, "\(runFolder): there is no such run folder")
    }
    folder = runFolder
    var found = Self.rasters(in: runFolder).map { RunLayer(path: "\(runFolder)/\($0)", below: $0) }
    let names = Set(found.map(\.name))
    for index in found.indices {
      found[index].sigma = found[index].sigmaNames.first(where: names.contains)
      found[index].readStyle()
    }
    layers = found.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
    vectors = Self.vectors(layers)
    series = Self.series(layers)
    cube = Self.cube(in: runFolder)
  }

  /// The cube that an inversion has left in its run folder.
  public static func cube(in runFolder: String) -> String? {
    ["series.nc", "series.zarr"].map { "\(runFolder)/\($0)" }.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// - Throws: `TilesError.noSuchLayer`, with some of the names that there are.
  public func layer(_ name: String) throws(TilesError) -> RunLayer {
    if let found = layers.first(where: { $0.name == name }) { return found }
    let some = layers.prefix(8).map(\.name).joined(separator: ", ")
    throw TilesError(
      .noSuchLayer,
      layers.isEmpty
        ? "the run has no layers (yet)"
        : "the run has no layer \"\(name.prefix(80))\"; it has \(some)\(layers.count > 8 ? " …" : "")")
  }

  /// As a JSON document; values and units of the layers are in their own descriptions.
  public var json: JSONObject {
    [
      "layers": .array(layers.map { .object($0.json) }),
      "vectors": .array(
        vectors.map {
          [
            "name": .string($0.name), "east": .string($0.east), "north": .string($0.north),
            "pointsDown": .bool($0.pointsDown),
          ]
        }),
      "series": .array(
        series.map { ["name": .string($0.name), "layers": .array($0.layers.map { .string($0) })] }),
      "hasCube": .bool(cube != nil),
    ]
  }

  // MARK: - Finding

  /// Where rasters are. A stack that was inverted keeps its inversion in a run folder of its own.
  private static let parts = ["products", "series/products", "pairs"]

  /// The folders in which something new would be another layer, or another cube.
  static func folders(of runFolder: String) -> [String] {
    var found = [runFolder, runFolder + "/series"]
    for part in parts.map({ "\(runFolder)/\($0)" }) {
      found.append(part)
      guard let walk = FileManager.default.enumerator(atPath: part) else { continue }
      for case let name as String in walk where walk.fileAttributes?[.type] as? FileAttributeType == .typeDirectory {
        found.append("\(part)/\(name)")
      }
    }
    return found
  }

  /// Paths of the rasters of a run, below its folder; what the run keeps for itself is left out.
  private static func rasters(in folder: String) -> [String] {
    var found: [String] = []
    for part in parts {
      guard let walk = FileManager.default.enumerator(atPath: "\(folder)/\(part)") else { continue }
      for case let name as String in walk
      where name.hasSuffix(".tif") && !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
        found.append("\(part)/\(name)")
      }
    }
    return found
  }

  private static func vectors(_ layers: [RunLayer]) -> [VectorPair] {
    let names = Set(layers.map(\.name))
    return layers.compactMap { layer in
      guard layer.kind == .signed else { return nil }
      let folder = layer.name.split(separator: "/").dropLast().map { $0 + "/" }.joined()
      let last = String(layer.name.dropFirst(folder.count))
      if last.hasPrefix("east-") {
        let rest = last.dropFirst("east-".count), north = "\(folder)north-\(rest)"
        guard names.contains(north) else { return nil }
        return VectorPair(name: folder + rest, east: layer.name, north: north, pointsDown: false)
      }
      guard last == "dx", names.contains(folder + "dy") else { return nil }
      return VectorPair(name: folder + "offset", east: layer.name, north: folder + "dy", pointsDown: true)
    }
  }

  private static func series(_ layers: [RunLayer]) -> [Series] {
    let steps = Dictionary(grouping: layers.filter { !$0.dates.isEmpty && $0.kind != .uncertainty }, by: \.stem)
    return steps.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { stem, steps in
      Series(name: stem, layers: steps.sorted { $0.dates.lexicographicallyPrecedes($1.dates) }.map(\.name))
    }
  }
}

extension RunLayer {
  /// - Parameter below: the path in the run folder.
  init(path: String, below: String) {
    let bare = below.hasSuffix(".tif") ? String(below.dropLast(4)) : below
    let name =
      bare.hasPrefix("products/")
      ? String(bare.dropFirst("products/".count))
      : bare.replacing("series/products/", with: "series/", maxReplacements: 1)
    let parsed = LayerName(name)
    (self.name, self.path, stem, dates) = (name, path, parsed.stem, parsed.dates)
    let last = stem.split(separator: "/").last.map(String.init) ?? stem
    kind = Kind(words: last.split(whereSeparator: { "-_".contains($0) }).map(String.init))
  }

  /// Names that the layer of its standard deviations may have: `dx_sigma`, `dx-sigma`,
  /// `east-displacement-sigma-2020-01-31`, and `east-sigma` for `east-velocity`.
  fileprivate var sigmaNames: [String] {
    if kind == .uncertainty { return [] }
    var names = [name + "_sigma", name + "-sigma"]
    if let date = dates.last, name.hasSuffix("-" + date) {
      names.append("\(name.dropLast(date.count + 1))-sigma-\(date)")
    }
    if name.hasSuffix("-velocity") { names.append("\(name.dropLast("-velocity".count))-sigma") }
    // The years of an inversion have one layer for all components and their length.
    if let year = LayerName.year(endOf: name) {
      let bare = name.dropLast(year.count + 1), last = bare.split(separator: "/").last ?? bare
      if ["east-velocity", "north-velocity", "speed"].contains(last) {
        names.append("\(bare.dropLast(last.count))sigma-\(year)")
      }
    }
    if name.hasSuffix("-amplitude") { names.append("\(name.dropLast("-amplitude".count))-sigma") }
    return names
  }

  fileprivate var rank: Int { name.hasPrefix("pairs/") ? 2 : name.contains("/") ? 1 : 0 }
}
