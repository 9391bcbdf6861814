// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import Products
import RasterIO
import TestSupport
import Testing

@Suite("Cubes of pairs in NetCDF and Zarr")
struct ArrayPairCubeTests {
  let scratch = Scratch()

  private func open(_ file: CubeFile, _ name: String = "a.nc") throws -> any PairCube {
    try file.write(scratch[name])
    return try PairCubes.open(scratch[name])
  }

  private func failure(_ file: CubeFile, _ name: String = "a.nc") throws -> CubeError? {
    try file.write(scratch[name])
    do throws(CubeError) {
      _ = try PairCubes.open(scratch[name])
      return nil
    } catch { return error }
  }

  /// Whether a window holds the displacements that the file's velocities make over its pairs.
  private func check(_ cube: any PairCube, _ file: CubeFile, _ window: Window, perYear: Double = 365.25) throws {
    let block = try cube.read(window)
    #expect(block.east.count == file.pairs * block.pixels && block.north.count == block.east.count)
    for pair in 0..<file.pairs {
      let years = abs(file.second[pair] - file.first[pair]) / perYear
      for place in 0..<block.pixels {
        let row = window.row + place / window.columns, column = window.column + place % window.columns
        let east = block.east[pair * block.pixels + place], north = block.north[pair * block.pixels + place]
        let expected = Float(Double(file.value(pair, row, column)) * years)
        if file.holes.contains([pair, row, column]) {
          #expect(east.isNaN && north.isNaN)
        } else {
          #expect(abs(east - expected) <= 1e-6 * abs(expected) && north == -east, "\(pair) \(row) \(column)")
        }
        let error = Float(Double(pair + 1) + (file.hasPixelErrors ? Double(row) / 10 : 0)) * Float(years)
        #expect(abs(block.eastSigma.value(pair: pair, place: place, pixels: block.pixels) - error) < 1e-5 * error)
        #expect(abs(block.northSigma.value(pair: pair, place: place, pixels: block.pixels) - error) < 1e-5 * error)
      }
    }
  }

  private static let layouts: [CubeFile] = {
    var all = [CubeFile()]
    var live = CubeFile(isITSLive: true)
    (live.unit, live.type, live.holes) = ("meter/year", .int16, [[0, 0, 0], [2, 3, 4]])
    live.block = [2, 3, 2]
    all.append(live)
    var turned = CubeFile(axes: ["y", "x", "mid_date"], isAscending: true)
    turned.hasPixelErrors = true
    all.append(turned)
    var odd = CubeFile(axes: ["x", "mid_date", "y"], isMirrored: true)
    (odd.hasPixelErrors, odd.block, odd.unit) = (true, [2, 2, 3], "m yr-1")
    all.append(odd)
    return all
  }()

