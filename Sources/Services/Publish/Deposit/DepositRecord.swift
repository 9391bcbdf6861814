// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// All that the documents of a package say: what the user said, and what is known of the run.
struct DepositRecord {
  let source: DepositSource
  let parameters: DepositParameters
  let authors: [DepositAuthor]
  let licence: DepositLicence
  /// Version of the program that packs, which may be a later one than that of the run.
  let packerVersion: String
  let date: CalendarDate

  init(_ parameters: DepositParameters, _ source: DepositSource, packerVersion: String, today: CalendarDate) throws {
    (self.source, self.parameters, self.packerVersion) = (source, parameters, packerVersion)
    authors = try parameters.authors.map { text throws(ServiceError) in try DepositAuthor(parsing: text) }
    licence = try DepositLicence(parameters.licence)
    date = CalendarDate(dayNumber: (parameters.date ?? today).dayNumber)
  }

  var title: String {
    if let title = parameters.title { return title }
    return source.title.isEmpty ? "Ground motion measured by ogive \(source.process)" : source.title
  }

  var abstract: String {
    if let abstract = parameters.abstract { return abstract }
    let made = source.description.isEmpty ? "Made by ogive \(source.process)" : source.description
    return "\(made). Every measurement carries its standard deviation. Processed with Ogive \(source.version)."
  }

  var keywords: [String] { parameters.keywords.isEmpty ? ["ground motion", "image matching"] : parameters.keywords }

  var year: Int { Int(day.prefix(4)) ?? 0 }

  /// `2020-01-31`.
  var day: String { date.description }

  var doi: String? { parameters.doi }

  /// `Carberry & Smith (2026): Title. Version 1.0. Zenodo. https://doi.org/…`
  var citation: String {
    let names = authors.map(\.catalogueName).joined(separator: "; ")
    let address = doi.map { " https://doi.org/\($0)" } ?? ""
    let archive = parameters.publisher.hasPrefix("(:") ? "" : " \(parameters.publisher)."
    return "\(names) (\(year)): \(title). Version \(parameters.dataVersion).\(archive)\(address)"
  }
}
