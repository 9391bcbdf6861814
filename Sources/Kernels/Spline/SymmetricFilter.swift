// SPDX-License-Identifier: Apache-2.0

/// Convolution of an image with one symmetric filter along both axes: spline prefilters, Gaussians.
package enum SymmetricFilter {
  /// Columns on either side of the wanted ones that are read: the radius in whole vectors.
  package static func margin(radius: Int) -> Int { (radius + 7) / 8 * 8 }

  /// Floats of scratch memory for images of so many columns.
  package static func lineLength(columns: Int, radius: Int) -> Int {
    (columns + 7) / 8 * 8 + 2 * margin(radius: radius)
  }

  /// Filters down the columns into one line, and along it.
  ///
  /// Every lane runs the same operations in the same order: a pixel's bits depend on its neighbours only, neither on
  /// where a window starts nor on threads.
  ///
  /// - Parameters:
  ///   - source: the pixel under the first result. `radius` more rows are read above and below, `margin` more columns on
  ///     the left, and on the right of the columns rounded up to eights.
  ///   - taps: the filter from its centre outward, radius + 1 values.
  ///   - target: `rows` rows of `columns` results, rounded up to eights; another memory than `source`.
  ///   - line: `lineLength` floats.
  ///   - isFused: whether products are added with one rounding, which is faster but not the same on every machine.
  package static func run(
    _ source: UnsafePointer<Float>, stride: Int, taps: [Float], rows: Int, columns: Int,
    into target: UnsafeMutablePointer<Float>, targetStride: Int, line: UnsafeMutablePointer<Float>,
    isFused: Bool = true
  ) {
    taps.withUnsafeBufferPointer { buffer in
      let filter = Filter(taps: buffer.baseAddress.unsafelyUnwrapped, radius: taps.count - 1)
      for row in 0..<rows {
        let p = source + row &* stride, out = target + row &* targetStride
        if isFused {
          filter.row(p, stride, columns, line, out) { $0.addProduct($1, $2) }
        } else {
          filter.row(p, stride, columns, line, out) { $0 += $1 * $2 }
        }
      }
    }
  }

  private struct Filter {
    let taps: UnsafePointer<Float>
    let radius: Int

    @inline(__always)
    func row(
      _ source: UnsafePointer<Float>, _ stride: Int, _ columns: Int, _ line: UnsafeMutablePointer<Float>,
      _ out: UnsafeMutablePointer<Float>, _ add: (inout Lanes, Lanes, Lanes) -> Void
    ) {
      let margin = SymmetricFilter.margin(radius: radius), end = (columns &+ 7) / 8 &* 8
      for x in Swift.stride(from: 0, to: end &+ 2 &* margin, by: 8) {
        line.store(sum(source + (x &- margin), step: stride, add), at: x)
      }
      for x in Swift.stride(from: 0, to: end, by: 8) {
        out.store(sum(line + (x &+ margin), step: 1, add), at: x)
      }
    }

    /// Eight results; neighbours along the filtered axis are `step` floats apart.
    @inline(__always)
    private func sum(
      _ centre: UnsafePointer<Float>, step: Int, _ add: (inout Lanes, Lanes, Lanes) -> Void
    ) -> Lanes {
      var sum = Lanes(repeating: taps[0]) * centre.lanes(at: 0)
      for k in 1..<radius &+ 1 {
        add(&sum, Lanes(repeating: taps[k]), centre.lanes(at: k &* step) + centre.lanes(at: 0 &- k &* step))
      }
      return sum
    }
  }
}
