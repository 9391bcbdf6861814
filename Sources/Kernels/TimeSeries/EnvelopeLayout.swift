// SPDX-License-Identifier: Apache-2.0

/// Where the elements of a symmetric matrix stand of which each row is kept from its first element that may be other than
/// zero to the diagonal (its envelope, or skyline).
///
/// Bands and bands with a border of full rows are both envelopes, and a Cholesky factor has the envelope of its matrix.
package final class EnvelopeLayout: Sendable {
  /// First column of each row.
  package let first: [Int32]
  /// Place of column 0 of each row; with the column added, that of an element. May be negative by itself.
  package let origin: [Int32]
  /// Elements in all.
  package let count: Int
  /// Rows below the diagonal whose envelope holds a column, column after column.
  let columnRows: [Int32]
  let columnStart: [Int32]

  /// - Parameter first: of each row, at most its own number.
  package init(first: [Int]) {
    var origins: [Int32] = []
    var place = 0
    for (row, column) in first.enumerated() {
      origins.append(Int32(place - column))
      place += row - column + 1
    }
    var starts: [Int32] = [], rows: [Int32] = []
    for column in first.indices {
      starts.append(Int32(rows.count))
      for row in first.indices.dropFirst(column + 1) where first[row] <= column { rows.append(Int32(row)) }
    }
    starts.append(Int32(rows.count))
    self.first = first.map(Int32.init)
    origin = origins
    count = place
    columnRows = rows
    columnStart = starts
  }

  /// Rows of the matrix.
  package var order: Int { first.count }

  /// Place of an element; both orders of its subscripts are the same element.
  package func place(_ row: Int, _ column: Int) -> Int { Int(origin[max(row, column)]) + min(row, column) }

  /// Whether an element may be other than zero.
  package func holds(_ row: Int, _ column: Int) -> Bool { Int(first[max(row, column)]) <= min(row, column) }
}
