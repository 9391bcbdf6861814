// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import ProductFixtures
import Products
import RasterIO
import TestSupport
import Testing

@Suite("Classes of a pass on the common grid")
struct PassClassesTests {
  private let scratch = Scratch()

  @Test("the scene classification of level 2A comes on 10 m, each pixel with the class of the one that holds it")
  func sceneClassification() throws {
    let fixture = SafeFixture(level: "2A", baseline: "04.00")
    try fixture.write(in: scratch)
    // Cloud in the left 4 columns of 12, then bare ground, water in the lowest row, no data in the upper right corner.
    var numbers = Grid(rows: 12, columns: 12, cells: (0..<144).map { Float($0 % 12 < 4 ? 9 : $0 >= 132 ? 6 : 5) })
    numbers[0, 11] = 0
    try scratch.jpeg2000("\(fixture.name)/\(fixture.image("SCL")).jp2", numbers, side: 20)
    let scene = try #require(Sentinel2Reader.read(scratch[fixture.name]).scenes.first).checked()
    let grid = try SceneGrid.common(of: [scene], band: .red)
    #expect(grid.rows == 24 && grid.columns == 24)
    let pass = ScenePass([scene])
    let classes = try #require(try PassClasses.find(pass, grid: grid))
    #expect(classes.origins == [.sceneClassification])
    let found = try classes.read(Window(row: 0, column: -2, rows: 24, columns: 26))
    for row in 0..<24 {
      for column in 0..<24 {
        let expected = SceneClassification.classes(numbers)[row / 2, column / 2]
        #expect(found[row, column + 2] == expected)
      }
      #expect(found[row, 0] == .null)
    }
    let shares = try #require(try PassClasses.shares(of: pass, grid: grid))
    #expect(abs(shares.seen - 143 / 144.0) < 1e-9 && abs((shares.cloud ?? 0) - 48 / 143.0) < 1e-9)
    // Columns 4 to 11 of 24, of which 4 to 7 are cloud.
    let area = SceneArea.box(Extent(west: 500_020, south: 8_899_800, east: 500_100, north: 8_900_040), crs: nil)
    #expect(try PassClasses.shares(of: pass, on: area, grid: grid)?.cloud == 0.5)
  }

  @Test("QA_PIXEL of Landsat becomes classes; a pass without masks and without six bands has none")
  func pixelQuality() throws {
    let document = try LandsatFixture.write(in: scratch)
    // Bit 3 cloud, bit 6 clear.
    let bits = Grid(rows: 8, columns: 8, cells: (0..<64).map { Float($0 % 8 < 2 ? 1 << 3 : 1 << 6) })
    try scratch.tiff("\(LandsatFixture.id)_QA_PIXEL.TIF", bits, side: 30)
    let scene = try LandsatReader.read(document).checked()
    let grid = try SceneGrid.common(of: [scene], band: .red)
    let classes = try #require(try PassClasses.find(ScenePass([scene]), grid: grid))
    #expect(classes.origins == [.pixelQuality])
    #expect(try classes.read(grid.window).cells.count { $0 == .cloud } == 16)
    try scratch.tiff("20200101.tif", numbers(8, 8), side: 30)
    let plain = ScenePass([try scratch.scene("20200101.tif")])
    #expect(try PassClasses.find(plain, grid: grid) == nil)
    #expect(try PassClasses.shares(of: plain, grid: grid) == nil)
  }

