// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Local planes")
struct PlaneSmootherTests {
  static let rows = 21, columns = 27, stride = 40

  static func arrays(_ count: Int) -> [FloatBuffer] { (0..<count).map { _ in FloatBuffer(count: rows * stride) } }

  @Test(
    "a plane comes back within 1e-5 px everywhere, with missing points and at the border",
    arguments: [4, 12, 25, 50].flatMap { [WindowShape.box(half: $0), .gaussian(half: $0)] })
  func planesStay(window: WindowShape) {
    let field = Self.arrays(3), out = Self.arrays(6)
    defer { withExtendedLifetime((field, out)) {} }
    for row in 0..<Self.rows {
      for column in 0..<Self.columns {
        let at = row * Self.stride + column
        let isValid = (row * 5 + column * 3) % 11 != 0 && !(row < 6 && column < 6)
        field[0].base[at] = isValid ? 0.3 + 0.02 * Float(column) - 0.01 * Float(row) : .nan
        field[1].base[at] = isValid ? -2 + 0.005 * Float(column) + 0.03 * Float(row) : .nan
        field[2].base[at] = isValid ? 1 : 0
      }
    }
    let smoother = PlaneSmoother(
      window: window, rows: Self.rows, columns: Self.columns, stride: Self.stride, pool: nil)
    smoother.prepare(valid: field[2].base)
    smoother.run(
      u: field[0].base, v: field[1].base, valid: field[2].base,
      into: .init(value: out[0].base, slopeX: out[1].base, slopeY: out[2].base),
      .init(value: out[3].base, slopeX: out[4].base, slopeY: out[5].base))
    var worst: Float = 0
    for row in 0..<Self.rows {
      for column in 0..<Self.columns where !out[0].base[row * Self.stride + column].isNaN {
        let at = row * Self.stride + column
        worst = max(worst, abs(out[0].base[at] - (0.3 + 0.02 * Float(column) - 0.01 * Float(row))))
        worst = max(worst, abs(out[3].base[at] - (-2 + 0.005 * Float(column) + 0.03 * Float(row))))
      }
    }
    #expect(worst < 1e-5, "largest difference \(worst)")
    // A small window deep in the hole sees nothing and keeps the point's own value.
    #expect(out[0].base[0].isNaN == (window.reach < 24))
  }

  @Test("the value of a curved field is its mean over the window within 1e-5")
  func meanOfCurvature() {
    let field = Self.arrays(2), out = Self.arrays(6)
    defer { withExtendedLifetime((field, out)) {} }
    for row in 0..<Self.rows {
      for column in 0..<Self.columns {
        field[0].base[row * Self.stride + column] = 0.01 * Float(column * column)
        field[1].base[row * Self.stride + column] = 1
      }
    }
    let smoother = PlaneSmoother(
      window: .box(half: 6), rows: Self.rows, columns: Self.columns, stride: Self.stride, pool: nil)
    smoother.prepare(valid: field[1].base)
    smoother.run(
      u: field[0].base, v: field[0].base, valid: field[1].base,
      into: .init(value: out[0].base, slopeX: out[1].base, slopeY: out[2].base),
      .init(value: out[3].base, slopeX: out[4].base, slopeY: out[5].base))
    // Reach 6.5 / 4 = 1.625 cells: the points at -2 and 2 have the least weight, 0.25.
    let expected = 0.01 * (100 + 2 * (0.25 * 4 + 1) / (3 + 2 * 0.25))
    #expect(abs(out[0].base[10 * Self.stride + 10] - Float(expected)) < 1e-5)
    #expect(abs(out[1].base[10 * Self.stride + 10] - 0.2) < 1e-5)
  }
}
