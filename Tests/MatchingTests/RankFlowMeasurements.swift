// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

/// The figures of `docs/results/flow.md`. Not a check: run only when `OGIVE_MEASURE` names the folder of the simulated
/// pair (PGM images and truth as TIFF).
@Suite(
  "Rank flow measurements",
  .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to the pair's folder"),
  .serialized)
struct RankFlowMeasurements {
  private static let settings: [(name: String, radii: [Int], iterations: Int, levels: Int)] = {
    // "32,25:5:3;16:4:3" tries other settings than those of the page.
    let text = ProcessInfo.processInfo.environment["OGIVE_FLOW"] ?? "32,25:5:3;32,25:3:3;8,4:5:4"
    return text.split(separator: ";").map { part in
      let fields = part.split(separator: ":")
      return (
        String(part), fields[0].split(separator: ",").compactMap { Int($0) }, Int(fields[1]) ?? 5, Int(fields[2]) ?? 3
      )
    }
  }()

  @Test("error, calibration and speed on the simulated pair")
  func pair() throws {
    for setting in Self.settings {
      for name in ["real_n0", "real_n01", "real_n03", "synth_n0", "synth_n01", "synth_n03"] {
        let reference = try SimulatedPair.image(name + "_reference")
        let secondary = try SimulatedPair.image(name + "_secondary")
        var parameters = RankFlow.Parameters()
        parameters.radii = setting.radii
        parameters.iterations = setting.iterations
        parameters.levels = setting.levels
        let workspace = RankFlow.Workspace()
        let run = SimulatedPair.seconds(repeats: name == "real_n01" ? 3 : 2) {
          RankFlow.match(reference: reference, secondary: secondary, parameters: parameters, workspace: workspace)
        }
        try Self.report("\(setting.name) \(name)", run.result, seconds: run.time)
      }
    }
  }

  private static func report(_ name: String, _ field: RankFlow.Field, seconds: Double) throws {
    let dx = try SimulatedPair.truth("truth_dx"), dy = try SimulatedPair.truth("truth_dy")
    var sum = 0.0, squares = 0.0, scores = 0.0, within = 0.0, count = 0.0
    for index in dx.cells.indices where field.flags.cells[index] == .measured {
      for (found, (truth, sigma)) in [
        (field.dx.cells[index], (dx.cells[index], field.dxSigma.cells[index])),
        (field.dy.cells[index], (dy.cells[index], field.dySigma.cells[index])),
      ] {
        let error = Double(found - truth), z = abs(error) / Double(sigma)
        sum += abs(error)
        squares += error * error
        scores += z * z
        within += z < 1 ? 1 : 0
        count += 1
      }
    }
    print(
      String(
        format:
          "%@: MAE %.4f, RMSE %.4f, valid %.2f %%, RMS of error/sigma %.2f, within one sigma %.1f %%, %.2f M px/CPU-s",
        name, sum / count, (squares / count).squareRoot(), 50 * count / Double(dx.cells.count),
        (scores / count).squareRoot(), 100 * within / count, Double(dx.cells.count) / seconds / 1e6))
  }
}
