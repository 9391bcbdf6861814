// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Synchronization

/// Coordinates from one CRS in another, both in east, north (longitude, latitude) order.
///
/// PROJ's objects belong to one thread at a time; a pool hands them out.
public final class CoordinateTransformation: Sendable {
  private struct Handle: @unchecked Sendable {
    let raw: OGRCoordinateTransformationH
  }

  private let source, target: CRS
  private let idle = Mutex<[Handle]>([])

  /// - Throws: `RasterError` of kind `.noTransformation` when PROJ knows no way.
  public init(from source: CRS, to target: CRS) throws(RasterError) {
    self.source = source
    self.target = target
    let first = try make()
    idle.withLock { $0.append(first) }
  }

  deinit {
    let handles = idle.withLock { $0 }
    for handle in handles { OCTDestroyCoordinateTransformation(handle.raw) }
  }

  /// Transforms coordinates in place; those that have no image become NaN.
  public func transform(east: inout [Double], north: inout [Double]) throws(RasterError) {
    precondition(east.count == north.count, "each east needs a north")
    if east.isEmpty { return }
    let free = idle.withLock { $0.popLast() }
    let handle = if let free { free } else { try make() }
    defer { idle.withLock { $0.append(handle) } }
    var isGood = [Int32](repeating: 1, count: east.count)
    try withGDAL { _ in
      _ = OCTTransformEx(handle.raw, Int32(east.count), &east, &north, nil, &isGood)
    }
    for index in east.indices where isGood[index] == 0 || !east[index].isFinite || !north[index].isFinite {
      east[index] = .nan
      north[index] = .nan
    }
  }

  private func make() throws(RasterError) -> Handle {
    try withGDAL { (messages) throws(RasterError) -> Handle in
      let raw = source.withHandle { from in target.withHandle { OCTNewCoordinateTransformation(from, $0) } }
      guard let raw else {
        throw RasterError(
          .noTransformation,
          "there is no transformation from \(source) to \(target); bring both images into one CRS first (gdalwarp)",
          cause: messages.failureText)
      }
      return Handle(raw: raw)
    }
  }
}
