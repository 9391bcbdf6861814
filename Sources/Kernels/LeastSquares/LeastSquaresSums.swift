// SPDX-License-Identifier: Apache-2.0

/// Three sums of one quantity over a template: times 1, times x, times y, counted from the centre.
private struct LinearSums {
  var one = Lanes.zero, x = Lanes.zero, y = Lanes.zero

  @inline(__always)
  mutating func add(_ row: RowSums, y offset: Float) {
    one += row.one
    x += row.x
    y.addProduct(row.one, Lanes(repeating: offset))
  }

  func write(to sums: UnsafeMutablePointer<Double>) {
    sums[0] = laneSum(one)
    sums[1] = laneSum(x)
    sums[2] = laneSum(y)
  }
}

/// Ten sums of one quantity over a template: times 1, x, y, x², xy, y², x³, x²y, xy², y³.
private struct CubicSums {
  var linear = LinearSums()
  var xx = Lanes.zero, xy = Lanes.zero, yy = Lanes.zero
  var xxx = Lanes.zero, xxy = Lanes.zero, xyy = Lanes.zero, yyy = Lanes.zero

  @inline(__always)
  mutating func add(_ row: RowSums, y offset: Float) {
    linear.add(row, y: offset)
    xx += row.xx
    xy.addProduct(row.x, Lanes(repeating: offset))
    yy.addProduct(row.one, Lanes(repeating: offset * offset))
    xxx += row.xxx
    xxy.addProduct(row.xx, Lanes(repeating: offset))
    xyy.addProduct(row.x, Lanes(repeating: offset * offset))
    yyy.addProduct(row.one, Lanes(repeating: offset * offset * offset))
  }

  func write(to sums: UnsafeMutablePointer<Double>) {
    linear.write(to: sums)
    sums[3] = laneSum(xx)
    sums[4] = laneSum(xy)
    sums[5] = laneSum(yy)
    sums[6] = laneSum(xxx)
    sums[7] = laneSum(xxy)
    sums[8] = laneSum(xyy)
    sums[9] = laneSum(yyy)
  }
}

/// One row's part of either.
private struct RowSums {
  var one = Lanes.zero, x = Lanes.zero, xx = Lanes.zero, xxx = Lanes.zero

  @inline(__always)
  mutating func add(_ value: Lanes, _ column: Lanes) {
    one += value
    x.addProduct(value, column)
  }

  @inline(__always)
  mutating func addPowers(_ value: Lanes, _ patch: LeastSquaresPatch, at: Int, isCubic: Bool) {
    one += value
    x.addProduct(value, patch.column.lanes(at: at))
    xx.addProduct(value, patch.columnSquare.lanes(at: at))
    if isCubic { xxx.addProduct(value, patch.columnCube.lanes(at: at)) }
  }
}

extension LeastSquaresPatch {
  /// Weighted sums of the reference: count, r, r²; gx (1, x, y), gy (1, x, y); gx r, gy r likewise; then the
  /// products gx gx, gx gy, gy gy times (1, x, y, x², xy, y², and four unset). 45 numbers.
  package func referenceSums(_ sums: UnsafeMutablePointer<Double>) {
    var count = Lanes.zero, r = Lanes.zero, rr = Lanes.zero
    var gx = LinearSums(), gy = LinearSums(), gxr = LinearSums(), gyr = LinearSums()
    for row in 0..<side {
      var x = RowSums(), y = RowSums(), xr = RowSums(), yr = RowSums()
      for at in Swift.stride(from: 0, to: stride, by: 8) {
        let index = row &* stride &+ at
        let column = self.column.lanes(at: at), w = weight.lanes(at: index), value = self.value.lanes(at: index)
        let dx = gradientX.lanes(at: index) * w, dy = gradientY.lanes(at: index) * w
        count += w
        r.addProduct(value, w)
        rr.addProduct(value * w, value)
        x.add(dx, column)
        y.add(dy, column)
        xr.add(dx * value, column)
        yr.add(dy * value, column)
      }
      let offset = Float(row &- half)
      gx.add(x, y: offset)
      gy.add(y, y: offset)
      gxr.add(xr, y: offset)
      gyr.add(yr, y: offset)
    }
    sums[0] = laneSum(count)
    sums[1] = laneSum(r)
    sums[2] = laneSum(rr)
    gx.write(to: sums + 3)
    gy.write(to: sums + 6)
    gxr.write(to: sums + 9)
    gyr.write(to: sums + 12)
    products(gradientX, gradientY, gradientX, gradientY, isWeighted: true, isCubic: false, sums + 15)
  }

