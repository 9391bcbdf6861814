// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

func threadSeconds() -> Double {
  var t = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t)
  return Double(t.tv_sec) + 1e-9 * Double(t.tv_nsec)
}

func pgm(_ path: String) -> Grid<Float> {
  let data = FileManager.default.contents(atPath: path)!
  let n = 2048 * 2048
  return Grid(rows: 2048, columns: 2048, cells: data.suffix(n).map { Float($0) })
}

func pfmTruth(_ path: String) -> Grid<Float> {
  let data = FileManager.default.contents(atPath: path)!
  return Grid(rows: 2048, columns: 2048, cells: data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) })
}

@Suite(.enabled(if: ProcessInfo.processInfo.environment["SB"] != nil), .serialized)
struct SearchBench {
  @Test func speed() {
    let a = pgm("/tmp/pair/real_n01_reference.pgm"), b = pgm("/tmp/pair/real_n01_secondary.pgm")
    let tx = pfmTruth("/tmp/pair/truth_dx.f32"), ty = pfmTruth("/tmp/pair/truth_dy.f32")
    var t = threadSeconds()
    let images = SearchImages(reference: a, secondary: b)
    print("images", threadSeconds() - t)
    let lattice = SearchLattice(originRow: 64, originColumn: 64, spacing: 16, rows: 120, columns: 120)
    for method in [SearchMethod.crossCorrelation, .orientation] {
      for mode in PeakInterpolation.allCases {
        var p = TemplateSearch.Parameters()
        p.interpolation = mode
        p.method = method
        var best = 1e9
        var r: Grid<TemplateMatch>!
        for _ in 0..<(mode == .upsampled && method == .crossCorrelation ? 5 : 1) {
          t = threadSeconds()
          r = TemplateSearch.run(images, lattice: lattice, parameters: p)
          best = min(best, threadSeconds() - t)
        }
        report("\(method) \(mode)", r, lattice, tx, ty, best)
      }
    }
    for w in [51, 63] {
      var p = TemplateSearch.Parameters()
      p.method = .phase
      p.templateWindow = w
      t = threadSeconds()
      let r = TemplateSearch.run(images, lattice: lattice, parameters: p)
      report("phase \(w)", r, lattice, tx, ty, threadSeconds() - t)
    }
    var p = TemplateSearch.Parameters()
    p.interpolation = .upsampled
    var points: [SearchPoint] = []
    for i in stride(from: 0, to: 120, by: 4) { for j in stride(from: 0, to: 120, by: 4) { points.append(lattice.pixel(row: i, column: j)) } }
    t = threadSeconds()
    let s = TemplateSearch.run(images, points: points, parameters: p)
    let dt = threadSeconds() - t
    let g = TemplateSearch.run(images, lattice: lattice, parameters: p)
    var same = 0
    for (k, q) in s.enumerated() where g[k / 30 * 4, k % 30 * 4].wholeX == q.wholeX && g[k / 30 * 4, k % 30 * 4].wholeY == q.wholeY { same += 1 }
    print("scattered", Double(points.count) / dt, "pt/CPU-s, same peaks", same, "of", points.count)
  }

  func report(_ name: String, _ r: Grid<TemplateMatch>, _ l: SearchLattice, _ tx: Grid<Float>, _ ty: Grid<Float>, _ dt: Double) {
    var sum = 0.0, n = 0.0, q = 0.0, v = 0.0, flags = [MatchFlag: Int]()
    for i in 0..<l.rows { for j in 0..<l.columns {
      let m = r[i, j], p = l.pixel(row: i, column: j)
      flags[m.flag, default: 0] += 1
      guard m.dx.isFinite else { continue }
      let ex = Double(m.dx - tx[p.row, p.column]), ey = Double(m.dy - ty[p.row, p.column])
      sum += abs(ex) + abs(ey); q += ex * ex + ey * ey; n += 2; v += (ex * ex + ey * ey).squareRoot()
    } }
    print(name, "pt/CPU-s", Int(Double(l.count) / dt), "MAE", sum / n, "RMSE", (q / n).squareRoot(), "vec", 2 * v / n, flags)
  }
}
