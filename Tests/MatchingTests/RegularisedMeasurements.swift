// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

/// The figures of `docs/results/regularised.md`. Not a check: run only when `OGIVE_MEASURE` names the folder of the
/// simulated pair (PGM images and truth as TIFF).
@Suite(
  "Regularised measurements",
  .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to the pair's folder"),
  .serialized)
struct RegularisedMeasurements {
  private static let folder = ProcessInfo.processInfo.environment["OGIVE_MEASURE"] ?? ""
  private let side = 2048

  private func image(_ name: String) throws -> Grid<Float> {
    let data = try Data(contentsOf: URL(filePath: Self.folder).appending(path: name + ".pgm"))
    return Grid(rows: side, columns: side, cells: data.suffix(side * side).map { Float($0) })
  }

  private func truth(_ name: String) throws -> Grid<Float> {
    let data = try Data(contentsOf: URL(filePath: Self.folder).appending(path: name + ".tif"))
    let cells = data.suffix(4 * side * side).withUnsafeBytes { bytes in
      (0..<side * side).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    return Grid(rows: side, columns: side, cells: cells)
  }

  private func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  @Test("error, sigma and speed at every pixel", arguments: ["real_n0", "real_n01", "real_n03", "synth_n01"])
  func pair(name: String) throws {
    let crop = Window(row: 0, column: 0, rows: 1024, columns: 1024)
    let reference = try image(name + "_reference").cropped(to: crop)
    let secondary = try image(name + "_secondary").cropped(to: crop)
    let tx = try truth("truth_dx").cropped(to: crop), ty = try truth("truth_dy").cropped(to: crop)
    var parameters = RegularisedMatching.Parameters()
    parameters.searchRange = 4
    let begin = seconds()
    let match = RegularisedMatching.match(
      reference: reference, secondary: secondary, parameters: parameters, threads: 1)
    let time = seconds() - begin
    var sum = 0.0, squares = 0.0, ratios = 0.0, count = 0.0
    for index in tx.cells.indices where match.flags.cells[index] == .measured {
      let ex = Double(match.dx.cells[index] - tx.cells[index]), ey = Double(match.dy.cells[index] - ty.cells[index])
      sum += 0.5 * (abs(ex) + abs(ey))
      squares += 0.5 * (ex * ex + ey * ey)
      let sx = Double(match.dxSigma.cells[index]), sy = Double(match.dySigma.cells[index])
      ratios += 0.5 * (ex * ex / (sx * sx) + ey * ey / (sy * sy))
      count += 1
    }
    print(
      String(
        format: "%@ MAE %.4f RMSE %.4f error/sigma %.2f share %.4f, %.0f ns/px", name, sum / count,
        (squares / count).squareRoot(), (ratios / count).squareRoot(), count / Double(tx.cells.count),
        1e9 * time / Double(tx.cells.count)))
  }
}
