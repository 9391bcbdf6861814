// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// Packs a run for an archive: its files, what they are, how they were made, by whom, and under which licence.
///
/// The package is a bag (BagIt 1.0) whose payload is a research object (RO-Crate 1.1). Images that went into the run
/// are named with their checksums and never copied, so that a restricted licence of theirs is kept; neither are the
/// names of folders of this machine.
public struct DepositRun {
  /// What was packed.
  public struct Outcome: Sendable {
    public let folder: String
    public let archive: String?
    public let files, bytes: Int
    /// Files of the run that were left out, since they are inputs.
    public let leftOut: [String]
  }

  private let parameters: DepositParameters
  private let record: DepositRecord
  private let agent: String

  /// - Parameters:
  ///   - identity: of the program that packs.
  ///   - today: taken where the parameters name no day.
  /// - Throws: `ServiceError` of kind `.noRunFolder` or `.deposit`.
  public init(_ parameters: DepositParameters, identity: ToolIdentity, today: CalendarDate) throws {
    self.parameters = parameters
    let source = try DepositSource(parameters.run.path, withoutPairs: parameters.withoutPairs)
    record = try DepositRecord(parameters, source, packerVersion: identity.version, today: today)
    agent = "\(identity.name) \(identity.version)"
  }

  /// Writes the package; nothing stands in its place until it is whole.
  ///
  /// - Throws: `ServiceError.deposit` when there is something in its place; `ProcessingError`; `RunCancelled`.
  public func write(_ cancellation: Cancellation) throws -> Outcome {
    let folder = URL(filePath: parameters.out.path).standardizedFileURL.path
    let archive = parameters.zip ? folder + ".zip" : nil
    for path in [folder, archive].compactMap({ $0 }) where Self.isTaken(path) {
      throw ServiceError(
        .deposit, "\(path) exists, and a package that may have been published is not written over; give another --out"
      )
    }
    let partial = folder + ".part"
    try? FileManager.default.removeItem(atPath: partial)
    defer { try? FileManager.default.removeItem(atPath: partial) }
    var bag = try DepositBag(partial, cancellation)
    let leftOut = try fill(&bag)
    let description = "\(record.title). \(record.citation)"
    try bag.seal(date: record.day, description: description, agent: agent)
    if let archive { try pack(bag, as: URL(filePath: folder).lastPathComponent, to: archive, cancellation) }
    do {
      try AtomicFile.move(partial, to: folder)
    } catch {
      if let archive { unlink(archive) }
      throw error
    }
    return Outcome(
      folder: folder, archive: archive, files: bag.files.count, bytes: bag.files.reduce(0) { $0 + $1.bytes },
      leftOut: leftOut)
  }

  /// An empty folder is a place that someone has made for the package.
  private static func isTaken(_ path: String) -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    return (try? FileManager.default.contentsOfDirectory(atPath: path).isEmpty) != true
  }

  /// - Returns: files that were left out.
  private func fill(_ bag: inout DepositBag) throws -> [String] {
    let source = record.source, inputs = Set(source.inputs.compactMap(\.checksum))
    var leftOut: [String] = []
    let documents = DepositDocuments(record)
    for name in source.files {
      if parameters.withoutReport, name == "report.html" || name.hasSuffix("/report.html") {
        leftOut.append(name)
        continue
      }
      let title = source.titles[name] ?? Self.title(name), path = "\(source.folder)/\(name)"
      if let text = try documents.text(of: name, at: path) {
        try bag.add(text, as: name, title: title)
      } else if try !bag.copy(path, as: name, title: title, unless: inputs) {
        leftOut.append(name)
      }
    }
    try bag.add(
      record.licence.text(
        title: record.title, authors: record.authors, year: record.year, inputs: parameters.inputLicence),
      as: "LICENSE", title: "Licence")
    try bag.add(CitationFile(record: record).text, as: "CITATION.cff", title: "How to cite")
    let formats = Set(bag.files.map { $0.mediaType.split(separator: ";")[0] }).map(String.init).sorted()
    let cite = DataCiteRecord(record: record, bytes: bag.files.reduce(0) { $0 + $1.bytes }, formats: formats)
    try bag.add(cite.json.text(.pretty) + "\n", as: "datacite.json", title: "Metadata for a DOI")
    try bag.add(cite.xml, as: "datacite.xml", title: "Metadata for a DOI")
    try bag.add(DepositReadme(record: record, files: bag.files).text, as: "README.md", title: "What this is")
    // Last, as it lists all others.
    let crate = ResearchCrate(record: record, files: bag.files)
    try bag.add(crate.json.text(.pretty) + "\n", as: ResearchCrate.fileName, title: "Metadata of the research object")
    return leftOut
  }

  private func pack(_ bag: DepositBag, as name: String, to archive: String, _ cancellation: Cancellation) throws {
    let zip = try ZipWriter(archive, date: record.day)
    let tags = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    for path in tags + bag.files.map({ "data/" + $0.path }) {
      try zip.add("\(bag.folder)/\(path)", as: "\(name)/\(path)", cancellation: cancellation)
    }
    try zip.finish()
  }

  /// For files that no item tells of.
  private static func title(_ name: String) -> String {
    switch name {
    case "config.lock.json": "All parameters, versions and checksums of the inputs"
    case "report.html": "Report of the run"
    case "summary.json": "Figures of the run"
    case "stac/collection.json": "STAC collection"
    case _ where name.hasPrefix("stac/"): "STAC item"
    case _ where name.hasSuffix(".qml"): "Style for QGIS"
    case _ where name.hasPrefix("quicklook/"): "Small picture"
    default: name
    }
  }
}
