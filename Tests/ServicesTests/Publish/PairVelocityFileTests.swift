// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Services
import Testing

@Suite("Pair velocity file")
struct PairVelocityFileTests {
  private let fixture: PublishFixture

  init() throws { fixture = try PublishFixture() }

  private func write(_ pair: PublishedPair, _ options: PairVelocityFile.Options = .init()) throws -> String {
    try PairVelocityFile(pair, options).write(to: fixture.folder).name
  }

  private func value(_ file: String, _ name: String, appliesScale: Bool = false) throws -> Grid<Float> {
    let image = try fixture.variable(file, name, appliesScale: appliesScale)
    return try image.read(image.window)
  }

  private func tags(_ file: String, _ name: String) throws -> (String) -> String? {
    let info = try fixture.variable(file, name).info
    return { info.tag("\(name)#\($0)") }
  }

  /// Points of 10 m pixels 0.9996 as long on the map as on the ground, a tenth of a year apart.
  private static let perPixel = 10 / 0.9996 * 10

  @Test("velocities are m/yr along the axes of the map within their rounding, y to the north, missing kept")
  func velocities() throws {
    let pair = PublishFixture.pair(try PublishFixture.place(), dx: 3, dy: 4)
    let file = try write(pair)
    #expect(abs(pair.separation - 36.525) < 1e-9)
    #expect(file == "S2A_2020-01-01T10-00-00Z_X_S2A_2020-02-06T22-36-00Z_G0020V01_P100.nc")
    #expect(fixture.files == [file])
    #expect(try abs(value(file, "vx")[5, 5] - Float(3 * Self.perPixel)) <= 0.5)
    #expect(try abs(value(file, "vy")[5, 5] + Float(4 * Self.perPixel)) <= 0.5)
    #expect(try abs(value(file, "v")[5, 5] - Float(5 * Self.perPixel)) <= 0.5)
    #expect(try abs(value(file, "v_error")[5, 5] - Float(0.05 * Self.perPixel)) <= 0.5)
    #expect(try value(file, "vx")[0, 0].isNaN && value(file, "v_error")[0, 0].isNaN)
    let info = try fixture.variable(file, "vx").info
    #expect(info.dataType == .int16 && info.nodata == -32_767 && info.crs?.code == "EPSG:32632")
    #expect(info.transform == pair.place.transform)
  }

  @Test("the ending of a plain raster is no part of the file's name")
  func plainRasters() throws {
    var pair = PublishFixture.pair(try PublishFixture.place(), dx: 3, dy: 4)
    (pair.earlier.id, pair.later.id) = ("20200101.tif", "scene.2.jp2")
    #expect(try write(pair).hasPrefix("20200101_X_scene.2_G0020"))
  }

  @Test("a backward pair, whose offsets run against time, has the velocity of its forward twin")
  func backward() throws {
    var pair = PublishFixture.pair(try PublishFixture.place(), dx: -3, dy: -4)
    pair.isBackward = true
    let file = try write(pair)
    #expect(file.hasPrefix("S2A_2020-02-06T22-36-00Z_X_S2A_2020-01-01"))
    #expect(try value(file, "vx")[5, 5] == Float(3 * Self.perPixel).rounded())
    #expect(try value(file, "vy")[5, 5] == -Float(4 * Self.perPixel).rounded())
    let forward = try write(PublishFixture.pair(try PublishFixture.place(), dx: 3, dy: 4))
    #expect(Set(fixture.files) == [file, forward] && file != forward)
  }

  @Test("slow ground is stored in finer steps, which readers undo by the scale")
  func resolution() throws {
    var options = PairVelocityFile.Options()
    options.resolution = 0.01
    let file = try write(PublishFixture.pair(try PublishFixture.place(), dx: 0.013, dy: 0), options)
    #expect(try abs(Double(value(file, "vx", appliesScale: true)[5, 5]) - 0.013 * Self.perPixel) <= 0.005)
  }

  @Test("velocities beyond the type are missing, counted, and not wrapped round")
  func clipped() throws {
    let pair = PublishFixture.pair(try PublishFixture.place(), dx: 400, dy: 0)
    let written = try PairVelocityFile(pair).write(to: fixture.folder)
    #expect(written.measured == 0 && written.clipped == 30 * 40 - 1)
    #expect(try value(written.name, "vx").cells.allSatisfy(\.isNaN))
  }

