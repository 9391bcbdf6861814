// SPDX-License-Identifier: Apache-2.0
import Kernels

extension MotionBasis {
  /// What all pixels of a stack share, for pairs between the given days.
  ///
  /// - Parameter also: other spans of which a variance will be asked.
  func system(pairs: [(earlier: Double, later: Double)], also spans: [(Double, Double)] = []) -> MotionSystem {
    // Splines that one pair ties together make the band; seasons touch all of them.
    var first = Array(0..<unknowns)
    for unknown in 0..<unknowns where unknown >= splines { first[unknown] = 0 }
    func tie(_ low: Int, _ high: Int) { for row in low...high { first[row] = min(first[row], low) } }
    for number in 0..<splines - 2 { tie(number, number + 2) }
    for span in spans { tie(lastSpline(at: span.0) - 2, lastSpline(at: span.1)) }
    for pair in pairs { tie(lastSpline(at: pair.earlier) - 2, lastSpline(at: pair.later)) }
    let layout = EnvelopeLayout(first: first)
    let rows = SparseRows(pairs.map { displacement(from: $0.earlier, to: $0.later) }, in: layout)
    var roughness: [(Int, Int, Double)] = []
    let bend = [1.0, -2, 1]
    for number in 0..<splines - 2 {
      for i in 0..<3 { for j in 0...i { roughness.append((number + i, number + j, bend[i] * bend[j])) } }
    }
    let anchor = anchor
    var held: [MotionSystem.Element] = []
    for (i, a) in anchor.enumerated() {
      for b in anchor[0...i] { held.append(.init(a.0, b.0, a.1 * b.1, in: layout)) }
    }
    return MotionSystem(
      layout: layout, pairs: rows, roughness: roughness.map { .init($0.0, $0.1, $0.2, in: layout) },
      roughnessRank: splines - 2, anchor: held,
      seasons: (0..<harmonics).map { [splines + 2 * $0, splines + 2 * $0 + 1] })
  }
}
