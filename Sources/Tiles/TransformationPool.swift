// SPDX-License-Identifier: Apache-2.0
import RasterIO
import Synchronization

/// Transformations between reference systems, each made once: PROJ takes milliseconds to find one.
final class TransformationPool: Sendable {
  private struct Way: Hashable {
    let source, target: String
  }

  private let known = Mutex<[Way: CoordinateTransformation?]>([:])

  /// Nil where both systems are the same, or PROJ knows no way, which the outline of a raster has found before.
  func transformation(from source: CRS, to target: CRS) -> CoordinateTransformation? {
    let way = Way(source: source.wkt, target: target.wkt)
    if let found = known.withLock({ $0[way] }) { return found }
    let made = source.isSame(as: target) ? nil : try? CoordinateTransformation(from: source, to: target)
    known.withLock { $0[way] = .some(made) }
    return made
  }
}
