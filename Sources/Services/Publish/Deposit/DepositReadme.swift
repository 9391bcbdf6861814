// SPDX-License-Identifier: Apache-2.0

/// What people read first in a package.
struct DepositReadme {
  let record: DepositRecord
  let files: [DepositedFile]

  var text: String {
    let source = record.source
    var lines = ["# \(record.title)", "", record.abstract, "", "## Who", ""]
    lines += record.authors.map { author in
      "- " + [author.name, author.affiliation, author.address].compactMap { $0 }.joined(separator: ", ")
    }
    lines += [
      "", "Cite as: \(record.citation)", "", "Licence: \(record.licence.name) (\(record.licence.identifier))", "",
    ]
    lines += ["## What", "", "| file | what it is |", "|---|---|"]
    lines += files.filter { source.titles[$0.path] != nil || !$0.path.contains("/") }
      .map { "| `\($0.path)` | \($0.title.replacing("|", with: "/")) |" }
    lines += [
      "",
      "Rasters are cloud-optimised GeoTIFFs, one band each, with unit and title; missing is NaN. `stac/` describes "
        + "every item with its time, place and what it was made from.", "",
      "## How", "",
      "Made by `ogive \(source.process)`, version \(source.version). `config.lock.json` holds all parameters: with the same "
        + "inputs `ogive \(source.process) --config config.lock.json --out NEW` makes the same rasters again.", "",
    ]
    if !source.start.isEmpty { lines += ["Images from \(source.start) to \(source.end).", ""] }
    lines += inputs
    lines += [
      "## Whole?", "",
      "The package is a bag of BagIt 1.0: `sha256sum --check manifest-sha256.txt` in the folder above this one says "
        + "whether each file is as it was packed; `bagit.py --validate` does too.", "",
    ]
    return lines.joined(separator: "\n")
  }

  /// So many inputs are named here; all of them stand in the metadata.
  private static let shown = 200

  private var inputs: [String] {
    let inputs = record.source.inputs
    if inputs.isEmpty { return [] }
    var lines = ["## From", "", "The inputs are no part of this package."]
    if let licence = record.parameters.inputLicence { lines += ["", "Their licence: \(licence)"] }
    lines += ["", "| input | SHA-256 |", "|---|---|"]
    lines += inputs.prefix(Self.shown).map { "| \($0.name) | \($0.checksum?.hexadecimal ?? "") |" }
    if inputs.count > Self.shown { lines.append("| … and \(inputs.count - Self.shown) more | |") }
    return lines + [""]
  }
}
