// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Processing

/// All products of a match, kept in files: there are half a hundred of them, and a large scene has millions of points.
///
/// Written band by band from one thread at a time, then read from any.
package final class ProductFiles: @unchecked Sendable {
  /// What is known of a product besides its values.
  package struct Entry: Sendable {
    package let name, unit, title: String
    package let file: GridFile<Float>
    fileprivate let isOptional: Bool
    fileprivate var hasValues = false
  }

  package let rows, columns: Int
  package private(set) var entries: [Entry] = []
  private let folder: RunFolder

  init(rows: Int, columns: Int, folder: RunFolder) {
    (self.rows, self.columns) = (rows, columns)
    self.folder = folder
  }

  /// Writes the rows of all products from `row` on; the first band decides which products there are.
  func write(_ products: [Product], atRow row: Int) throws {
    if entries.isEmpty {
      entries = try products.map {
        Entry(
          name: $0.name, unit: $0.unit, title: $0.title,
          file: try folder.makeGridFile(of: Float.self, rows: rows, columns: columns), isOptional: $0.isOptional)
      }
    }
    for (index, product) in products.enumerated() {
      try entries[index].file.write(product.values, atRow: row)
      entries[index].hasValues = entries[index].hasValues || product.values.cells.contains(where: \.isFinite)
    }
  }

  /// Ends the writing: optional products without any value are dropped.
  func finish() { entries.removeAll { $0.isOptional && !$0.hasValues } }

  package subscript(name: String) -> Entry? { entries.first { $0.name == name } }
  func unit(_ name: String) -> String { self[name]?.unit ?? "" }
  func hasValues(_ name: String) -> Bool { self[name]?.hasValues ?? false }

  /// Every n-th row and column of some products, those of them that there are.
  package func load(_ names: [String], every: Int = 1) throws -> ProductList {
    ProductList(
      try entries.filter { names.contains($0.name) }.map {
        Product($0.name, unit: $0.unit, $0.title, try $0.file.thinned(to: every))
      })
  }
}

extension GridFile<Float> {
  /// All values, row by row.
  package var stream: ValueStream<Float, any Error> {
    ValueStream { (body) throws(any Error) in for rows in self.bands() { body(try self.read(rows).cells) } }
  }
}

/// Percentiles of what was measured.
package struct Spread: Sendable {
  package let low, high, nmad: Double
  /// The value of the middle rank, and the median, which is the mean of two for an even count.
  package let middle, median: Double

  package init(_ values: ValueStream<Float, any Error>) throws {
    let found = try values.ranked { count in
      guard count > 0 else { return [] }
      let last = Double(count - 1)
      return [0.05, 0.5, 0.95].map { Int($0 * last) } + ValueStream<Float, any Error>.middle(of: count)
    }
    guard found.count == 5 else {
      (low, middle, high, nmad, median) = (.nan, .nan, .nan, .nan, .nan)
      return
    }
    (low, middle, high) = (Double(found[0]), Double(found[1]), Double(found[2]))
    let centre = found[3] == found[4] ? found[3] : (found[3] + found[4]) / 2
    median = Double(centre)
    nmad = Double(try values.nmad(around: centre))
  }
}
