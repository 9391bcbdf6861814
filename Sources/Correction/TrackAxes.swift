// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Axes along and across a satellite's track over a grid, in cells.
struct TrackAxes: Sendable {
  private let sine, cosine: Double
  private let rows, columns: Int

  /// - Parameter direction: degrees clockwise from the upward direction of the grid.
  init(direction: Double, rows: Int, columns: Int) {
    sine = sin(direction * .pi / 180)
    cosine = cos(direction * .pi / 180)
    self.rows = rows
    self.columns = columns
  }

  /// Distance flown, cells from an arbitrary start.
  func along(_ row: Double, _ column: Double) -> Double { sine * column - cosine * row }

  /// Distance to the right of the track, cells from an arbitrary start.
  func across(_ row: Double, _ column: Double) -> Double { cosine * column + sine * row }

  /// The whole-cell step nearest to a distance along and to one across the track.
  func step(along distance: Double) -> (rows: Int, columns: Int) {
    (Int((-distance * cosine).rounded()), Int((distance * sine).rounded()))
  }

  func step(across distance: Double) -> (rows: Int, columns: Int) {
    (Int((distance * sine).rounded()), Int((distance * cosine).rounded()))
  }

  /// The lines one cell wide that a coordinate cuts the grid into: the least one and their number.
  func lines(_ coordinate: (Double, Double) -> Double) -> (first: Int, count: Int) {
    let bottom = Double(rows - 1), right = Double(columns - 1)
    let corners = [coordinate(0, 0), coordinate(bottom, 0), coordinate(0, right), coordinate(bottom, right)]
    let first = Int(corners.min()!.rounded()), last = Int(corners.max()!.rounded())
    return (first, last - first + 1)
  }
}
