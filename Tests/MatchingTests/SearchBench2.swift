// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Testing

func raw(_ path: String, _ rows: Int, _ columns: Int) -> Grid<Float> {
  let data = FileManager.default.contents(atPath: path)!
  return Grid(rows: rows, columns: columns, cells: data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) })
}

@Suite(.enabled(if: ProcessInfo.processInfo.environment["SB2"] != nil), .serialized)
struct SearchBench2 {
  func show(_ name: String, _ a: Grid<Float>, _ b: Grid<Float>, window: Int = 51) {
    for level in [1, 0] {
      var p = CoarseSearch.Parameters()
      p.finestLevel = level
      let t = threadSeconds()
      let f = CoarseSearch.run(reference: a, secondary: b, parameters: p)
      let dt = threadSeconds() - t
      let rx = zip(f.dx.cells, f.reliable.cells).filter(\.1).map(\.0), ry = zip(f.dy.cells, f.reliable.cells).filter(\.1).map(\.0)
      print(name, "L\(level)", f.dx.rows, f.dx.columns, "median", median(rx), median(ry), "nmad", nmad(rx), nmad(ry), "share", f.reliableShare, "radius", f.searchRadius, "min/max", rx.min() ?? 0, rx.max() ?? 0, ry.min() ?? 0, ry.max() ?? 0, "CPU", dt)
      if level == 1 {
        let images = SearchImages(reference: a, secondary: b)
        for method in [SearchMethod.crossCorrelation, .orientation, .phase] {
          var q = TemplateSearch.Parameters()
          q.method = method
          q.templateWindow = window
          q.searchRadius = max(4, f.searchRadius)
          let l = SearchLattice(imageRows: a.rows, imageColumns: a.columns, spacing: 16, window: window)
          let t = threadSeconds()
          let r = TemplateSearch.run(images, lattice: l, prior: f.prior(for: l), parameters: q)
          let dt = threadSeconds() - t
          var flags: [MatchFlag: Int] = [:]
          for m in r.cells { flags[m.flag, default: 0] += 1 }
          print("   ", method, "r", q.searchRadius, "valid", Double(flags[.measured] ?? 0) / Double(l.count), "median", median(r.cells.map(\.dx)), median(r.cells.map(\.dy)), "ncc", median(r.cells.map(\.ncc)), "pt/s", Double(l.count) / dt, flags)
        }
      }
    }
  }

  @Test func coarse() {
    show("ice", raw("/tmp/ice_a.f32", 701, 1135), raw("/tmp/ice_b.f32", 701, 1135))
    let pa = raw("/tmp/pm_a.f32", 1231, 1731), pb = raw("/tmp/pm_b.f32", 1231, 1731), pc = raw("/tmp/pm_c.f32", 1231, 1731)
    show("perito ab", pa, pb)
    show("perito bc", pb, pc)
    let a = pgm("/tmp/pair/real_n01_reference.pgm"), b = pgm("/tmp/pair/real_n03_secondary.pgm")
    show("pair", a, b)
    show("zero", a, a)
    var s = Grid<Float>(rows: 2048, columns: 2048, filledWith: .nan)
    for r in 200..<2048 { for c in 0..<(2048 - 137) { s[r, c] = b[r - 200, c + 137] } }
    show("shift -137 +200", a, s)
    var n = Grid<Float>(rows: 512, columns: 512, filledWith: 0)
    var g = SystemRandomNumberGenerator()
    for k in n.cells.indices { n.cells[k] = Float.random(in: 0...1, using: &g) }
    var m = n
    for r in 0..<512 { for c in 0..<512 { m[r, c] = n[(r + 37) % 512, (c + 500) % 512] } }
    show("white noise", n, m)
    for k in m.cells.indices { m.cells[k] = Float.random(in: 0...1, using: &g) }
    show("unrelated", n, m)
  }
}
