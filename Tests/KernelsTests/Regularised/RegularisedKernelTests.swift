// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Kernels of regularised matching")
struct RegularisedKernelTests {
  private static let rows = 45, columns = 48

  private static func image(_ value: (Int, Int) -> Float) -> PaddedImage {
    let out = PaddedImage(rows: rows, columns: columns, padding: 32)
    for y in 0..<rows { for x in 0..<columns { out.view.row(y)[x] = value(y, x) } }
    return out
  }

  private static func noise(_ y: Int, _ x: Int) -> Float { Float((7919 * y + 104_729 * x + y * x) % 101) / 50 - 1 }

  @Test("sums over windows are those of plain loops within 1e-4", arguments: [1, 3, 7, 15])
  func windowBox(radius: Int) {
    let source = Self.image(Self.noise), out = Self.image { _, _ in 0 }
    WindowBox.run(source.view, radius: radius, into: out.view, pool: nil)
    for y in 0..<Self.rows {
      for x in 0..<Self.columns {
        var sum = 0.0
        for r in max(0, y - radius)...min(Self.rows - 1, y + radius) {
          for c in max(0, x - radius)...min(Self.columns - 1, x + radius) { sum += Double(Self.noise(r, c)) }
        }
        #expect(abs(Double(out.view.row(y)[x]) - sum) < 1e-4)
      }
    }
    withExtendedLifetime(source) {}
  }

  @Test("the cost of a shifted image is least at the shift, and the paths choose it everywhere inside")
  func labels() {
    let first = Self.image(Self.noise), second = Self.image { y, x in Self.noise(y - 1, x + 2) }
    let ones = Self.image { _, _ in 1 }
    let images = LabelCosts.Images(
      reference: first.view, mask: ones.view, secondary: second.view, secondaryMask: ones.view)
    let count = Self.rows * Self.columns * LabelCosts.stride
    let costs = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    let sums = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    defer {
      costs.deallocate()
      sums.deallocate()
    }
    let steps = LabelPaths.Steps(across: 0.3, down: 0.3, downRight: 0.3, downLeft: 0.3, limit: 3)
    let unit = steps.unit(mostCost: 0.8)
    LabelCosts.run(
      images, half: 3, reach: 2, shape: .init(minimumCorrelation: 0.2, exponent: 2), unit: unit, into: costs,
      pool: nil)
    let dx = Self.image { _, _ in 0 }, dy = Self.image { _, _ in 0 }
    LabelPaths.run(costs, sums: sums, steps: steps, unit: unit, dx: dx.view, dy: dy.view, pool: nil)
    for y in 6..<Self.rows - 6 {
      for x in 6..<Self.columns - 6 {
        #expect(costs[(y * Self.columns + x) * LabelCosts.stride + LabelCosts.slot(dx: -2, dy: 1)] <= 1)
        #expect(dx.view.row(y)[x] == -2 && dy.view.row(y)[x] == 1)
      }
    }
    withExtendedLifetime((first, second, ones)) {}
  }

  /// Planes that expect the same change everywhere: of u to the right, of v to the right, of u down, of v down.
  private static func slopes(_ values: [Float]) -> (planes: [PaddedImage], slopes: FieldSlopes) {
    let planes = values.map { value in image { _, _ in value } }
    return (
      planes,
      FieldSlopes(
        uRight: planes[0].view, vRight: planes[1].view, uBelow: planes[2].view, vBelow: planes[3].view)
    )
  }

  @Test(
    "sweeps down the image together solve the equations of every pixel within 1e-4", arguments: [0, 0.01] as [Float])
  func solver(slope: Float) {
    let u = Self.image { _, _ in 0 }, v = Self.image { _, _ in 0 }, work = Self.image { _, _ in 0 }
    let xx = Self.image { _, _ in 3 }, xy = Self.image { _, _ in 0.5 }, yy = Self.image { _, _ in 2 }
    let x = Self.image(Self.noise), y = Self.image { Self.noise($1, $0) }
    let right = Self.image { _, _ in 0 }, below = Self.image { _, _ in 0 }
    let ones = Self.image { _, _ in 1 }
    // Slopes of a wave, so that what is expected to the left and to the right differs.
    let expected = Self.image { slope * Float(($0 + 2 * $1) % 5) }, (still, none) = Self.slopes([0, 0, 0, 0])
    let slopes = FieldSlopes(uRight: expected.view, vRight: none.vRight, uBelow: none.uBelow, vBelow: expected.view)
    FieldEquations.edges(
      bends: work.view, joint: ones.view, across: 5, down: 4, scale: 0.02, right: right.view, below: below.view)
    let system = FieldSolver.prepare(
      .init(xx: xx.view, xy: xy.view, yy: yy.view, x: x.view, y: y.view), right: right.view, below: below.view,
      slopes: slopes, u: u.view, v: v.view)
    FieldSolver.run(system, u: u.view, v: v.view, sweeps: 60, relaxation: 1.5)
    for row in 1..<Self.rows - 1 {
      for column in 1..<Self.columns - 1 {
        func pull(_ f: ImageView, _ across: ImageView, _ down: ImageView) -> Float {
          let here = f.row(row)[column]
          let bend = across.row(row)[column - 1] - across.row(row)[column]
          let bendDown = down.row(row - 1)[column] - down.row(row)[column]
          return 5 * (f.row(row)[column - 1] + f.row(row)[column + 1] - 2 * here + bend)
            + 4 * (f.row(row - 1)[column] + f.row(row + 1)[column] - 2 * here + bendDown)
        }
        let a = u.view.row(row)[column], b = v.view.row(row)[column]
        let restX = 3 * a + 0.5 * b - Self.noise(row, column) - pull(u.view, slopes.uRight, slopes.uBelow)
        let restY = 0.5 * a + 2 * b - Self.noise(column, row) - pull(v.view, slopes.vRight, slopes.vBelow)
        #expect(abs(restX) < 1e-4 && abs(restY) < 1e-4)
      }
    }
    withExtendedLifetime((u, v, work, ones, xx, xy, yy, x, y, right, below, expected, still)) {}
  }