  @Test("the images, the time between them and the errors stand where ITS_LIVE has them")
  func attributes() throws {
    var pair = PublishFixture.pair(try PublishFixture.place(), dx: 1, dy: 1)
    pair.templateWindow = 15
    pair.stable = StableGroundSummary(count: 1234, shift: (0.2, 0.1), spreadRight: 0.03, spreadDown: 0.04)
    let file = try write(pair)
    let all = try NetCDFAttributes(of: "\(fixture.folder)/\(file)")
    func text(_ variable: String, _ name: String) -> String? {
      if case .text(let text) = all.value(variable, name) { text } else { nil }
    }
    func number(_ variable: String, _ name: String) -> Double {
      if case .double(let number) = all.value(variable, name) { number } else { .nan }
    }
    #expect(text("img_pair_info", "id_img1") == "S2A_2020-01-01T10:00:00Z")
    #expect(text("img_pair_info", "acquisition_date_img2") == "20200206T22:36:00.0")
    #expect(text("img_pair_info", "date_center") == "20200119T16:18:00.0")
    #expect(text("img_pair_info", "mission_img1") == "Sentinel-2")
    #expect(abs(number("img_pair_info", "date_dt") - 36.525) < 1e-9)
    #expect(
      abs(number("img_pair_info", "longitude") - 9) < 0.01 && abs(number("img_pair_info", "latitude") - 45.15) < 0.01)
    #expect(abs(number("img_pair_info", "roi_valid_percentage") - 100 * 1199 / 1200) < 1e-9)
    #expect(text("mapping", "grid_mapping_name") == "transverse_mercator")
    #expect(all.file.contains(NetCDFAttribute("Conventions", "CF-1.8")))
    #expect(abs(number("vx", "error") - 0.03 * Self.perPixel) < 1e-3)
    #expect(abs(number("vy", "error_stationary") - 0.04 * Self.perPixel) < 1e-3)
    #expect(abs(number("vx", "error_modeled") - 0.05 * Self.perPixel) < 1e-3)
    #expect(abs(number("vx", "stable_shift") - 0.2 * Self.perPixel) < 1e-3)
    #expect(abs(number("vy", "stable_shift") + 0.1 * Self.perPixel) < 1e-3)
    #expect(number("vx", "stable_count_stationary") == 1234 && number("vx", "stable_shift_flag") == 1)
    #expect(try value(file, "chip_size_width")[5, 5] == 150)
    #expect(try fixture.variable(file, "interp_mask").info.dataType == .int16)
  }

  @Test("degrees: velocities are true east and north, in longitude and latitude")
  func degrees() throws {
    let place = try PublishFixture.place("EPSG:4326", 8, 60, step: 0.001)
    let file = try write(PublishFixture.pair(place, dx: 1, dy: -1, spacing: 1))
    let info = try fixture.variable(file, "vx").info
    #expect(info.crs?.isGeographic == true)
    #expect(try tags(file, "vx")("long_name") == "velocity component in east")
    // A degree of longitude at 60° is 55.80 km long, one of latitude 111.41 km.
    #expect(try abs(value(file, "vx")[0, 5] - 558.0) <= 1 && abs(value(file, "vy")[0, 5] - 1114.1) <= 1)
  }

  @Test("a pair without coordinate system, or turned on its map, is refused with a reason")
  func refused() throws {
    let pixels = Georeference(name: "photo", rows: 30, columns: 40)
    let turned = Georeference(
      name: "turned", rows: 30, columns: 40,
      transform: GeoTransform(
        originEast: 5e5, originNorth: 5e6, eastPerColumn: 20, northPerRow: -20, eastPerRow: 3, northPerColumn: 3),
      crs: try CRS("EPSG:32632"))
    for (place, words) in [(pixels, "no coordinate reference system"), (turned, "turned against the axes")] {
      let error = #expect(throws: RasterError.self) {
        try PairVelocityFile(PublishFixture.pair(place, dx: 1, dy: 1))
      }
      #expect(error?.message.contains(words) == true)
    }
  }
}
