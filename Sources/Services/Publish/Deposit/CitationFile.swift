// SPDX-License-Identifier: Apache-2.0
import Parameters

/// A `CITATION.cff` of version 1.2.0: how the data set is cited, for programs.
///
/// Source: Druskat et al. 2021, Citation File Format 1.2.0. Checked by: `DepositTests`, with `cffconvert`.
struct CitationFile {
  let record: DepositRecord

  var text: String {
    var lines = [
      "cff-version: 1.2.0", "message: \(quoted("If you use these data, please cite them as below."))",
      "type: dataset",
      "title: \(quoted(record.title))", "abstract: \(quoted(record.abstract))", "authors:",
    ]
    for author in record.authors {
      lines.append("  - family-names: \(quoted(author.familyName))")
      if !author.givenNames.isEmpty { lines.append("    given-names: \(quoted(author.givenNames))") }
      if let address = author.address { lines.append("    orcid: \(quoted(address))") }
      if let affiliation = author.affiliation { lines.append("    affiliation: \(quoted(affiliation))") }
    }
    lines.append("keywords:")
    lines += record.keywords.map { "  - \(quoted($0))" }
    lines += [
      "license: \(record.licence.identifier)", "version: \(quoted(record.parameters.dataVersion))",
      "date-released: \(quoted(record.day))",
    ]
    if let doi = record.doi { lines.append("doi: \(quoted(doi))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A text of JSON is one of YAML.
  private func quoted(_ text: String) -> String { JSONValue.string(text).text(.line) }
}
