// SPDX-License-Identifier: Apache-2.0
import Processing

extension SimulationRun {
  /// What the run will take, on the machine that its rates were measured on (docs/results/platform.md).
  var estimate: CommandEstimate {
    let pixels = Double(source.rows * source.columns), all = parameters.gradients
    let side = min(parameters.tileSize, max(source.rows, source.columns))
    let tiles = ((source.rows + side - 1) / side) * ((source.columns + side - 1) / side)
    let width = min(parameters.threads ?? availableCores, tiles)
    // The rasters wait in GDAL's cache until they are written.
    let cached = pixels * (all ? 46 : 10)
    var estimate = CommandEstimate(
      "simulate", serial: 0.05 + pixels / 1e6 * (all ? 0.43 : 0.1), parallel: pixels / 1e6 * (all ? 0.58 : 0.3),
      width: width, memoryBytes: 70e6 + cached + Double(width * side * side) * (all ? 115 : 50),
      diskBytes: pixels * (all ? 21 : 5))
    estimate.lines = ["\(source.rows) × \(source.columns) px in \(tiles) tiles"]
    return estimate
  }
}
