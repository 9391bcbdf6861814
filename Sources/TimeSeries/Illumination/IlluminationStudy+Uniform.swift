// SPDX-License-Identifier: Apache-2.0
import Grids

extension IlluminationStudy.Uniform {
  /// Fewest pairs that tell.
  private static let fewest = 12
  /// Spans of time that are left out in turn: pairs of one date share its error.
  private static let spans = 5

  /// What is the same on all ground, from the shifts of the pairs: their least squares multiple of the change of the sun's
  /// shadow vector, without those beyond three NMADs.
  init?(_ shifts: [SIMD2<Double>], _ times: PairTimes, _ suns: [ShadowVector?]) {
    var rows: [(change: SIMD2<Double>, shift: SIMD2<Double>, span: Int)] = []
    for pair in 0..<times.count {
      guard let low = suns[times.earlierDate[pair]], let high = suns[times.laterDate[pair]], shifts[pair].x.isFinite,
        shifts[pair].y.isFinite
      else { continue }
      let span = times.earlierDate[pair] * Self.spans / times.dates.count
      rows.append((high.vector - low.vector, shifts[pair], span))
    }
    let limits = [3 * nmad(rows.map(\.shift.x)), 3 * nmad(rows.map(\.shift.y))]
    let middle = SIMD2(median(rows.map(\.shift.x)), median(rows.map(\.shift.y)))
    rows = rows.filter { abs($0.shift.x - middle.x) <= limits[0] && abs($0.shift.y - middle.y) <= limits[1] }
    guard rows.count >= Self.fewest, let all = Self.length(rows.map { ($0.change, $0.shift) }) else { return nil }
    var lengths: [Double] = [], gains: [Double] = [], before = 0.0, after = 0.0
    for span in 0..<Self.spans {
      let held = rows.filter { $0.span == span }
      guard !held.isEmpty, let own = Self.length(rows.filter { $0.span != span }.map { ($0.change, $0.shift) }) else {
        continue
      }
      let old = held.reduce(0) { $0 + ($1.shift * $1.shift).sum() }
      let new = held.reduce(0) { sum, row in
        let rest = row.shift - own * row.change
        return sum + (rest * rest).sum()
      }
      lengths.append(own)
      gains.append(old - new)
      before += old
      after += new
    }
    let count = Double(lengths.count), mean = lengths.reduce(0, +) / count
    length = all
    sigma = ((count - 1) / count * lengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
    self.before = (before / Double(2 * rows.count)).squareRoot()
    self.after = (after / Double(2 * rows.count)).squareRoot()
    certainty = Certainty(gains).value
    isAccepted = certainty > IlluminationStudy.certaintyNeeded
  }

  private static func length(_ rows: [(change: SIMD2<Double>, shift: SIMD2<Double>)]) -> Double? {
    let size = rows.reduce(0) { $0 + ($1.change * $1.change).sum() }
    return size > 0 ? rows.reduce(0) { $0 + ($1.change * $1.shift).sum() } / size : nil
  }
}
