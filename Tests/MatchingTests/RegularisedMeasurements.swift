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
  @Test("error, sigma and speed at every pixel")
  func pair() throws {
    let dx = try SimulatedPair.truth("truth_dx"), dy = try SimulatedPair.truth("truth_dy")
    for name in ["real_n0", "real_n01", "real_n03", "synth_n0", "synth_n01", "synth_n03"] {
      let reference = try SimulatedPair.image(name + "_reference")
      let secondary = try SimulatedPair.image(name + "_secondary")
      let workspace = RegularisedMatching.Workspace()
      var parameters = RegularisedMatching.Parameters()
      parameters.searchRange = 4
      let run = SimulatedPair.seconds(repeats: 2) {
        RegularisedMatching.match(
          reference: reference, secondary: secondary, parameters: parameters, tile: 2048, workspace: workspace)
      }
      Self.report(name, run.result, dx, dy, rim: 0, seconds: run.time)
      Self.report(name + ", 64 px inside", run.result, dx, dy, rim: 64, seconds: run.time)
    }
  }

  @Test("small bodies and a fault")
  func smallMotion() throws {
    for motion in [SmallMotionScene.Motion.discs, .fault] {
      for noise in [0, 0.1] {
        let scene = SmallMotionScene(texture: try Self.texture(), motion, noise: noise)
        if let folder = ProcessInfo.processInfo.environment["OGIVE_SCENES"] {
          try Self.write(scene, to: URL(filePath: folder).appending(path: "\(motion)_\(noise).f32"))
        }
        let match = RegularisedMatching.match(
          reference: scene.reference, secondary: scene.secondary, parameters: .init())
        Self.report("\(motion), noise \(noise)", match, scene.dx, scene.dy, rim: 16)
      }
    }
  }

  @Test("bias at fractions of a pixel")
  func pixelLocking() throws {
    for noise in [0, 0.1, 0.316] {
      for step in 0...10 {
        let shift = 0.1 * Double(step)
        let scene = SmallMotionScene(texture: try Self.texture(), .shift(dx: shift, dy: 0), noise: noise)
        let match = RegularisedMatching.match(
          reference: scene.reference, secondary: scene.secondary, parameters: .init())
        var sum = 0.0, count = 0.0
        for row in 64..<SmallMotionScene.side - 64 {
          for column in 64..<SmallMotionScene.side - 64 where match.flags[row, column] == .measured {
            sum += Double(match.dx[row, column]) - shift
            count += 1
          }
        }
        print(String(format: "noise %.3f shift %.1f bias %+.5f", noise, shift, sum / count))
      }
    }
  }

  private static func texture() throws -> Grid<Float> {
    try SimulatedPair.image("real_n0_reference").cropped(
      to: Window(row: 836, column: 236, rows: SmallMotionScene.side + 128, columns: SmallMotionScene.side + 128))
  }

  /// Reference, secondary and both true offsets, for other tools.
  private static func write(_ scene: SmallMotionScene, to file: URL) throws {
    var data = Data()
    for grid in [scene.reference, scene.secondary, scene.dx, scene.dy] {
      grid.cells.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    try data.write(to: file)
  }

  private static func report(
    _ name: String, _ match: RegularisedMatch, _ dx: Grid<Float>, _ dy: Grid<Float>, rim: Int, seconds: Double? = nil
  ) {
    var sum = 0.0, squares = 0.0, scores = 0.0, within = 0.0, count = 0.0
    for row in rim..<dx.rows - rim {
      for column in rim..<dx.columns - rim where match.flags[row, column] == .measured {
        for (error, sigma) in [
          (match.dx[row, column] - dx[row, column], match.dxSigma[row, column]),
          (match.dy[row, column] - dy[row, column], match.dySigma[row, column]),
        ] {
          let score = Double(abs(error) / sigma)
          sum += Double(abs(error))
          squares += Double(error * error)
          scores += score * score
          within += score < 1 ? 1 : 0
          count += 1
        }
      }
    }
    let all = Double(2 * (dx.rows - 2 * rim) * (dx.columns - 2 * rim))
    print(
      String(
        format: "%@: MAE %.4f RMSE %.4f error/sigma %.2f within %.1f %% measured %.1f %%", name, sum / count,
        (squares / count).squareRoot(), (scores / count).squareRoot(), 100 * within / count, 100 * count / all),
      seconds.map { String(format: "%.0f ns a pixel", 1e9 * $0 / Double(dx.cells.count)) } ?? "")
  }
}
