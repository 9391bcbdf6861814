// SPDX-License-Identifier: Apache-2.0

/// A line on the ground, as the trace of a fault: straight pieces between vertices.
public struct FaultLine: Sendable {
  private struct Piece {
    let start, direction: SIMD2<Double>
    let length, before: Double
  }

  private let pieces: [Piece]
  /// Length of the whole line, in the unit of the vertices.
  public let length: Double

  /// Nil where no two vertices differ.
  ///
  /// - Parameter vertices: positions as (east, north), in the order along the fault.
  public init?(_ vertices: [SIMD2<Double>]) {
    var pieces: [Piece] = [], total = 0.0
    for (a, b) in zip(vertices, vertices.dropFirst()) {
      let way = b - a, length = (way * way).sum().squareRoot()
      guard length > 0 else { continue }
      pieces.append(Piece(start: a, direction: way / length, length: length, before: total))
      total += length
    }
    guard total > 0 else { return nil }
    (self.pieces, length) = (pieces, total)
  }

  /// A point of the line and the unit vector along it there; ends stand for what lies beyond them.
  public func point(at along: Double) -> (position: SIMD2<Double>, direction: SIMD2<Double>) {
    let piece = pieces.last { $0.before <= along } ?? pieces[0]
    let held = min(max(along - piece.before, 0), piece.length)
    return (piece.start + held * piece.direction, piece.direction)
  }

  /// Where a place lies beside the line.
  struct Place {
    /// From the first vertex along the line; across it, positive on the right.
    let along, across: Double
    /// Unit vector along the line there.
    let direction: SIMD2<Double>
  }

  /// Nil beyond the ends of the line, where its course is not known.
  func place(of point: SIMD2<Double>) -> Place? {
    var best: Place?, nearest = Double.infinity
    for (index, piece) in pieces.enumerated() {
      let way = point - piece.start
      let along = (way * piece.direction).sum()
      let isFirst = index == 0, isLast = index == pieces.count - 1
      if along < 0, isFirst { continue }
      if along > piece.length, isLast { continue }
      let held = min(max(along, 0), piece.length)
      let rest = way - held * piece.direction
      let distance = (rest * rest).sum().squareRoot()
      guard distance < nearest else { continue }
      nearest = distance
      let isRight = piece.direction.y * way.x - piece.direction.x * way.y > 0
      best = Place(
        along: piece.before + held, across: isRight ? distance : -distance, direction: piece.direction)
    }
    return best
  }
}
