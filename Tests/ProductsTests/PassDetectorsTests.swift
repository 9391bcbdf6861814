// SPDX-License-Identifier: Apache-2.0
import Grids
import ProductFixtures
import Products
import RasterIO
import Testing

@Suite("Detectors of a pass on the common grid")
struct PassDetectorsTests {
  private let scratch = Scratch()

  @Test(
    "footprints as polygons and as a raster, by windows and on a grid that is cut out", arguments: ["03.01", "04.00"])
  func footprints(baseline: String) throws {
    let fixture = SafeFixture(baseline: baseline)
    try fixture.write(in: scratch)
    let scene = try #require(Sentinel2Reader.read(scratch[fixture.name]).scenes.first).checked()
    let whole = try SceneGrid.common(of: [scene], band: .red)
    let grid = whole.cropped(to: Window(row: 4, column: 6, rows: 10, columns: 16))
    let found = try #require(try PassDetectors.find(ScenePass([scene]), band: .red, grid: grid))
    #expect(found.files.count == 1)
    let detectors = try found.read(Window(row: 2, column: 0, rows: 3, columns: 16))
    // Detector 5 over the columns 0 to 9 of the tile, 6 over 10 to 19, none to the right.
    #expect(Array(detectors.cells.prefix(16)) == [5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 0, 0])
    // Bands look at different places, and the near infrared of this product says nothing.
    #expect(try PassDetectors.find(ScenePass([scene]), band: .nir, grid: grid) == nil)
  }

  @Test("tracks over the ground: Sentinel-2 flies 194 to 196 degrees down and 344 to 346 up at 45 degrees")
  func tracks() throws {
    let fixture = SafeFixture()
    try fixture.write(in: scratch)
    let scene = try #require(Sentinel2Reader.read(scratch[fixture.name]).scenes.first)
    let ascending = try #require(scene.trackAzimuth(atLatitude: 45))
    #expect((344...346).contains(ascending), "\(ascending)")
    // Over the pole's ring it flies west.
    let top = try #require(scene.trackAzimuth(atLatitude: 81.3))
    #expect((260...280).contains(top), "\(top)")
  }
}
