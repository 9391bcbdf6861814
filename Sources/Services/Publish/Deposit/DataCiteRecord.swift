// SPDX-License-Identifier: Apache-2.0
import Parameters

/// The metadata that an archive needs to make a DOI, of DataCite's schema 4.5, as JSON and as XML.
///
/// Without a DOI of its own the identifier is `(:tba)`, DataCite's word for one that is to come.
///
/// Source: DataCite Metadata Schema 4.5. Checked by: `DepositTests`, against the published JSON schema.
struct DataCiteRecord {
  let record: DepositRecord
  /// Of the payload.
  let bytes: Int
  let formats: [String]

  var json: JSONObject {
    var out: JSONObject = ["schemaVersion": "http://datacite.org/schema/kernel-4"]
    if let doi = record.doi {
      out["doi"] = .string(doi)
      out["identifiers"] = [["identifier": .string(doi), "identifierType": "DOI"]]
    } else if let prefix = record.parameters.doiPrefix {
      out["prefix"] = .string(prefix)
    }
    out["creators"] = .array(record.authors.map { .object(Self.creator($0)) })
    out["titles"] = [["title": .string(record.title)]]
    out["publisher"] = ["name": .string(record.parameters.publisher)]
    out["publicationYear"] = .string("\(record.year)")
    out["types"] = ["resourceTypeGeneral": "Dataset", "resourceType": "Ground motion"]
    out["subjects"] = .array(record.keywords.map { ["subject": .string($0)] })
    out["dates"] = .array(dates.map { ["date": .string($0.date), "dateType": .string($0.type)] })
    out["language"] = "en"
    out["version"] = .string(record.parameters.dataVersion)
    out["sizes"] = [.string("\(bytes) bytes")]
    out["formats"] = .array(formats.map { .string($0) })
    out["rightsList"] = [
      [
        "rights": .string(record.licence.name), "rightsUri": .string(record.licence.address),
        "rightsIdentifier": .string(record.licence.identifier), "rightsIdentifierScheme": "SPDX",
        "schemeUri": "https://spdx.org/licenses/",
      ]
    ]
    out["descriptions"] = .array(
      descriptions.map { ["description": .string($0.text), "descriptionType": .string($0.type)] })
    if let box = record.source.box {
      out["geoLocations"] = [
        [
          "geoLocationBox": [
            "westBoundLongitude": .number(box[0]), "eastBoundLongitude": .number(box[2]),
            "southBoundLatitude": .number(box[1]), "northBoundLatitude": .number(box[3]),
          ]
        ]
      ]
    }
    return out
  }

  private static func creator(_ author: DepositAuthor) -> JSONObject {
    var out: JSONObject = ["name": .string(author.catalogueName), "nameType": "Personal"]
    if !author.givenNames.isEmpty { out["givenName"] = .string(author.givenNames) }
    out["familyName"] = .string(author.familyName)
    if let affiliation = author.affiliation { out["affiliation"] = [["name": .string(affiliation)]] }
    if let address = author.address {
      out["nameIdentifiers"] = [
        ["nameIdentifier": .string(address), "nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org"]
      ]
    }
    return out
  }

  private var dates: [(date: String, type: String)] {
    var dates = [(record.day, "Issued")]
    if !record.source.processed.isEmpty { dates.append((record.source.processed, "Created")) }
    if !record.source.start.isEmpty { dates.append(("\(record.source.start)/\(record.source.end)", "Collected")) }
    return dates
  }

  private var descriptions: [(text: String, type: String)] {
    [
      (record.abstract, "Abstract"),
      (
        "Made by ogive \(record.source.process), version \(record.source.version), from \(record.source.inputs.count) files; "
          + "ro-crate-metadata.json names them and all parameters.", "TechnicalInfo"
      ),
    ]
  }
}

// MARK: - XML

extension DataCiteRecord {
  var xml: String {
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<resource xmlns=\"http://datacite.org/schema/kernel-4\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        + "xsi:schemaLocation=\"http://datacite.org/schema/kernel-4 "
        + "https://schema.datacite.org/meta/kernel-4.5/metadata.xsd\">",
      "  <identifier identifierType=\"DOI\">\(Self.escaped(record.doi ?? "(:tba)"))</identifier>", "  <creators>",
    ]
    lines += record.authors.flatMap(Self.lines) + ["  </creators>"]
    func list(_ outer: String, _ inner: [String]) {
      if !inner.isEmpty { lines += ["  <\(outer)>"] + inner.map { "    " + $0 } + ["  </\(outer)>"] }
    }
    list("titles", ["<title>\(Self.escaped(record.title))</title>"])
    lines.append("  <publisher>\(Self.escaped(record.parameters.publisher))</publisher>")
    lines.append("  <publicationYear>\(record.year)</publicationYear>")
    lines.append("  <resourceType resourceTypeGeneral=\"Dataset\">Ground motion</resourceType>")
    list("subjects", record.keywords.map { "<subject>\(Self.escaped($0))</subject>" })
    list("dates", dates.map { "<date dateType=\"\($0.type)\">\(Self.escaped($0.date))</date>" })
    lines.append("  <language>en</language>")
    list("sizes", ["<size>\(bytes) bytes</size>"])
    list("formats", formats.map { "<format>\(Self.escaped($0))</format>" })
    lines.append("  <version>\(Self.escaped(record.parameters.dataVersion))</version>")
    let licence = record.licence
    list(
      "rightsList",
      [
        "<rights rightsURI=\"\(Self.escaped(licence.address))\" rightsIdentifier=\"\(licence.identifier)\" "
          + "rightsIdentifierScheme=\"SPDX\" schemeURI=\"https://spdx.org/licenses/\">\(Self.escaped(licence.name))</rights>"
      ])
    list(
      "descriptions",
      descriptions.map { "<description descriptionType=\"\($0.type)\">\(Self.escaped($0.text))</description>" })
    if let box = record.source.box {
      list(
        "geoLocations",
        [
          "<geoLocation><geoLocationBox><westBoundLongitude>\(box[0])</westBoundLongitude>"
            + "<eastBoundLongitude>\(box[2])</eastBoundLongitude><southBoundLatitude>\(box[1])</southBoundLatitude>"
            + "<northBoundLatitude>\(box[3])</northBoundLatitude></geoLocationBox></geoLocation>"
        ])
    }
    return (lines + ["</resource>"]).joined(separator: "\n") + "\n"
  }

  private static func lines(_ author: DepositAuthor) -> [String] {
    var lines = [
      "    <creator>", "      <creatorName nameType=\"Personal\">\(escaped(author.catalogueName))</creatorName>",
    ]
    if !author.givenNames.isEmpty { lines.append("      <givenName>\(escaped(author.givenNames))</givenName>") }
    lines.append("      <familyName>\(escaped(author.familyName))</familyName>")
    if let address = author.address {
      lines.append(
        "      <nameIdentifier nameIdentifierScheme=\"ORCID\" schemeURI=\"https://orcid.org\">\(address)</nameIdentifier>"
      )
    }
    if let affiliation = author.affiliation {
      lines.append("      <affiliation>\(escaped(affiliation))</affiliation>")
    }
    return lines + ["    </creator>"]
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
