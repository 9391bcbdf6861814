// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import TestSupport
import Testing

@Suite("Passes of a satellite")
struct ScenePassTests {
  private let scratch = Scratch()

  @Test("plain rasters of one date beside each other are one pass, over each other two")
  func plain() throws {
    for (folder, east) in [("a", 400_000.0), ("b", 400_500), ("c", 400_020)] {
      try scratch.tiff("\(folder)/20200101.tif", numbers(40, 50), at: northUp(east, 5_000_000, side: 10))
    }
    let scenes = try ["a", "b", "c"].map { try scratch.scene("\($0)/20200101.tif") }
    #expect(ScenePass.grouped(Array(scenes[..<2])).map(\.scenes.count) == [2])
    #expect(ScenePass.grouped(scenes).map(\.scenes.count) == [2, 1])
  }

  @Test("rows of one Landsat path on one day are one pass, the next day's is another")
  func landsat() throws {
    func scene(_ name: String, row: String, day: String, time: String) throws -> Scene {
      let text = LandsatFixture.text.replacing("WRS_ROW = 9", with: "WRS_ROW = \(row)")
        .replacing("2015-07-10", with: day).replacing("14:34:35", with: time).replacing(LandsatFixture.id, with: name)
      return try LandsatReader.read(scratch.write("\(name)_MTL.txt", text))
    }
    let scenes = [
      try scene("C", row: "9", day: "2015-07-26", time: "14:34:35"),
      try scene("B", row: "10", day: "2015-07-10", time: "14:34:59"),
      try scene("A", row: "9", day: "2015-07-10", time: "14:34:35"),
    ]
    let passes = ScenePass.grouped(scenes)
    #expect(passes.map { $0.scenes.map(\.id) } == [["A", "B"], ["C"]])
    #expect(passes[0].tile == "005009+005010" && passes[0].relativeOrbit == 5)
    #expect(passes[0].date.iso8601 == "2015-07-10T14:34:35Z")
  }

  @Test(
    "tiles of a datatake are one pass, of two processings the newer on top",
    .enabled(if: SharedData.file("stac_sentinel2") != nil))
  func sentinel2() throws {
    let folder = try #require(SharedData.file("stac_sentinel2/tests/data-files")).path
    let names = [
      "S2A_MSIL2A_20230625T234621_N0509_R073_T01WCP_20230626T022158.SAFE",
      "S2A_MSIL2A_20230821T221941_N0509_R029_T01KAB_20230822T021825.SAFE",
      "S2A_MSIL2A_20230625T234621_N0509_R073_T01WCS_20230626T022157.SAFE",
    ]
    let scenes = names.flatMap { Sentinel2Reader.read("\(folder)/\($0)").scenes }
    let passes = ScenePass.grouped(scenes)
    #expect(passes.map { $0.scenes.compactMap(\.tile) }.contains { Set($0) == ["01WCP", "01WCS"] })
  }
}
