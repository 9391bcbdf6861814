// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("Arrays of NetCDF and Zarr")
struct ArrayFileTests {
  let scratch = Scratch()

  /// Three dates of 4 × 5 whole numbers with a factor, floats, texts and times.
  private func write(_ name: String) throws -> String {
    var packed = NetCDFVariable("packed", ["time", "y", "x"], .int16)
    packed.missing = -32_767
    packed.chunk = [2, 3, 2]
    packed.attributes = [
      .init("units", "m"), .init("scale_factor", .double(0.5)), .init("add_offset", .double(10)),
    ]
    var floats = NetCDFVariable("floats", ["y", "x"], .float32)
    floats.missing = -9999
    var times = NetCDFVariable("when", ["time"], .int32)
    times.attributes = [.init("units", "hours since 2016-01-01"), .init("calendar", "standard")]
    let layout = NetCDFLayout(
      dimensions: [.init("time", 3), .init("y", 4), .init("x", 5)],
      variables: [
        packed, floats, times, .text("sensor", ["time"], longest: 3), NetCDFVariable("mapping", [], .int32),
      ],
      attributes: [.init("title", "a test")])
    let path = scratch[name]
    let writer = try #require(ArrayFormat(path: path)).writer(path, layout)
    var numbers = (0..<60).map(Float.init)
    numbers[7] = .nan
    // Rows in two parts, of which the first ends inside a block.
    for rows in [0..<2, 2..<4] {
      let part = (0..<3).flatMap { (time: Int) -> [Float] in
        let first = time * 20
        return Array(numbers[first + rows.lowerBound * 5..<first + rows.upperBound * 5])
      }
      try writer.write(part, to: "packed", start: [0, rows.lowerBound, 0], count: [3, rows.count, 5])
    }
    var grid = counting(4, 5)
    grid[1, 1] = .nan
    grid[2, 2] = .infinity
    try writer.write(grid.cells, to: "floats", start: [0, 0], count: [4, 5])
    try writer.write([0, 36, 8760], to: "when")
    try writer.write(["S2A", "L8", ""], to: "sensor")
    try writer.write([0], to: "mapping")
    try writer.finish(as: nil)
    #expect(scratch.files == [name])
    return path
  }

  @Test("axes, types, units, attributes and blocks are listed", arguments: ["a.nc", "a.zarr"])
  func listing(name: String) throws {
    let file = try ArrayFile.open(try write(name))
    #expect(file.arrays.map(\.name).sorted() == ["floats", "mapping", "packed", "sensor", "when"])
    let packed = try #require(file["packed"])
    #expect(packed.axes.map(\.name) == ["time", "y", "x"] && packed.sizes == [3, 4, 5])
    #expect(packed.content == .numbers(.int16) && packed.unit == "m" && packed.missing == -32_767)
    #expect(packed.scale == 0.5 && packed.offset == 10 && packed.isBlocked && packed.block == [2, 3, 2])
    #expect(file["when"]?.text("calendar") == "standard" && file["mapping"]?.axes == [])
    #expect(file["sensor"]?.content == .text && file.text("title") == "a test")
  }

  @Test("numbers come in their unit, missing ones as NaN, whole or as a box", arguments: ["a.nc", "a.zarr"])
  func numbers(name: String) throws {
    let file = try ArrayFile.open(try write(name))
    let all = try file.floats("packed")
    for (index, value) in all.enumerated() { #expect(index == 7 ? value.isNaN : value == Float(index) * 0.5 + 10) }
    #expect(try file.doubles("packed", start: [1, 1, 3], count: [2, 2, 1]) == [24, 26.5, 34, 36.5])
    let floats = try file.floats("floats")
    #expect(floats[6].isNaN && floats[12].isNaN && floats[13] == 13)
    #expect(try file.floats("packed", start: [0, 0, 0], count: [0, 4, 5]).isEmpty)
    #expect(try file.doubles("mapping") == [0])
  }

  @Test(
    "texts and times; the first of the times is 0, which a Zarr store calls missing", arguments: ["a.nc", "a.zarr"])
  func texts(name: String) throws {
    let file = try ArrayFile.open(try write(name))
    #expect(try file.strings("sensor") == ["S2A", "L8", ""])
    #expect(try file.days("when") == [16_801, 16_802.5, 17_166])
  }

  @Test("a store that is written again replaces the old one, and another file of that name is not touched by failure")
  func replacing() throws {
    _ = try write("a.zarr")
    let path = try write("a.zarr")
    #expect(try ArrayFile.open(path).floats("floats")[3] == 3)
    let writer = try ZarrWriter.create(
      path, NetCDFLayout(dimensions: [.init("x", 2)], variables: [.init("v", ["x"], .float32)], attributes: []))
    writer.cancel()
    #expect(try ArrayFile.open(path)["packed"] != nil && scratch.files == ["a.zarr"])
    try FileManager.default.createDirectory(atPath: scratch["b.zarr"], withIntermediateDirectories: true)
    let other = failure { () throws(RasterError) in try ZarrWriter.create(scratch["b.zarr"], writer.layout) }
    #expect(
      other?.message.hasSuffix("is a folder but no Zarr store, and is not replaced; choose another name") == true)
  }

  @Test("many threads read the same values", arguments: ["a.nc", "a.zarr"])
  func threads(name: String) async throws {
    let file = try ArrayFile.open(try write(name)),
      expected = try file.floats("packed", start: [0, 1, 0], count: [3, 2, 5])
    let same = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 {
        group.addTask {
          try file.floats("packed", start: [0, 1, 0], count: [3, 2, 5]).map(\.bitPattern)
            == expected.map(\.bitPattern)
        }
      }
      return try await group.reduce(true) { $0 && $1 }
    }
    #expect(same)
  }

  @Test("what is not there or not readable is named")
  func refusals() throws {
    let file = try ArrayFile.open(try write("a.nc"))
    let absent = failure { () throws(RasterError) in try file.floats("vx") }
    #expect(absent?.kind == .noSuchArray)
    #expect(absent?.message.hasSuffix("has no array vx; it has floats, mapping, packed, sensor, when") == true)
    let text = failure { () throws(RasterError) in try file.floats("sensor") }
    #expect(text?.message.hasSuffix("the array sensor does not hold real numbers") == true)
    let times = failure { () throws(RasterError) in try file.days("floats") }
    #expect(times?.kind == .badTime && times?.message.contains("array floats: the units of time \"\"") == true)
    let missing = failure { () throws(RasterError) in try ArrayFile.open(scratch["b.nc"]) }
    #expect(missing?.kind == .missing)
    let foreign = failure { () throws(RasterError) in try ArrayFile.open(scratch.write("c.nc", "no cube")) }
    #expect(foreign?.kind == .unreadable && foreign?.message.contains("NetCDF file or Zarr store") == true)
    let whole = try Data(contentsOf: URL(filePath: scratch["a.nc"]))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: scratch["d.nc"]))
    let cut = failure { () throws(RasterError) in try ArrayFile.open(scratch["d.nc"]).floats("packed") }
    #expect(cut?.kind == .unreadable || cut?.kind == .readFailed)
  }
}
