// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import RasterIO
import TestSupport
import Testing

@Suite("Classes of satellite products")
struct ProductClassTests {
  @Test("of SCL are those of its table, and nothing else is a class")
  func sceneClassification() {
    let band = Grid<Float>(rows: 1, columns: 14, cells: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, .nan])
    let expected: [SurfaceClass] = [
      .null, .null, .shadow, .shadow, .land, .land, .water, .land, .cloud, .cloud, .cloud, .snow, .null, .null,
    ]
    #expect(SceneClassification.classes(band).cells == expected)
    var p = SceneClassification.Parameters()
    p.mediumCloud = false
    p.thinCirrus = false
    #expect(SceneClassification.classes(band, parameters: p).cells[8...10] == [.land, .cloud, .land])
  }

  @Test("of QA_PIXEL follow its bits, cloud first")
  func pixelQuality() {
    // Values that Collection 2 scenes hold: fill, clear land, clear water, snow, cloud, dilated cloud, shadow, cirrus.
    let band = Grid<Float>(
      rows: 1, columns: 9, cells: [1, 21824, 21952, 30048, 22280, 21826, 23888, 55052, .nan])
    let expected: [SurfaceClass] = [.null, .land, .water, .snow, .cloud, .cloud, .shadow, .cloud, .null]
    #expect(PixelQuality.classes(band).cells == expected)
    var p = PixelQuality.Parameters()
    p.dilatedCloud = false
    #expect(PixelQuality.classes(band, parameters: p).cells[5] == .land)
  }

  @Test("let through what is not rejected")
  func usable() {
    let classes = Grid<SurfaceClass>(rows: 1, columns: 6, cells: [.land, .null, .cloud, .shadow, .snow, .water])
    #expect(classes.usable().cells == [true, false, false, false, true, false])
    #expect(classes.usable(without: [.snow]).cells == [true, true, true, true, false, true])
    #expect(SurfaceClass.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5])
  }
}
