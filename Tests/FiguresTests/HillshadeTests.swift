// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Testing

@Suite("Hillshade")
struct HillshadeTests {
  private static func plane(east: Float, north: Float) -> Grid<Float> {
    Grid(rows: 5, columns: 6, cells: (0..<30).map { Float($0 % 6) * 10 * east - Float($0 / 6) * 10 * north })
  }

  private static func shade(_ grid: Grid<Float>) -> Grid<Float> {
    Hillshade.shade(grid, cellSize: (10, 10), azimuth: 90, altitude: 45)
  }

  @Test("flat ground is lit by the sine of the light's altitude within 1e-6, border included")
  func flat() {
    for cell in Self.shade(Self.plane(east: 0, north: 0)).cells { #expect(abs(cell - 0.70710678) < 1e-6) }
  }

  @Test("a slope of 45 degrees towards the light is fully lit, one away from it dark, within 1e-6")
  func slopes() {
    // Falling to the east faces a light in the east.
    #expect(Self.shade(Self.plane(east: -1, north: 0)).cells.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(Self.shade(Self.plane(east: 1, north: 0)).cells.allSatisfy { $0 < 1e-6 })
    // A slope across the light: cos = sin 45 / sqrt 2.
    #expect(Self.shade(Self.plane(east: 0, north: 1)).cells.allSatisfy { abs($0 - 0.5) < 1e-6 })
  }

  @Test("a slope without 3 × 3 measured neighbours is missing, tiny grids are plain")
  func missing() {
    var grid = Self.plane(east: 0, north: 0)
    grid[2, 2] = .nan
    let shaded = Self.shade(grid)
    #expect(shaded[2, 2].isNaN && shaded[1, 1].isNaN && !shaded[2, 4].isNaN)
    #expect(Self.shade(Grid(rows: 2, columns: 2, filledWith: 3)).cells == [1, 1, 1, 1])
  }
}
