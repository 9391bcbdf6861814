// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

/// Measures docs/results/stacks.md: the stack of Perito Moreno through the tool, and how its pairs close.
@Suite(
  "Stack measurements", .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil && OgiveTool.hasCommand("mpic")
      && SharedData.file("perito_moreno_s2") != nil, "measures only when OGIVE_MEASURE is set, on shared data"))
struct StackMeasurements {
  /// Offsets of a pair, their standard deviations and the correlation.
  private struct Pair {
    let dx, dy, dxSigma, dySigma, ncc: [Float]

    init(_ folder: RunScratch, _ name: String) throws {
      func read(_ layer: String) throws -> [Float] {
        let image = try RasterImage.open("\(folder.path)/out/pairs/\(name)/\(layer).tif")
        return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns)).cells
      }
      (dx, dy) = (try read("dx"), try read("dy"))
      (dxSigma, dySigma) = (try read("dx-sigma"), try read("dy-sigma"))
      ncc = try read("ncc")
    }
  }

  @Test("Perito Moreno: a pair of 20 days is the sum of its two of 10 days", arguments: ["regularised", "dense"])
  func perito(matcher: String) throws {
    let data = try #require(SharedData.file("perito_moreno_s2")).path
    let folder = try RunScratch()
    let spacing = matcher == "dense" ? "4" : "1"
    let outcome = try OgiveTool.run(
      [
        "mpic", data, "--out", "out", "--pixel-size", "6.5", "--fastest-speed", "800", "--moving", "\(data)/mask.jpg",
        "--matcher", matcher, "--spacing", spacing, "--quiet",
      ], in: folder.path, limit: 3600)
    #expect(outcome.code == 0, "\(outcome)")
    let first = try Pair(folder, "2020-01-21_2020-01-31"), second = try Pair(folder, "2020-01-31_2020-02-10")
    let sum = try Pair(folder, "2020-01-21_2020-02-10")
    print("\(matcher): \(outcome.seconds) s; \(outcome.output)")
    for least in [Float(0.2), 0.5, 0.7] {
      var counts = [0, 0, 0], all = 0, errors: [Float] = []
      for i in sum.dx.indices where min(first.ncc[i], second.ncc[i], sum.ncc[i]) >= least {
        for (a, b, c) in [
          ((first.dx[i], first.dxSigma[i]), (second.dx[i], second.dxSigma[i]), (sum.dx[i], sum.dxSigma[i])),
          ((first.dy[i], first.dySigma[i]), (second.dy[i], second.dySigma[i]), (sum.dy[i], sum.dySigma[i])),
        ] {
          let error = abs(a.0 + b.0 - c.0), sigma = (a.1 * a.1 + b.1 * b.1 + c.1 * c.1).squareRoot()
          guard error.isFinite, sigma.isFinite else { continue }
          all += 1
          errors.append(error)
          for k in 0..<3 where error <= Float(k + 1) * sigma { counts[k] += 1 }
        }
      }
      let shares = counts.map { Double($0) / Double(max(1, all)) }
      print(
        "correlation \(least): \(all / 2) points, NMAD \(1.4826 * median(errors)) px, within 1, 2, 3 sigma \(shares)")
      if least == 0.5 { #expect(shares[1] >= 0.9, "\(shares)") }
    }
    try speed(folder, spacing: Int(spacing) ?? 1)
  }

  /// Speed on the central tongue, px in 20 days.
  private func speed(_ folder: RunScratch, spacing: Int) throws {
    let image = try RasterImage.open("\(folder.path)/out/products/speed.tif")
    let window = Window(row: 575 / spacing, column: 775 / spacing, rows: 50 / spacing, columns: 50 / spacing)
    let speed = Double(median(try image.read(window).cells.filter(\.isFinite))) / 365.25 * 20 / 6.5
    print("central tongue: \(speed) px in 20 days")
    #expect((4.5...5.6).contains(speed))
  }
}
