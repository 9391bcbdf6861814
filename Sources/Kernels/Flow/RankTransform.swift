// SPDX-License-Identifier: Apache-2.0
import CLanes

/// Replaces a pixel by its rank among its neighbours, which no rising change of brightness alters.
package enum RankTransform {
  /// Copies an image so that missing pixels and a frame around it are NaN, which `run` leaves out.
  ///
  /// - Parameters:
  ///   - validity: 1 or 0 per pixel.
  ///   - border: width of the frame; `out` must be padded by eight more.
  package static func mark(_ values: ImageView, validity: ImageView, border: Int, into out: ImageView) {
    for y in -border..<out.rows + border {
      let o = out.row(y)
      (o - border).update(repeating: .nan, count: out.columns + 2 * border + 8)
      guard y >= 0 && y < out.rows else { continue }
      let p = values.row(y), m = validity.row(y)
      for x in 0..<out.columns where m[x] > 0 { o[x] = p[x] }
    }
  }

  /// (Lower − higher) / compared over the neighbours in a square: −1 for the lowest, 1 for the highest, 0 where the pixel
  /// or all of its neighbours are missing. The rank of the inverted image is minus this.
  ///
  /// - Parameter image: marked with a frame of at least `radius`.
  package static func run(_ image: ImageView, radius: Int, rows: Range<Int>, into out: ImageView) {
    for y in rows {
      let o = out.row(y), stride = image.stride
      let first = image.row(y - radius) - radius, last = 2 * radius
      for x in Swift.stride(from: 0, to: image.columns, by: 8) {
        let centre = image.row(y).lanes(at: x)
        var balance = SIMD8<Int32>.zero, present = SIMD8<Int32>.zero
        for i in 0...last {
          let p = first + (i &* stride &+ x)
          for j in 0...last {
            let neighbour = p.lanes(at: j)
            balance = ogive_balance(balance, neighbour, centre)
            present = ogive_count_present(present, neighbour)
          }
        }
        // The pixel itself is present where anything was compared.
        let others = ogive_to_lanes(present) - 1, isCompared = others .> 0
        let rank = ogive_to_lanes(balance) / others.replacing(with: 1, where: .!isCompared)
        o.store(rank.replacing(with: 0, where: .!isCompared), at: x)
      }
      // Whole vectors were written: what lies beyond the image is zero again.
      for x in image.columns..<(image.columns + 7) / 8 * 8 { o[x] = 0 }
    }
  }
}
