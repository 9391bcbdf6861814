// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing
import Products
import RasterIO

/// The dates of a stack on their common grid, open for reading: the stage `scenes`.
struct StackInput: Sendable {
  /// One date: what a satellite saw on one pass.
  struct Date: Sendable {
    let pass: ScenePass
    /// The band that is matched.
    let matched: Layer
    /// Bands that only clouds are told by, in the order of `cloudBands`.
    let others: [Layer]
  }

  /// One band of a date on the common grid.
  struct Layer: Sendable {
    let band: BandName
    let image: any PixelSource
    /// How the numbers of the image are stored without loss.
    let precision: UnitArrays.Precision
    /// Files that it is made from.
    let files: [String]
    /// What else its pixels depend on.
    let recipe: String
  }

  let grid: SceneGrid
  let band: BandName
  /// Bands that clouds are told by; empty where nobody looks for them.
  let cloudBands: [BandName]
  let dates: [Date]
  let problems: [StackProblem]
  let notices: [String]

  /// - Throws: `ParameterError` for names that mean nothing, `ServiceError.noScenes` when fewer than two dates are left,
  ///   `SceneError` where they have nothing in common.
  init(_ p: MpicParameters) throws {
    var options = SceneFinder.Options()
    options.datePattern = try p.images.datePattern.map { try DatePattern($0) }
    options.dates = try p.images.dates.map { try SceneList($0.path) }
    options.bandNames = try (p.images.bandNames ?? []).map { try Self.bandName($0, "bandNames") }
    let wanted = try p.images.band.map { try Self.bandName($0, "band") }
    var found = SceneFinder(options).find(p.scenes.map(\.path))
    if wanted == nil, options.bandNames.isEmpty, found.scenes.contains(where: \.hasNoName) {
      // The first band of pictures whose bands have no names.
      options.bandNames = [.grey]
      found = SceneFinder(options).find(p.scenes.map(\.path))
    }
    let others = Self.otherInputs(p)
    var problems = found.problems.filter { !others.contains(Self.real($0.path)) }
      .map { StackProblem(what: fileName($0.path), cause: $0.description) }
    let scenes = found.scenes.filter { !others.contains(Self.real($0.path)) }
    guard !scenes.isEmpty else { throw Self.tooFew(0, problems) }
    band = wanted ?? (scenes.contains { $0.band(.red) != nil } ? .red : .grey)
    let stack = try SceneStack(
      scenes, band: band, area: p.images.area.map { SceneArea($0) }, pixelSize: p.images.resolution)
    grid = stack.grid
    problems += stack.problems.map { StackProblem(what: fileName($0.path), cause: $0.description) }
    let looksForClouds =
      p.masks.cloudWeighting == .temporal && stack.passes.count >= p.masks.clouds.minimumDates
    cloudBands = looksForClouds ? StackClouds.bands(of: stack.passes, matched: band) : []
    let matched = band
    let bands = [matched] + cloudBands.filter { $0 != matched }
    var dates: [Date] = [], notices = scenes.flatMap(\.notices)
    for pass in stack.passes {
      do {
        let layers = try bands.map { try Layer(pass, $0, stack.grid, &notices) }
        dates.append(Date(pass: pass, matched: layers[0], others: Array(layers.dropFirst())))
      } catch {
        problems.append(StackProblem(what: pass.id, cause: "\(error)"))
      }
    }
    guard dates.count >= 2 else { throw Self.tooFew(dates.count, problems) }
    self.dates = dates
    self.problems = problems
    self.notices = Self.summed(notices, scenes)
  }

  /// Files that are named as something else than scenes and may lie in the same folder.
  private static func otherInputs(_ p: MpicParameters) -> Set<String> {
    let paths = p.outlineFiles + [p.corrections.dem?.path, p.images.dates?.path].compactMap { $0 }
    return Set(paths.map(real))
  }

  private static func real(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }

  private static func bandName(_ text: String, _ parameter: String) throws(ParameterError) -> BandName {
    if let name = BandName(rawValue: text) { return name }
    throw .conflict(
      parameter,
      "`\(parameter)` knows no band \"\(text)\"; say one of "
        + BandName.allCases.map(\.rawValue).joined(separator: ", "))
  }

