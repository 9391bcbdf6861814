// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing
import RasterIO
import Services

/// A finished run with a raster, a pair, STAC items and a report that names folders of the machine, and what packs
/// it.
final class DepositFixture: Sendable {
  let folder: String
  var run: String { "\(folder)/run" }
  var out: String { "\(folder)/deposit" }

  static let author = "Josiah Carberry <0000-0002-1825-0097> (Brown University)"

  init(isFinished: Bool = true) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-deposit-\(UUID().uuidString)").path
    for part in ["scenes", "run/products", "run/pairs/a_b", "run/stac", "run/.ogive"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
    }
    try write("restricted pixels", "scenes/one.tif")
    try write("other pixels", "scenes/two.tif")
    try raster("run/products/speed.tif")
    try raster("run/pairs/a_b/dx.tif")
    // What must not happen, but could: an input that lies among the products.
    try write("restricted pixels", "run/products/copy.tif")
    let catalogue = try Self.catalogue(scenes: "\(folder)/scenes")
    for (path, text) in catalogue.documents { try write(text, "run/\(path)") }
    try write("<p>made from \(folder)/scenes/one.tif</p>", "run/report.html")
    try write("{\"event\":\"done\"}\n", "run/log.jsonl")
    let inputs = ["one", "two"].map { name -> JSONValue in
      let sum = SHA256.checksum(of: name == "one" ? "restricted pixels" : "other pixels")
      return ["path": .string("\(folder)/scenes/\(name).tif"), "sha256": .string(sum.hexadecimal)]
    }
    let job = JobFile(
      process: "mpic", inputs: ["scenes": [.string("\(folder)/scenes")], "windowHalf": 3, "dem": .null],
      provenance: ["version": "0.1.0", "inputs": .array(inputs)])
    try write(job.json.text(.pretty), "run/config.lock.json")
    if isFinished { try write("", "run/.ogive/done") }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ text: String, _ name: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }

  private func raster(_ name: String) throws {
    let writer = try RasterWriter.create("\(folder)/\(name)", RasterLayout(rows: 30, columns: 40))
    try writer.write(Grid(rows: 30, columns: 40, filledWith: Float(3)))
    try writer.finish()
  }

  private static func catalogue(scenes: String) throws -> RunCatalogue {
    var catalogue = try RunCatalogue(id: "run", place: try PublishFixture.place())
    (catalogue.title, catalogue.lineage) = ("A tongue", "Matching of two scenes")
    (catalogue.softwareVersion, catalogue.processed) = ("0.1.0", "2020-03-01T00:00:00Z")
    let inputs = ["one", "two"].map {
      RunCatalogue.Input(
        href: "\(scenes)/\($0).tif", title: "\($0).tif",
        checksum: SHA256.checksum(of: $0 == "one" ? "restricted pixels" : "other pixels"))
    }
    let days = ("2020-01-01T10:00:00Z", "2020-02-06T22:36:00Z")
    let pair = catalogue.add(
      "a_b", from: days.0, to: days.1, title: "Pair", inputs: inputs,
      files: [RunCatalogue.File("dx", path: "pairs/a_b/dx.tif", title: "offset to the right")])
    catalogue.add(
      "mean", from: days.0, to: days.1, title: "Mean", inputs: [pair],
      files: [RunCatalogue.File("speed", path: "products/speed.tif", title: "mean speed")])
    return catalogue
  }

  /// Packs the run.
  func pack(_ change: (inout DepositParameters) -> Void = { _ in }) throws -> DepositRun.Outcome {
    var parameters = DepositParameters()
    (parameters.run, parameters.out) = (InputFolder(run), OutputFolder(out))
    parameters.authors = [Self.author]
    change(&parameters)
    let identity = ToolIdentity(name: "ogive", version: "0.1.0", summary: "measures")
    return try DepositRun(parameters, identity: identity, today: CalendarDate(dayNumber: 20_000)).write(
      Cancellation())
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(out)/\(name)", encoding: .utf8) }

  func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: try text(name), named: name) }

  /// Paths of all files of the package, below it.
  var files: [String] {
    guard let walk = FileManager.default.enumerator(atPath: out) else { return [] }
    var isFolder: ObjCBool = false
    return walk.compactMap { $0 as? String }.filter {
      FileManager.default.fileExists(atPath: "\(out)/\($0)", isDirectory: &isFolder) && !isFolder.boolValue
    }.sorted()
  }
}