  /// Weighted sums of the warped secondary t and its gradients tx, ty in the template's axes, which `sample` has
  /// multiplied with the weights: t, t², r t; gx t (1, x, y), gy t; tx, ty; tx t, ty t; then the products gx tx,
  /// (gx ty + gy tx) / 2, gy ty times (1, x, y, x², xy, y², x³, x²y, xy², y³). 51 numbers.
  package func crossSums(_ sums: UnsafeMutablePointer<Double>) {
    valueSums(sums)
    slopeSums(sums + 9)
    products(gradientX, gradientY, warpedX, warpedY, isWeighted: false, isCubic: true, sums + 21)
  }

  private func valueSums(_ sums: UnsafeMutablePointer<Double>) {
    var t = Lanes.zero, tt = Lanes.zero, rt = Lanes.zero
    var gxt = LinearSums(), gyt = LinearSums()
    for row in 0..<side {
      var x = RowSums(), y = RowSums()
      for at in Swift.stride(from: 0, to: stride, by: 8) {
        let index = row &* stride &+ at
        let value = warped.lanes(at: index), column = self.column.lanes(at: at)
        t += value
        tt.addProduct(value, value)
        rt.addProduct(value, self.value.lanes(at: index))
        x.add(gradientX.lanes(at: index) * value, column)
        y.add(gradientY.lanes(at: index) * value, column)
      }
      gxt.add(x, y: Float(row &- half))
      gyt.add(y, y: Float(row &- half))
    }
    sums[0] = laneSum(t)
    sums[1] = laneSum(tt)
    sums[2] = laneSum(rt)
    gxt.write(to: sums + 3)
    gyt.write(to: sums + 6)
  }

  private func slopeSums(_ sums: UnsafeMutablePointer<Double>) {
    var tx = LinearSums(), ty = LinearSums(), txt = LinearSums(), tyt = LinearSums()
    for row in 0..<side {
      var x = RowSums(), y = RowSums(), xt = RowSums(), yt = RowSums()
      for at in Swift.stride(from: 0, to: stride, by: 8) {
        let index = row &* stride &+ at
        let value = warped.lanes(at: index), column = self.column.lanes(at: at)
        let dx = warpedX.lanes(at: index), dy = warpedY.lanes(at: index)
        x.add(dx, column)
        y.add(dy, column)
        xt.add(dx * value, column)
        yt.add(dy * value, column)
      }
      let offset = Float(row &- half)
      tx.add(x, y: offset)
      ty.add(y, y: offset)
      txt.add(xt, y: offset)
      tyt.add(yt, y: offset)
    }
    tx.write(to: sums)
    ty.write(to: sums + 3)
    txt.write(to: sums + 6)
    tyt.write(to: sums + 9)
  }

  /// Moments of a.x b.x, (a.x b.y + a.y b.x) / 2, a.y b.y; those of third degree are right only where `isCubic`.
  ///
  /// - Parameter isWeighted: whether the weights are still to be multiplied in.
  @inline(__always)
  private func products(
    _ ax: UnsafeMutablePointer<Float>, _ ay: UnsafeMutablePointer<Float>, _ bx: UnsafeMutablePointer<Float>,
    _ by: UnsafeMutablePointer<Float>, isWeighted: Bool, isCubic: Bool, _ sums: UnsafeMutablePointer<Double>
  ) {
    var xx = CubicSums(), xy = CubicSums(), yy = CubicSums()
    for row in 0..<side {
      var rowXX = RowSums(), rowXY = RowSums(), rowYY = RowSums()
      for at in Swift.stride(from: 0, to: stride, by: 8) {
        let index = row &* stride &+ at
        let a = ax.lanes(at: index), b = ay.lanes(at: index)
        var c = bx.lanes(at: index), d = by.lanes(at: index)
        if isWeighted {
          let w = weight.lanes(at: index)
          c *= w
          d *= w
        }
        rowXX.addPowers(a * c, self, at: at, isCubic: isCubic)
        rowXY.addPowers((a * d).addingProduct(b, c), self, at: at, isCubic: isCubic)
        rowYY.addPowers(b * d, self, at: at, isCubic: isCubic)
      }
      let offset = Float(row &- half)
      xx.add(rowXX, y: offset)
      xy.add(rowXY, y: offset)
      yy.add(rowYY, y: offset)
    }
    xx.write(to: sums)
    xy.write(to: sums + 10)
    for index in 10..<20 { sums[index] *= 0.5 }
    yy.write(to: sums + 20)
  }
}
