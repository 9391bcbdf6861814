// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import RasterIO
import Testing

/// Sentinel-2 crops of 110 × 110 px whose second image is the first, moved by an exact part of a pixel: the published
/// yardstick of pixel locking (pandora2d 1.2.0a1, `tests/performance_tests/data_medicis`, Apache-2.0).
@Suite("Exact shifts of Sentinel-2 crops")
struct ExactShiftTests {
  /// Folder of the crops, which are no part of the repository.
  private static let folder = ProcessInfo.processInfo.environment["OGIVE_PANDORA2D"].map { URL(filePath: $0) }

  private static func image(_ pair: String, _ side: String) throws -> Grid<Float> {
    let file = try #require(folder).appending(path: pair).appending(path: side + ".tif")
    let image = try RasterImage.open(file.path)
    return try image.read(image.window)
  }

  @Test(
    "the mean bias of regularised matching is at most 0.02 px",
    .enabled(if: folder != nil, "set OGIVE_PANDORA2D to the folder data_medicis of the crops"),
    arguments: ["T50JML", "T19KER"],
    [("r+0.00c+0.25", 0.25, 0), ("r+0.00c+0.50", 0.5, 0), ("r+0.00c-0.25", -0.25, 0), ("r+0.25c+0.25", 0.25, 0.25)])
  func bias(tile: String, shift: (name: String, dx: Double, dy: Double)) throws {
    let pair = tile + "/" + shift.name
    let match = RegularisedMatching.match(
      reference: try Self.image(pair, "left"), secondary: try Self.image(pair, "right"), parameters: .init())
    var dx = 0.0, dy = 0.0, squares = 0.0, scores = 0.0, count = 0.0
    let rim = 16
    for row in rim..<match.dx.rows - rim {
      for column in rim..<match.dx.columns - rim where match.flags[row, column] == .measured {
        let x = Double(match.dx[row, column]) - shift.dx, y = Double(match.dy[row, column]) - shift.dy
        dx += x
        dy += y
        squares += x * x + y * y
        let zx = x / Double(match.dxSigma[row, column]), zy = y / Double(match.dySigma[row, column])
        scores += zx * zx + zy * zy
        count += 1
      }
    }
    if ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil {
      print(
        String(
          format: "%@: bias %+.4f %+.4f, RMSE %.4f, error/sigma %.2f, %.0f pixels", pair, dx / count, dy / count,
          (squares / 2 / count).squareRoot(), (scores / 2 / count).squareRoot(), count))
    }
    #expect(count > 0.9 * Double((match.dx.rows - 2 * rim) * (match.dx.columns - 2 * rim)))
    #expect(abs(dx / count) <= 0.02 && abs(dy / count) <= 0.02)
  }
}