  @Test("slopes of a plane are its own within 1e-5, also beside pixels without data; half of the ties hold at a rim")
  func planeSlopes() {
    let u = Self.image { 0.01 * Float($1) - 0.02 * Float($0) }, v = Self.image { y, _ in 0.003 * Float(y) }
    let joint = Self.image { (10..<14).contains($0) && $1 < 20 ? 0 : 1 }
    let right = Self.image { _, _ in 0 }, below = Self.image { _, _ in 0 }, work = Self.image { _, _ in 0 }
    let hold = Self.image { _, _ in 0 }, (planes, slopes) = Self.slopes([0, 0, 0, 0])
    FieldEquations.edges(
      bends: work.view, joint: joint.view, across: 5, down: 4, scale: 0.02, right: right.view, below: below.view)
    slopes.find(
      u: u.view, v: v.view, joint: joint.view, right: right.view, below: below.view, across: 5, down: 4,
      hold: hold.view, work: work.view, pool: nil)
    for row in 0..<Self.rows {
      for column in 0..<Self.columns {
        #expect(
          abs(slopes.uRight.row(row)[column] - 0.01) < 1e-5 && abs(slopes.uBelow.row(row)[column] + 0.02) < 1e-5)
        #expect(abs(slopes.vRight.row(row)[column]) < 1e-5 && abs(slopes.vBelow.row(row)[column] - 0.003) < 1e-5)
        #expect(hold.view.row(row)[column] < 1)
      }
    }
    #expect(hold.view.row(0)[0] < 0.6 * hold.view.row(Self.rows / 2)[Self.columns / 2])
    withExtendedLifetime((u, v, joint, right, below, work, hold, planes)) {}
  }

  @Test("a plane with the slopes it is expected to have has no bends, and one with others has theirs within 1e-6")
  func bends() {
    let u = Self.image { 0.01 * Float($1) - 0.02 * Float($0) }, v = Self.image { y, _ in 0.003 * Float(y) }
    let out = Self.image { _, _ in 0 }
    for (right, bend) in [(0.01, 0), (0.04, 0.0009)] as [(Float, Float)] {
      let (planes, slopes) = Self.slopes([right, 0, -0.02, 0.003])
      FieldEquations.bends(u: u.view, v: v.view, slopes: slopes, into: out.view)
      for row in 1..<Self.rows - 1 {
        for column in 1..<Self.columns - 1 { #expect(abs(out.view.row(row)[column] - bend) < 1e-6) }
      }
      withExtendedLifetime(planes) {}
    }
    withExtendedLifetime((u, v, out)) {}
  }

  @Test("variance grows where gradients do not agree, and shrinks where nothing is left between the images")
  func varianceGrowth() {
    func growth(_ first: PaddedImage, _ second: PaddedImage) -> Float {
      let ones = Self.image { _, _ in 1 }
      func sums(_ a: PaddedImage, _ b: PaddedImage) -> PaddedImage {
        let product = Self.image { a.view.row($0)[$1] * b.view.row($0)[$1] }, out = Self.image { _, _ in 0 }
        WindowBox.run(product.view, radius: 15, into: out.view, pool: nil)
        return out
      }
      let planes = [
        sums(ones, ones), sums(first, ones), sums(second, ones), sums(first, first), sums(second, second),
        sums(first, second),
      ]
      let moments = FieldEquations.Moments(
        mask: planes[0].view, reference: planes[1].view, secondary: planes[2].view, referenceSquares: planes[3].view,
        secondarySquares: planes[4].view, products: planes[5].view)
      let gx = Self.image { _, _ in 0 }, gy = Self.image { _, _ in 0 }, out = Self.image { _, _ in 0 }
      DenseFilters.gradients(first.view, mask: ones.view, gx: gx.view, gy: gy.view)
      let products = (0..<3).map { _ in Self.image { _, _ in 0 } }
      FieldEquations.gradientProducts(
        secondary: second.view, joint: ones.view, gx: gx.view, gy: gy.view,
        into: .init(cross: products[0].view, reference: products[1].view, secondary: products[2].view))
      let summed = products.map { sums($0, ones) }
      FieldEquations.varianceGrowth(
        moments, gradients: .init(cross: summed[0].view, reference: summed[1].view, secondary: summed[2].view),
        least: 100, into: out.view)
      defer { withExtendedLifetime((ones, planes, gx, gy, products, summed, out)) {} }
      return out.view.row(22)[24]
    }
    let texture = Self.image(Self.noise)
    let half = Self.image { 0.5 * Self.noise($0, $1) + 3 }, other = Self.image { Self.noise($1 + 31, 3 * $0 + 17) }
    #expect(abs(growth(texture, half) - 0.0203) < 1e-3)
    #expect(growth(texture, other) > 4)
  }
}