  private static func tooFew(_ count: Int, _ problems: [StackProblem]) -> ServiceError {
    let causes = problems.prefix(3).map(\.cause).joined(separator: "; ")
    let more = problems.count > 3 ? "; and \(problems.count - 3) more" : ""
    return ServiceError(
      .noScenes,
      "a stack needs two dates or more and \(count == 0 ? "none" : "only one") can be used"
        + (causes.isEmpty ? "" : ": " + causes + more))
  }

  /// What is said of many scenes, which differ by their name alone, is said once.
  private static func summed(_ notices: [String], _ scenes: [Scene]) -> [String] {
    let names = scenes.flatMap { [$0.path, $0.id] }.sorted { $0.count > $1.count }
    var order: [String] = [], members: [String: [String]] = [:]
    for notice in notices {
      var general = notice
      if let name = names.first(where: { notice.contains($0) }) {
        general = notice.replacing(name, with: "each of them")
      }
      // Shares in per cent differ from scene to scene.
      general = general.replacing(/[0-9]+ %/, with: "part")
      if members[general] == nil { order.append(general) }
      members[general, default: []].append(notice)
    }
    return order.flatMap { general -> [String] in
      let all = members[general] ?? []
      return all.count > 2 ? ["\(all.count) images: \(general)"] : all
    }
  }
}

extension Scene {
  fileprivate var hasNoName: Bool { mission == .plain && bands.allSatisfy { $0.name == nil } }
}

extension StackInput.Layer {
  fileprivate init(_ pass: ScenePass, _ band: BandName, _ grid: SceneGrid, _ notices: inout [String]) throws {
    self.band = band
    let found = try PassImage(pass, band: band, grid: grid)
    for notice in found.notices where !notices.contains(notice) { notices.append(notice) }
    image = found
    let bands = pass.scenes.compactMap { $0.band(band) }
    let types = try bands.map { try RasterImage.open($0.path, band: $0.number).info.dataType }
    if bands.allSatisfy({ $0.calibration != nil }) {
      precision = .steps(1e-4)
    } else {
      precision = types.allSatisfy { $0 == .uint8 } ? .steps(1 / 128) : .full
    }
    files = pass.scenes.flatMap { scene in scene.band(band).map { [$0.path] } ?? [] }
    recipe =
      pass.scenes.map { scene in
        let band = scene.band(band)
        // The band itself too: all files of an archive have its checksum.
        return
          "\(scene.id) \(band?.id ?? "") \(band?.number ?? 0) \(band?.calibration.map { "\($0)" } ?? "") \(band?.missing ?? .nan)"
      }.joined(separator: "; ")
  }
}

extension MpicParameters {
  /// Files of the area, masks and outlines.
  var outlineFiles: [String] {
    [images.area, masks.mask, corrections.stableTerrain, corrections.moving].compactMap { area in
      if case .polygons(let file) = area { return file.path }
      return nil
    }
  }
}

// MARK: - Checksums

extension ChecksumCache {
  /// The checksum of what GDAL reads under a name: of the archive for a file in one, of the name itself for what is
  /// no file here.
  func checksum(ofInput name: String, cancellation: Cancellation) throws -> Checksum {
    guard let file = Self.localFile(name) else { return SHA256.checksum(of: name) }
    return try checksum(ofFile: file, cancellation: cancellation)
  }

  /// The checksum of a file, or of the archive that it lies in; nil for what is no file here.
  func checksum(ofLocal name: String, cancellation: Cancellation) throws -> Checksum? {
    try Self.localFile(name).map { try checksum(ofFile: $0, cancellation: cancellation) }
  }

  private static func localFile(_ name: String) -> String? {
    guard name.hasPrefix("/vsi") else { return isFile(name) ? name : nil }
    // /vsizip//data/a.zip/b.jp2 or /vsitar/{/data/a.tar}/b.tif
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
    var path = ""
    for part in parts {
      path += (path.isEmpty ? "" : "/") + part
      for candidate in [path, "/" + path, path.filter { !"{}".contains($0) }] where isFile(candidate) {
        return candidate
      }
    }
    return nil
  }

  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }
}
