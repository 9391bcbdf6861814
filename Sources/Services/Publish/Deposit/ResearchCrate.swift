// SPDX-License-Identifier: Apache-2.0
import Parameters
import Processing

/// The payload as a research object: `ro-crate-metadata.json` of RO-Crate 1.1 with the profile "Process Run Crate".
///
/// It says which program made which files from which inputs with which parameters, when, and by whom. Inputs
/// stand by name and checksum: they are not part of the package.
///
/// Source: Sefton et al. 2022, RO-Crate 1.1; Leo et al. 2024, Process Run Crate 0.5. Checked by: `DepositTests`, with
/// the library `rocrate`.
struct ResearchCrate {
  static let fileName = "ro-crate-metadata.json"

  let record: DepositRecord
  let files: [DepositedFile]

  private let profile = "https://w3id.org/ro/wfrun/process/0.5"
  private var program: String { "#ogive-\(record.source.version)" }
  private let run = "#run"

  var json: JSONObject {
    let graph =
      [descriptor, root] + people + [licence, software] + inputs + parameters + [action] + places + contents
    return [
      "@context": ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"],
      "@graph": .array(graph.map { .object($0) }),
    ]
  }

  private func reference(_ id: String) -> JSONValue { ["@id": .string(id)] }

  private var descriptor: JSONObject {
    [
      "@id": .string(Self.fileName), "@type": "CreativeWork",
      "conformsTo": reference("https://w3id.org/ro/crate/1.1"), "about": reference("./"),
    ]
  }

  private var root: JSONObject {
    var out: JSONObject = [
      "@id": "./", "@type": "Dataset", "name": .string(record.title), "description": .string(record.abstract),
      "datePublished": .string(record.day), "license": reference(record.licence.address),
      "author": .array(people(of: record.authors)), "version": .string(record.parameters.dataVersion),
      "keywords": .string(record.keywords.joined(separator: ", ")), "conformsTo": reference(profile),
      "mentions": reference(run), "hasPart": .array(files.map { reference($0.path) }),
    ]
    if let doi = record.doi { out["identifier"] = .string("https://doi.org/\(doi)") }
    if !record.source.start.isEmpty {
      out["temporalCoverage"] = .string("\(record.source.start)/\(record.source.end)")
    }
    if record.source.box != nil { out["spatialCoverage"] = reference("#place") }
    return out
  }

  // MARK: - Who, and under which licence

  private func id(of author: DepositAuthor) -> String {
    author.address ?? "#person-" + FileWords.safe(author.name)
  }

  private func people(of authors: [DepositAuthor]) -> [JSONValue] { authors.map { reference(id(of: $0)) } }

  private var people: [JSONObject] {
    let organisations = Set(record.authors.compactMap(\.affiliation)).sorted()
    return record.authors.map { author in
      var out: JSONObject = [
        "@id": .string(id(of: author)), "@type": "Person", "name": .string(author.name),
        "familyName": .string(author.familyName),
      ]
      if !author.givenNames.isEmpty { out["givenName"] = .string(author.givenNames) }
      if let affiliation = author.affiliation { out["affiliation"] = reference(Self.organisation(affiliation)) }
      return out
    }
      + organisations.map {
        ["@id": .string(Self.organisation($0)), "@type": "Organization", "name": .string($0)]
      } + [profileEntity]
  }

  private static func organisation(_ name: String) -> String { "#organisation-" + FileWords.safe(name) }

  private var profileEntity: JSONObject {
    ["@id": .string(profile), "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"]
  }

  private var licence: JSONObject {
    [
      "@id": .string(record.licence.address), "@type": "CreativeWork", "name": .string(record.licence.name),
      "identifier": .string(record.licence.identifier), "url": .string(record.licence.address),
    ]
  }

  // MARK: - How it was made

  private var software: JSONObject {
    [
      "@id": .string(program), "@type": "SoftwareApplication", "name": "Ogive",
      "softwareVersion": .string(record.source.version), "version": .string(record.source.version),
      "description": "Measures and maps moving ground from repeat images",
    ]
  }

  private func inputID(_ index: Int) -> String { "#input-\(index + 1)" }

  private var inputs: [JSONObject] {
    record.source.inputs.enumerated().map { index, input in
      var out: JSONObject = [
        "@id": .string(inputID(index)), "@type": "CreativeWork", "name": .string(input.name),
        "description": "Read by the run; not part of this package",
      ]
      if let checksum = input.checksum { out["sha256"] = .string(checksum.hexadecimal) }
      if input.name.contains("://") { out["url"] = .string(input.name) }
      if let licence = record.parameters.inputLicence { out["conditionsOfAccess"] = .string(licence) }
      return out
    }
  }

  private var parameters: [JSONObject] {
    record.source.parameters.map { name, value in
      [
        "@id": .string("#parameter-\(name)"), "@type": "PropertyValue", "name": .string(name),
        "value": .string(value.stringValue ?? value.text(.line)),
      ]
    }
  }

  private var action: JSONObject {
    var out: JSONObject = [
      "@id": .string(run), "@type": "CreateAction", "name": .string("ogive \(record.source.process)"),
      "instrument": reference(program), "agent": .array(people(of: record.authors)),
      "object": .array(
        record.source.inputs.indices.map { reference(inputID($0)) }
          + record.source.parameters.map { reference("#parameter-\($0.key)") }),
      "result": .array(files.filter { record.source.titles[$0.path] != nil }.map { reference($0.path) }),
      "actionStatus": reference("http://schema.org/CompletedActionStatus"),
    ]
    if !record.source.processed.isEmpty { out["endTime"] = .string(record.source.processed) }
    return out
  }

  private var places: [JSONObject] {
    guard let box = record.source.box else { return [] }
    return [
      ["@id": "#place", "@type": "Place", "geo": reference("#box")],
      // Schema.org writes latitude first: the lower left corner, then the upper right.
      ["@id": "#box", "@type": "GeoShape", "box": .string("\(box[1]),\(box[0]) \(box[3]),\(box[2])")],
    ]
  }

  private var contents: [JSONObject] {
    files.map { file in
      [
        "@id": .string(file.path), "@type": "File", "name": .string(file.title),
        "encodingFormat": .string(file.mediaType), "contentSize": .string("\(file.bytes)"),
        "sha256": .string(file.checksum.hexadecimal),
      ]
    }
  }
}
