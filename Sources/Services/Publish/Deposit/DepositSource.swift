// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// A finished run as what is known of it: its files, what it was made from, where and when.
struct DepositSource {
  struct Input {
    /// The name without the folders of this machine, or an address on the net.
    let name: String
    let checksum: Checksum?
  }

  let folder: String
  let process: String
  let version: String
  /// All parameters that were set.
  let parameters: JSONObject
  let inputs: [Input]
  /// Title and description of the run's STAC collection; empty without one.
  let title, description: String
  /// West, south, east, north, degrees; nil for a run in pixels.
  let box: [Double]?
  /// First and last moment of the images, RFC 3339; empty when unknown.
  let start, end: String
  /// When the run ended; empty when unknown.
  let processed: String
  /// Paths of the run's files below its folder, sorted.
  let files: [String]
  /// Titles of files by their paths.
  let titles: [String: String]
  /// Folders of this machine that stand in the run's documents, the longest first.
  let privateFolders: [String]

  /// - Throws: `ServiceError` of kind `.noRunFolder` when the folder holds no run that has ended.
  init(_ folder: String, withoutPairs: Bool) throws {
    self.folder = URL(filePath: folder).standardizedFileURL.path
    let lock = "\(folder)/config.lock.json"
    guard FileManager.default.fileExists(atPath: lock) else {
      throw ServiceError(
        .noRunFolder,
        "\(folder) holds no run that has ended (config.lock.json is missing): give the folder that was --out of a run"
      )
    }
    guard RunFolder.isFinished(self.folder) else {
      throw ServiceError(.noRunFolder, "the run in \(folder) has not ended; finish it first: ogive resume \(folder)")
    }
    let job = try JobFile(contentsOf: lock)
    process = job.process ?? ""
    version = job.provenance["version"]?.stringValue ?? ""
    let given = job.provenance["inputs"]?.arrayValue ?? []
    let paths = given.compactMap { $0["path"]?.stringValue }
    inputs = given.compactMap { entry in
      entry["path"]?.stringValue.map { path in
        Input(
          name: path.contains("://") ? path : URL(filePath: path).lastPathComponent,
          checksum: entry["sha256"]?.stringValue.flatMap(Checksum.init))
      }
    }
    let said = job.inputs.flatMap { Self.texts($0.value) }
    let local = Set(
      (paths + said + [self.folder]).filter { $0.hasPrefix("/") && !$0.hasPrefix("/vsi") }.map {
        URL(filePath: $0).deletingLastPathComponent().path
      })
    privateFolders = local.union([self.folder]).filter { $0.count > 1 }.sorted { $0.count > $1.count }
    let folders = privateFolders
    parameters = JSONObject(
      job.inputs.filter { !$0.value.isNull && $0.key != "out" }.map { ($0.key, Self.changed($0.value, folders)) })
    let all = try Self.files(self.folder, withoutPairs: withoutPairs)
    let catalogue = try DepositCatalogue(self.folder, all)
    files = all.filter { !catalogue.emptyItems.contains($0) }
    (title, description, box) = (catalogue.title, catalogue.description, catalogue.box)
    (start, end, processed) = (catalogue.start, catalogue.end, catalogue.processed)
    titles = catalogue.titles
  }

  /// A text without the folders of this machine.
  func withoutPrivateFolders(_ text: String) -> String { Self.changed(text, privateFolders) }

  private static func changed(_ text: String, _ folders: [String]) -> String {
    folders.reduce(text) { $0.replacing($1 + "/", with: "") }
  }

  private static func changed(_ value: JSONValue, _ folders: [String]) -> JSONValue {
    switch value {
    case .string(let text): .string(changed(text, folders))
    case .array(let values): .array(values.map { changed($0, folders) })
    case .object(let object): .object(JSONObject(object.map { ($0.key, changed($0.value, folders)) }))
    default: value
    }
  }

  /// All texts inside a value.
  private static func texts(_ value: JSONValue) -> [String] {
    if let text = value.stringValue { return [text] }
    return (value.arrayValue ?? []).flatMap(texts) + (value.objectValue ?? [:]).flatMap { texts($0.value) }
  }

  /// What the run has published, without its log and what it keeps for resuming.
  private static func files(_ folder: String, withoutPairs: Bool) throws -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: folder) else {
      throw ServiceError(.noRunFolder, "\(folder) cannot be read")
    }
    var found: [String] = []
    for case let name as String in walk {
      let parts = name.split(separator: "/")
      if parts.contains(where: { $0.hasPrefix(".") }) || name == "log.jsonl" { continue }
      if withoutPairs, parts.first == "pairs" { continue }
      if walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular { found.append(name) }
    }
    guard !found.isEmpty else { throw ServiceError(.noRunFolder, "\(folder) holds no files to publish") }
    return found.sorted()
  }
}

/// What the STAC documents of a run say about all of it.
private struct DepositCatalogue {
  var title = "", description = "", start = "", end = "", processed = ""
  var box: [Double]?
  var titles: [String: String] = [:]
  /// Items of which no file is published.
  var emptyItems: Set<String> = []

  init(_ folder: String, _ files: [String]) throws {
    let published = Set(files)
    for name in files where name.hasPrefix("stac/") && name.hasSuffix(".json") {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
      let document = try JSONValue(parsing: bytes, named: "\(folder)/\(name)")
      if document["type"]?.stringValue == "Collection" {
        title = document["title"]?.stringValue ?? ""
        description = document["description"]?.stringValue ?? ""
        let interval = document["extent"]?["temporal"]?["interval"]?[0]
        (start, end) = (interval?[0]?.stringValue ?? "", interval?[1]?.stringValue ?? "")
      } else {
        take(item: document)
        let assets = (document["assets"]?.objectValue ?? [:]).compactMap { $0.value["href"]?.stringValue }
        let isEmpty = !assets.contains { href in
          guard href.hasPrefix("../") else { return true }
          let path = String(href.dropFirst(3))
          // A folder that is one product (Zarr) is there by its files.
          return published.contains(path) || files.contains { $0.hasPrefix(path + "/") }
        }
        if isEmpty { emptyItems.insert(name) }
      }
    }
  }

  private mutating func take(item: JSONValue) {
    processed = max(processed, item["properties"]?["processing:datetime"]?.stringValue ?? "")
    if let box = item["bbox"]?.arrayValue?.compactMap(\.doubleValue), box.count == 4 { self.box = box }
    for (_, asset) in item["assets"]?.objectValue ?? [:] {
      guard let href = asset["href"]?.stringValue, href.hasPrefix("../") else { continue }
      titles[String(href.dropFirst(3))] = asset["title"]?.stringValue
    }
  }
}
