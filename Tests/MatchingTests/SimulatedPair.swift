// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// The simulated pair of 2048 × 2048 px in the folder that `OGIVE_MEASURE` names, and processor time.
enum SimulatedPair {
  static let side = 2048
  private static let folder = ProcessInfo.processInfo.environment["OGIVE_MEASURE"] ?? ""

  static func image(_ name: String) throws -> Grid<Float> {
    let data = try Data(contentsOf: URL(filePath: folder).appending(path: name + ".pgm"))
    return Grid(rows: side, columns: side, cells: data.suffix(side * side).map { Float($0) })
  }

  static func truth(_ name: String) throws -> Grid<Float> {
    let data = try Data(contentsOf: URL(filePath: folder).appending(path: name + ".tif"))
    // Uncompressed floats in one strip at the end of the file.
    let cells = data.suffix(4 * side * side).withUnsafeBytes { bytes in
      (0..<side * side).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    return Grid(rows: side, columns: side, cells: cells)
  }

  /// Least processor seconds of this thread over several runs.
  static func seconds<Result>(repeats: Int, _ body: () -> Result) -> (time: Double, result: Result) {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
    var start = now()
    var result = body()
    var best = now() - start
    for _ in 1..<max(2, repeats) {
      start = now()
      result = body()
      best = min(best, now() - start)
    }
    return (best, result)
  }
}
