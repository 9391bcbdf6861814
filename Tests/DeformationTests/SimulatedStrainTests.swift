// SPDX-License-Identifier: Apache-2.0
import Deformation
import Grids
import Simulation
import Testing

@Suite("Strain of simulated ground")
struct SimulatedStrainTests {
  static func truth(_ kind: FieldKind, direction: Double) -> (tile: TruthTile, field: SimulatedField) {
    var p = PairSimulator.Parameters()
    p.field = kind
    p.direction = direction
    p.maximumDisplacement = 5
    let field = SimulatedField(rows: 400, columns: 400, parameters: p)
    return (field.truth(in: Window(row: 0, column: 0, rows: 400, columns: 400)), field)
  }

  static func analyse(_ t: TruthTile) -> StrainRateField {
    StrainAnalysis(transform: northUp, separation: nil).rates(
      of: GradientField(
        dxPerColumn: t.dxPerColumn, dxPerRow: t.dxPerRow, dyPerColumn: t.dyPerColumn, dyPerRow: t.dyPerRow),
      motion: MotionField(dx: t.dx, dy: t.dy))
  }

  @Test(
    "a glacier stretches along its flow only, shears at its margins, turns clockwise on its right, to 1e-8",
    arguments: [0.0, 70, 200, 315])
  func glacier(direction: Double) {
    let (tile, field) = Self.truth(.glacier, direction: direction)
    let strain = Self.analyse(tile)
    var isOnBothSides = (false, false)
    for r in stride(from: 5, to: 400, by: 13) {
      for c in stride(from: 5, to: 400, by: 13) where tile.dx[r, c] != 0 || tile.dy[r, c] != 0 {
        #expect(abs(strain[.transverse][r, c]) < 1e-8)
        #expect(abs(strain[.vertical][r, c] + strain[.longitudinal][r, c]) < 1e-8)
        #expect(strain[.longitudinal][r, c] > 0)
        // All of the shear comes from one gradient: shear and rotation are its halves.
        #expect(abs(strain[.shear][r, c] + strain[.rotation][r, c]) < 1e-8)
        let d = field.sample(row: Double(r), column: Double(c))
        let side = (Double(c) - 199.5) * -d.dy + (Double(r) - 199.5) * d.dx  // above 0 to the right of the flow
        guard abs(strain[.rotation][r, c]) > 1e-5 else { continue }
        #expect((strain[.rotation][r, c] < 0) == (side > 0))
        if side > 0 { isOnBothSides.0 = true } else { isOnBothSides.1 = true }
      }
    }
    #expect(isOnBothSides == (true, true))
  }

  @Test("strain at a gauge of 40 px finds the true gradients of a landslide's block within 2e-4 px/px")
  func gauge() {
    let (tile, _) = Self.truth(.landslide, direction: 140)
    let spacing = 8
    func thinned(_ g: Grid<Float>) -> Grid<Float> {
      var out = Grid<Float>(rows: 50, columns: 50, filledWith: 0)
      for r in 0..<50 { for c in 0..<50 { out[r, c] = g[r * spacing, c * spacing] } }
      return out
    }
    var p = GaugeStrain.Parameters()
    p.gaugeLength = 40
    let g = GaugeStrain(spacing: Double(spacing), parameters: p).gradients(
      of: MotionField(dx: thinned(tile.dx), dy: thinned(tile.dy)))
    for r in 23...27 {
      for c in 23...27 {
        #expect(abs(g.dxPerRow[r, c] - tile.dxPerRow[r * spacing, c * spacing]) < 2e-4)
        #expect(abs(g.dyPerColumn[r, c] - tile.dyPerColumn[r * spacing, c * spacing]) < 2e-4)
      }
    }
    // The block turns: the gradients are not just zero.
    #expect(abs(g.dyPerColumn[25, 25]) > 1e-3)
  }
}