  @Test(
    "without a mask of its own a scene is classified by colour, the same in parts, with the haze of the whole scene")
  func spectral() throws {
    // A dark green ground with texture, a cloud over its left third and one beside the corner of a block.
    let reflectance: [(band: String, clear: Double, cloud: Double)] = [
      ("2", 0.10, 0.55), ("3", 0.09, 0.54), ("4", 0.07, 0.54), ("5", 0.30, 0.60), ("6", 0.15, 0.45),
      ("7", 0.07, 0.35),
    ]
    func isCloud(_ row: Int, _ column: Int) -> Bool {
      column < 200 || ((500..<530).contains(row) && (505..<540).contains(column))
    }
    // 100 cells of 30 m north of the second cloud, which is 3 km high under a sun of 45 degrees in the south.
    func isShadow(_ row: Int, _ column: Int) -> Bool { isCloud(row + 100, column) && !isCloud(row, column) }
    var text = "  GROUP = LEVEL1_RADIOMETRIC_RESCALING\n"
    var files = ""
    for (band, clear, cloud) in reflectance {
      let values = Grid(
        rows: 600, columns: 600,
        cells: (0..<360_000).map { index -> Float in
          let (row, column) = (index / 600, index % 600)
          let texture = 1 + 0.1 * Double((row * 7 + column * 13) % 17) / 17
          let dimmed = isShadow(row, column) && column > 400 ? 0.4 : 1
          return Float(((isCloud(row, column) ? cloud : clear * texture * dimmed) * 0.7071 + 0.1) / 2e-5).rounded()
        })
      try scratch.tiff("L_B\(band).TIF", values, side: 30)
      files += "    FILE_NAME_BAND_\(band) = \"L_B\(band).TIF\"\n"
      text += "    REFLECTANCE_MULT_BAND_\(band) = 2.0000E-05\n    REFLECTANCE_ADD_BAND_\(band) = -0.100000\n"
    }
    text += "  END_GROUP = LEVEL1_RADIOMETRIC_RESCALING\n"
    let document =
      "GROUP = LANDSAT_METADATA_FILE\n  GROUP = PRODUCT_CONTENTS\n    LANDSAT_PRODUCT_ID = \"L\"\n"
      + "    PROCESSING_LEVEL = \"L1TP\"\n" + files + "  END_GROUP = PRODUCT_CONTENTS\n  GROUP = IMAGE_ATTRIBUTES\n"
      + "    SPACECRAFT_ID = \"LANDSAT_8\"\n    SENSOR_ID = \"OLI_TIRS\"\n    DATE_ACQUIRED = 2015-07-10\n"
      + "    SUN_AZIMUTH = 180.0\n    SUN_ELEVATION = 45.0\n  END_GROUP = IMAGE_ATTRIBUTES\n" + text
      + "END_GROUP = LANDSAT_METADATA_FILE\nEND\n"
    let scene = try LandsatReader.read(scratch.write("L_MTL.txt", document))
    let pass = ScenePass([scene])
    let grid = try SceneGrid.common(of: [scene], band: .red)
    let classes = try #require(try PassClasses.find(pass, grid: grid))
    #expect(classes.origins == [.spectral])
    let whole = try classes.read(grid.window)
    var wrong = 0
    for row in 0..<600 {
      for column in 0..<600 where (whole[row, column] == .cloud) != isCloud(row, column) { wrong += 1 }
    }
    // The mean of 3 × 3 makes a cloud a pixel wider.
    #expect(wrong <= 600 + 140)
    #expect(!whole.cells.contains(.shadow))
    var options = PassClasses.Options()
    options.addsCloudShadows = true
    let shaded = try #require(try PassClasses.find(pass, grid: grid, options: options))
    let withShadows = try shaded.read(grid.window)
    let found = withShadows.cells.indices.filter { withShadows.cells[$0] == .shadow }
    let right = found.count { isShadow($0 / 600, $0 % 600) && $0 % 600 > 400 }
    #expect(Double(right) > 0.85 * 30 * 35 && found.count - right < 200, "\(found.count) \(right)")
    // A part that holds the shadow, but not the cloud that casts it.
    let below = Window(row: 380, column: 490, rows: 70, columns: 70)
    let alone = try #require(try PassClasses.find(pass, grid: grid.cropped(to: below), options: options))
    let shadows = try alone.read(Window(row: 0, column: 0, rows: 70, columns: 70)).cells.count { $0 == .shadow }
    #expect(Double(shadows) > 0.8 * Double(right), "\(shadows) \(right)")
    let part = Window(row: 480, column: 300, rows: 90, columns: 280)
    #expect(try classes.read(part).cells == whole.cropped(to: part).cells)
    // A part under cloud alone is told by the haze of the whole scene.
    let cropped = try #require(
      try PassClasses.find(pass, grid: grid.cropped(to: Window(row: 0, column: 0, rows: 90, columns: 90))))
    #expect(try cropped.read(Window(row: 0, column: 0, rows: 90, columns: 90)).cells.allSatisfy { $0 == .cloud })
    let shares = try #require(try PassClasses.shares(of: pass, grid: grid))
    #expect(abs((shares.cloud ?? 0) - 1.0 / 3) < 0.02)
  }

  @Test(
    "the real Landsat scene: the shares of a coarse look are those of all pixels",
    .enabled(if: SharedData.file("landsat_c2_l2/scene") != nil))
  func realLandsat() throws {
    let folder = try #require(SharedData.file("landsat_c2_l2/scene")).path
    let found = SceneFinder().find([folder]).scenes
    let scene = try #require(found.first { $0.mission == .landsat })
    let grid = try SceneGrid.common(of: [scene], band: .red)
    let pass = ScenePass([scene])
    let classes = try #require(try PassClasses.find(pass, grid: grid)).read(grid.window)
    let shares = try #require(try PassClasses.shares(of: pass, grid: grid))
    let seen = classes.cells.filter { $0 != .null }
    let cloud = Double(seen.count { $0 == .cloud }) / Double(seen.count)
    #expect(abs((shares.cloud ?? 0) - cloud) < 0.005 && cloud > 0.1)
    // The product's own figure is of level 1, at full resolution.
    #expect(abs(cloud - (scene.cloudCover ?? 0)) < 0.15)
  }
}
