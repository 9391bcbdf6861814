// SPDX-License-Identifier: Apache-2.0

/// A block of spline coefficients in the frame of a whole image, and where its pixels are missing.
package struct SplineBlock {
  /// `rows` rows of `stride` values, followed by eight readable values.
  package let coefficients: UnsafePointer<Float>
  /// 1 where the pixel is missing, else 0, in the same layout; nil when none is.
  package let absence: UnsafePointer<Float>?
  package let rows, columns, stride: Int
  /// Position in the image of the first coefficient.
  package let row, column: Int

  package init(
    coefficients: UnsafePointer<Float>, absence: UnsafePointer<Float>?, rows: Int, columns: Int, stride: Int,
    row: Int, column: Int
  ) {
    self.coefficients = coefficients
    self.absence = absence
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.row = row
    self.column = column
  }
}

/// Weights of the six quintic B-splines around a position `t` (0..<1) past the third of them, and two zeros.
@inline(__always)
private func quinticWeights(_ t: Float) -> Lanes {
  let u = 1 - t
  let t2 = t * t, u2 = u * u
  return Lanes(
    u2 * u2 * u, 26 + t * (-50 + t * (20 + t * (20 + t * (-20 + 5 * t)))), 66 + t2 * (-60 + t2 * (30 - 10 * t)),
    66 + u2 * (-60 + u2 * (30 - 10 * u)), 26 + u * (-50 + u * (20 + u * (20 + u * (-20 + 5 * u)))), t2 * t2 * t, 0, 0)
    * Lanes(repeating: 1 / 120)
}

/// Values of a quintic B-spline at positions in the image's frame.
///
/// NaN outside the block, at NaN positions, and where a coefficient with a weight above `threshold` is missing.
///
/// - Parameters:
///   - rowPositions, columnPositions: `count` positions, px.
///   - values: `count` results.
package func sampleQuinticSpline(
  _ block: SplineBlock, rowPositions: UnsafePointer<Double>, columnPositions: UnsafePointer<Double>, count: Int,
  threshold: Float, values: UnsafeMutablePointer<Float>
) {
  for index in 0..<count {
    values[index] = .nan
    let y = rowPositions[index], x = columnPositions[index]
    guard y > -1e9, y < 1e9, x > -1e9, x < 1e9 else { continue }
    let floorY = y.rounded(.down), floorX = x.rounded(.down)
    let top = Int(floorY) - 2 - block.row, left = Int(floorX) - 2 - block.column
    guard top >= 0, left >= 0, top + 6 <= block.rows, left + 6 <= block.columns else { continue }
    let wy = quinticWeights(Float(y - floorY)), wx = quinticWeights(Float(x - floorX))
    let start = top * block.stride + left
    if let absence = block.absence, isMissing(absence + start, block.stride, wy, wx, threshold) { continue }
    values[index] = quinticValue(block.coefficients + start, block.stride, wy, wx)
  }
}

/// Values of a quintic B-spline at scattered positions, all of them inside.
///
/// - Parameters:
///   - coefficients: spline coefficients by rows of `stride` elements; six rows and eight columns are read from each
///     corner on.
///   - corners: index of the first (top left) coefficient that each position needs.
///   - fractions: pairs of the fractions (column, row) in 0..<1 beyond the third coefficient.
package func sampleQuintic(
  coefficients: UnsafePointer<Float>, stride: Int, corners: UnsafePointer<Int32>, fractions: UnsafePointer<Float>,
  values: UnsafeMutablePointer<Float>, count: Int
) {
  for index in 0..<count {
    values[index] = quinticValue(
      coefficients + Int(corners[index]), stride, quinticWeights(fractions[2 * index + 1]),
      quinticWeights(fractions[2 * index]))
  }
}

/// Value at one position: six rows of six coefficients from `corner` on, and of two more with a weight of zero.
@inline(__always)
private func quinticValue(_ corner: UnsafePointer<Float>, _ stride: Int, _ wy: Lanes, _ wx: Lanes) -> Float {
  var sum = corner.lanes(at: 0) * wy[0]
  sum += corner.lanes(at: stride) * wy[1]
  sum += corner.lanes(at: 2 * stride) * wy[2]
  sum += corner.lanes(at: 3 * stride) * wy[3]
  sum += corner.lanes(at: 4 * stride) * wy[4]
  sum += corner.lanes(at: 5 * stride) * wy[5]
  return total(sum * wx)
}

