// SPDX-License-Identifier: Apache-2.0

/// Scratch planes of one square template, rows padded to whole vectors, so that the loops over it need no tail.
///
/// Planes follow one another in one allocation: reference value, its two gradients, warped secondary, its two
/// gradients, weight. Lanes beyond the template hold zeros.
package struct LeastSquaresPatch {
  /// Half the side of the template, px: the side is 2 half + 1.
  package let half: Int
  /// Vectors per row.
  package let chunks: Int
  package let value, gradientX, gradientY, warped, warpedX, warpedY, weight: UnsafeMutablePointer<Float>
  /// Column relative to the centre, its square and cube, and 1 inside the template, of one row.
  let column, columnSquare, columnCube, inside: UnsafeMutablePointer<Float>
  /// The warped secondary with `margin` pixels around the template, in rows of `frameStride` floats.
  let frame: UnsafeMutablePointer<Float>
  let frameStride: Int
  private let memory: UnsafeMutablePointer<Float>

  /// Pixels around the template that derivatives of the warped secondary need.
  package static var margin: Int { 3 }

  package var side: Int { 2 &* half &+ 1 }
  package var stride: Int { chunks &* 8 }

  /// Allocates the planes, all pixels with weight 1: release them with `deallocate`.
  package init(half: Int) {
    self.half = half
    chunks = (2 * half + 8) / 8
    let row = chunks * 8, plane = row * (2 * half + 1)
    frameStride = (2 * (half + Self.margin) + 8) / 8 * 8
    // The last row is read up to a vector beyond its end.
    let count = 7 * plane + 4 * row + frameStride * (2 * (half + Self.margin) + 1) + 16
    memory = .allocate(capacity: count)
    memory.initialize(repeating: 0, count: count)
    value = memory
    gradientX = memory + plane
    gradientY = memory + 2 * plane
    warped = memory + 3 * plane
    warpedX = memory + 4 * plane
    warpedY = memory + 5 * plane
    weight = memory + 6 * plane
    column = memory + 7 * plane
    columnSquare = column + row
    columnCube = column + 2 * row
    inside = column + 3 * row
    frame = inside + row
    for index in 0..<row {
      let x = Float(index - half)
      column[index] = x
      columnSquare[index] = x * x
      columnCube[index] = x * x * x
      inside[index] = index < 2 * half + 1 ? 1 : 0
    }
    for row in 0..<side { (weight + row * stride).update(from: inside, count: stride) }
  }

  package func deallocate() { memory.deallocate() }

  /// Copies a template, less `level`, with its gradients, and sets its weights to 1 where all of them are finite.
  ///
  /// Gradients are fourth-order central differences, of `smooth` where that is another plane than `source`.
  ///
  /// - Parameters:
  ///   - source: the centre pixel of the template in a plane that reaches 2 px beyond it, and 8 columns more.
  ///   - smooth: the same pixel of the plane to take gradients of.
  ///   - mayBeMissing: whether pixels that are NaN must be looked for.
  package func load(
    _ source: UnsafePointer<Float>, smooth: UnsafePointer<Float>, stride: Int, level: Float, mayBeMissing: Bool
  ) {
    let near = Lanes(repeating: 8 / 12), far = Lanes(repeating: 1 / 12), level = Lanes(repeating: level)
    for row in 0..<side {
      let offset = (row &- half) &* stride &- half, out = row &* self.stride
      for chunk in 0..<chunks {
        let at = offset &+ chunk &* 8, to = out &+ chunk &* 8
        var keep = inside.lanes(at: chunk &* 8)
        var value = source.lanes(at: at) - level
        var dx = (smooth.lanes(at: at &+ 1) - smooth.lanes(at: at &- 1)) * near
        dx -= (smooth.lanes(at: at &+ 2) - smooth.lanes(at: at &- 2)) * far
        var dy = (smooth.lanes(at: at &+ stride) - smooth.lanes(at: at &- stride)) * near
        dy -= (smooth.lanes(at: at &+ 2 &* stride) - smooth.lanes(at: at &- 2 &* stride)) * far
        if mayBeMissing {
          let sum = value + dx + dy
          let missing = sum .!= sum
          value.replace(with: 0, where: missing)
          dx.replace(with: 0, where: missing)
          dy.replace(with: 0, where: missing)
          keep.replace(with: 0, where: missing)
        }
        // Lanes beyond the template may be NaN even where the template is complete: replace, do not multiply.
        if chunk == chunks &- 1 {
          let beyond = inside.lanes(at: chunk &* 8) .== 0
          value.replace(with: 0, where: beyond)
          dx.replace(with: 0, where: beyond)
          dy.replace(with: 0, where: beyond)
        }
        self.value.store(value, at: to)
        gradientX.store(dx, at: to)
        gradientY.store(dy, at: to)
        weight.store(keep, at: to)
      }
    }
  }
}