  @Test(
    "displacements are velocity times years whatever the order of axes, type, direction of rows and file",
    arguments: 0..<4, ["a.nc", "a.zarr"])
  func layouts(index: Int, name: String) throws {
    let file = Self.layouts[index], cube = try open(file, name)
    #expect(cube.rows == 4 && cube.columns == 5 && cube.directions == .map && cube.notices == [])
    #expect(cube.pairs.map(\.sensor) == ["S2A", "L8", "S2A"] && cube.pairs.map(\.earlier) == file.first)
    #expect(cube.hasPixelSigma == file.hasPixelErrors)
    let place = try #require(cube.georeference)
    #expect(place.crs?.code == "EPSG:32632")
    #expect(
      place.transform == GeoTransform(originEast: 4e5, originNorth: 5e6, eastPerColumn: 120, northPerRow: -120))
    try check(cube, file, cube.window)
    try check(cube, file, Window(row: 1, column: 2, rows: 2, columns: 3))
    try check(cube, file, Window(row: 3, column: 4, rows: 1, columns: 1))
  }

  @Test("a store in a zip archive and one on the net read as the folder does")
  func elsewhere() throws {
    let file = CubeFile()
    try file.write(scratch["a.zarr"])
    let cube = try PairCubes.open(try scratch.zip("a.zarr"))
    try check(cube, file, cube.window)
    let server = try RangeServer(scratch.folder)
    let remote = try PairCubes.open("http://127.0.0.1:\(server.port)/a.zarr")
    try check(remote, file, remote.window)
  }

  @Test("metres a day and metres are metres too")
  func units() throws {
    var daily = CubeFile()
    daily.unit = "m/d"
    try check(try open(daily), daily, Window(row: 0, column: 0, rows: 1, columns: 2), perYear: 1)
    var plain = CubeFile()
    plain.unit = "cm"
    let block = try open(plain).read(Window(row: 1, column: 0, rows: 1, columns: 1))
    #expect(abs(block.east[1] - 10.10) < 1e-5)
  }

  @Test("a pair whose later date comes first is turned: a displacement changes its sign, a velocity does not")
  func reversed() throws {
    for (unit, sign) in [("m", Float(-1)), ("m/y", 1)] {
      var file = CubeFile()
      (file.unit, file.first, file.second) = (unit, [16_801, 16_821, 16_801], [16_811, 16_801, 16_812])
      let cube = try open(file), pixel = try cube.read(Window(row: 0, column: 1, rows: 1, columns: 1))
      #expect(cube.pairs[1].earlier == 16_801 && cube.pairs[1].later == 16_821 && cube.pairs[1].isReversed)
      let length = unit == "m" ? 1 : Float(20 / 365.25)
      #expect(abs(pixel.east[1] - sign * 1001 * length) < 1e-3 && pixel.east[0] > 0)
      #expect(cube.notices.contains { $0.hasPrefix("1 of 3 pairs name the later date first") })
    }
  }

  @Test("unsorted and double pairs keep their order, and doubles are told")
  func doubles() throws {
    var file = CubeFile()
    (file.first, file.second) = ([16_900, 16_801, 16_900], [16_905, 16_805, 16_905])
    let cube = try open(file)
    #expect(cube.pairs.map(\.earlier) == [16_900, 16_801, 16_900])
    #expect(
      cube.notices == [
        "1 of 3 pairs repeat the dates and the sensor of another, such as 2016-04-09 to 2016-04-14 (S2A); all are used"
      ])
    try check(cube, file, cube.window)
  }

  @Test("pairs without dates are left out and told; those without values are counted")
  func gaps() throws {
    var file = CubeFile()
    file.first[1] = .nan
    for row in 0..<4 { for column in 0..<5 { file.holes.append([2, row, column]) } }
    let cube = try open(file), census = try cube.census()
    #expect(cube.pairs.count == 2 && cube.notices == ["1 of 3 pairs have no dates and are left out"])
    #expect(census.measured == [20, 0] && census.empty == [1])
    #expect(
      census.notice(cube.pairs) == "1 of 2 pairs have no value at all: 2016-01-01 to 2016-01-31 (S2A)")
  }

  @Test("one component, a cube without CRS, without coordinates and without errors are read and said so")
  func poor() throws {
    var single = CubeFile(hasNorth: false)
    single.component = ("los_displacement", "")
    (single.unit, single.crs) = ("m", nil)
    let cube = try open(single), block = try cube.read(cube.window)
    #expect(cube.directions == .single && cube.components == 1 && block.north.isEmpty && block.east[21] == 1001)
    #expect(cube.georeference?.crs == nil && cube.georeference?.transform != nil)
    #expect(cube.notices.count == 1 && cube.notices[0].contains("does not say in which coordinate reference system"))
    var options = PairCubeOptions()
    options.crs = try CRS("EPSG:3413")
    #expect(try PairCubes.open(scratch["a.nc"], options).georeference?.crs?.code == "EPSG:3413")
    var bare = CubeFile(hasErrors: false, hasCoordinates: false)
    bare.crs = nil
    let pixels = try open(bare, "b.nc")
    #expect(pixels.georeference == nil && pixels.notices.contains { $0.contains("no coordinates x and y") })
    #expect(pixels.notices.contains { $0.contains("no standard deviations of vx") })
    let read = try pixels.read(pixels.window)
    #expect(read.eastSigma.value(pair: 0, place: 0, pixels: 20).isNaN)
  }

  @Test("wrong cubes are refused with what is wrong and how to cure it")
  func refusals() throws {
    var file = CubeFile()
    file.second[1] = file.first[1]
    let zero = try failure(file)
    #expect(zero?.kind == .zeroSeparation)
    #expect(
      zero?.message.hasSuffix(
        "pair 2 has the same date twice, 2016-01-20 (L8): motion takes time; take the pair out of the cube") == true)
    file = CubeFile(unit: "furlong/fortnight")
    #expect(
      try failure(file)?.message.hasSuffix(
        "the array vx is in \"furlong/fortnight\", which is none of m, m/yr and m/d (km, cm and mm likewise), and px")
        == true)
    file = CubeFile(unit: nil)
    #expect(try failure(file)?.message.contains("vx does not say its unit; give it: known are m, m/yr") == true)
    var options = PairCubeOptions()
    options.unit = .metresPerYear
    #expect(try PairCubes.open(scratch["a.nc"], options).pairs.count == 3)
    file = CubeFile(uneven: 2)
    #expect(
      try failure(file)?.message.contains(
        "the coordinates x are not evenly spaced: place 3 of 5 is at 400340.0, not at 400300.0") == true)
    file = CubeFile()
    file.component = ("speed_x", "speed_y")
    #expect(try failure(file)?.message.contains("neither vx and vy nor another known field") == true)
    file = CubeFile()
    file.first = [9e6, 1, 1]
    #expect(try failure(file)?.kind == .badDate)
    file = CubeFile()
    (file.first, file.second) = ([.nan, .nan, .nan], [1, 1, 1])
    #expect(try failure(file)?.message.hasSuffix("holds no pair with two dates") == true)
  }

  @Test("what is no cube is refused with what it has")
  func noCube() throws {
    func message(_ path: String) -> String {
      do throws(CubeError) {
        _ = try PairCubes.open(path)
        return ""
      } catch { return error.message }
    }
    #expect(message(scratch["no.nc"]).hasSuffix("there is no such file or folder; check the path"))
    let writer = try NetCDFWriter.create(
      scratch["b.nc"],
      NetCDFLayout(dimensions: [.init("x", 2)], variables: [.init("height", ["x"], .float32)], attributes: []))
    try writer.write([1, 2], to: "height")
    try writer.finish()
    #expect(message(scratch["b.nc"]).contains("it has neither acquisition_date_img1 and acquisition_date_img2"))
    #expect(message(scratch["b.nc"]).hasSuffix("but height(x)"))
    scratch.write("v3/zarr.json", "{}")
    #expect(message(scratch["v3"]).contains("Zarr store of version 3; write it in version 2"))
    #expect(message(scratch.write("c.nc", "text")).contains("not readable as a NetCDF file or Zarr store"))
  }

  @Test(
    "the cube of Lowell Glacier has its 4836 pairs, and displacements are its velocities times years",
    .enabled(if: LowellCube.path != nil))
  func lowell() throws {
    let path = try #require(LowellCube.path), cube = try PairCubes.open(path)
    #expect(cube.pairs.count == 4836 && cube.rows == 23 && cube.columns == 12)
    #expect(cube.georeference?.crs?.code == "EPSG:3413")
    #expect(cube.georeference?.transform?.eastPerColumn == 120 && cube.georeference?.transform?.northPerRow == -120)
    #expect(Set(cube.pairs.map(\.sensor)) == ["S2A", "S2B", "S1A", "S1B", "L7", "L8", "L9"])
    let spans = cube.pairs.map(\.separation)
    #expect(abs(spans.min()! - 5) < 0.1 && abs(spans.max()! - 545) < 1)
    #expect(cube.notices.count == 1 && cube.notices[0].contains("repeat the dates"))
    let window = Window(row: 5, column: 3, rows: 2, columns: 4), block = try cube.read(window)
    let whole = try cube.read(cube.window), file = try ArrayFile.open(path)
    let vx = try file.floats("vx"), error = try file.floats("vx_error")
    for pair in stride(from: 0, to: 4836, by: 7) {
      let expected = vx[pair * 276 + 6 * 12 + 5] * Float(spans[pair] / 365.25)
      #expect(block.east[pair * 8 + 6] == expected && whole.east[pair * 276 + 77] == expected)
      #expect(block.eastSigma.value(pair: pair, place: 0, pixels: 8) == error[pair] * Float(spans[pair] / 365.25))
    }
    #expect(try cube.census().empty == [])
  }
}

/// The real cube, where it is: in the folder of the demonstration's data (`Scripts/fetch-demo-data`).
enum LowellCube {
  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment, home = environment["HOME"] ?? ""
    let data =
      environment["OGIVE_DATA"] ?? environment["XDG_CACHE_HOME"].map { $0 + "/ogive" } ?? home + "/.cache/ogive"
    let found = (FileManager.default.enumerator(atPath: data)?.compactMap { $0 as? String } ?? [])
      .first { $0.hasSuffix("ITS_LIVE_Lowell_Lower_test.nc") }
    return found.map { "\(data)/\($0)" } ?? SharedData.file("ticoi_itslive/ITS_LIVE_Lowell_Lower_test.nc")?.path
  }()
}