@inline(__always)
private func total(_ lanes: Lanes) -> Float {
  let half = lanes.lowHalf + lanes.highHalf
  return (half[0] + half[1]) + (half[2] + half[3])
}

@inline(__always)
private func isMissing(
  _ absence: UnsafePointer<Float>, _ stride: Int, _ wy: Lanes, _ wx: Lanes, _ threshold: Float
) -> Bool {
  var any = absence.lanes(at: 0)
  for row in 1..<6 { any += absence.lanes(at: row * stride) }
  if total(any) == 0 { return false }
  for row in 0..<6 {
    let heavy = absence.lanes(at: row * stride) * wx * wy[row]
    for lane in 0..<6 where heavy[lane] > threshold { return true }
  }
  return false
}

/// Distribution function of the quintic B-spline: its integral from -3 to `t`.
@inline(__always)
private func splineIntegral(_ t: Double) -> Double {
  if t <= -3 { return 0 }
  if t >= 3 { return 1 }
  // Truncated powers from the nearer end: from the farther one they would cancel.
  let u = t < 0 ? t + 3 : 3 - t
  let v = max(0, u - 1), w = max(0, u - 2)
  let part = (sixth(u) - 6 * sixth(v) + 15 * sixth(w)) / 720
  return t < 0 ? part : 1 - part
}

@inline(__always)
private func sixth(_ x: Double) -> Double { (x * x * x) * (x * x * x) }

/// Weights of the coefficients from `first` on in the mean of the spline over `width` px around `position`.
@inline(__always)
private func meanWeights(
  _ position: Double, width: Double, first: Int, count: Int, _ weights: UnsafeMutablePointer<Float>
) {
  var before = splineIntegral(position - Double(first) + width / 2)
  var after = splineIntegral(position - Double(first) - width / 2)
  for index in 0..<count {
    weights[index] = Float((before - after) / width)
    let t = position - Double(first + index + 1)
    before = splineIntegral(t + width / 2)
    after = splineIntegral(t - width / 2)
  }
}

/// Means of a quintic B-spline over boxes of `height × width` px around positions in the image's frame.
///
/// NaN outside the block, at NaN positions, and where missing pixels carry more than `limit` of the weight.
///
/// - Parameter scratch: at least `height + width + 32` values.
package func sampleSplineMeans(
  _ block: SplineBlock, height: Double, width: Double, rowPositions: UnsafePointer<Double>,
  columnPositions: UnsafePointer<Double>, count: Int, limit: Float, scratch: UnsafeMutablePointer<Float>,
  values: UnsafeMutablePointer<Float>
) {
  let tall = Int((height + 6).rounded(.up)) + 1, wide = Int((width + 6).rounded(.up)) + 1
  let padded = (wide + 7) / 8 * 8
  let wx = scratch, wy = scratch + padded
  for index in 0..<padded { wx[index] = 0 }
  for index in 0..<count {
    values[index] = .nan
    let y = rowPositions[index], x = columnPositions[index]
    guard y > -1e9, y < 1e9, x > -1e9, x < 1e9 else { continue }
    let firstRow = Int((y - 3 - height / 2).rounded(.up)), firstColumn = Int((x - 3 - width / 2).rounded(.up))
    let top = firstRow - block.row, left = firstColumn - block.column
    guard top >= 0, left >= 0, top + tall <= block.rows, left + wide <= block.columns else { continue }
    meanWeights(y, width: height, first: firstRow, count: tall, wy)
    meanWeights(x, width: width, first: firstColumn, count: wide, wx)
    let start = top * block.stride + left
    if let absence = block.absence,
      weighted(absence + start, block.stride, wy, tall, wx, padded) > limit
    {
      continue
    }
    values[index] = weighted(block.coefficients + start, block.stride, wy, tall, wx, padded)
  }
}

/// Sum of a patch times the outer product of two weight vectors; the row weights are padded with zeros to eights.
@inline(__always)
private func weighted(
  _ patch: UnsafePointer<Float>, _ stride: Int, _ wy: UnsafePointer<Float>, _ tall: Int, _ wx: UnsafePointer<Float>,
  _ padded: Int
) -> Float {
  var sum = Lanes(repeating: 0)
  for row in 0..<tall {
    var column = 0
    var line = Lanes(repeating: 0)
    while column < padded {
      line += (patch + row * stride).lanes(at: column) * wx.lanes(at: column)
      column += 8
    }
    sum += line * Lanes(repeating: wy[row])
  }
  return total(sum)
}
