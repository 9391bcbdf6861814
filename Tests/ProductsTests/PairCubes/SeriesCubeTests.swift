// SPDX-License-Identifier: Apache-2.0
import Grids
import Products
import RasterIO
import Testing

@Suite("Cubes of displacements at dates")
struct SeriesCubeTests {
  let scratch = Scratch()
  private let dates = [16_801.0, 16_831, 16_866.5], rows = 70, columns = 9

  private var intervals: [CubePair] {
    zip(dates, dates.dropFirst()).map { CubePair(earlier: $0, later: $1, sensor: "S2A") }
  }

  private func layout(_ directions: CubeDirections = .map) throws -> SeriesCubeLayout {
    let transform = GeoTransform(originEast: 4e5, originNorth: 5e6, eastPerColumn: 120, northPerRow: -120)
    let place = Georeference(
      name: "a cube", rows: rows, columns: columns, transform: transform, crs: try CRS("EPSG:32632"))
    var layout = SeriesCubeLayout(place: place, dates: dates, intervals: intervals)
    layout.directions = directions
    return layout
  }

  /// A component whose displacement at date t in row r, column c is sign × (100 t + r + c / 10), all parts of one scheme.
  private func component(_ rows: Range<Int>, sign: Float) -> SeriesBlock.Component {
    func field(_ count: Int, _ offset: Float, _ scale: Float) -> [Float] {
      var out: [Float] = []
      for t in 0..<count {
        for r in rows {
          for c in 0..<columns { out.append(scale * (offset + Float(100 * t + r) + Float(c) / 10)) }
        }
      }
      return out
    }
    var out = SeriesBlock.Component()
    out.displacement = field(3, 0, sign)
    out.displacementSigma = field(3, 1, 1)
    out.velocity = field(2, 2, sign)
    out.velocitySigma = field(2, 3, 1)
    if rows.contains(4) { out.velocity[(4 - rows.lowerBound) * columns + 5] = .nan }
    return out
  }

  private func write(_ name: String, _ layout: SeriesCubeLayout) throws -> String {
    let writer = try SeriesCubeWriter(scratch[name], layout)
    // The last rows first, and bands that end inside stored blocks.
    for rows in [40..<70, 0..<32, 32..<40] {
      var components = [component(rows, sign: 1)]
      if layout.directions != .single { components.append(component(rows, sign: -1)) }
      try writer.write(SeriesBlock(row: rows.lowerBound, rows: rows.count, components: components))
    }
    #expect(!scratch.files.contains(name))
    try writer.finish()
    #expect(scratch.files == [name])
    return scratch[name]
  }

  @Test(
    "displacements come back under their names with dates, place and coordinate system",
    arguments: ["a.nc", "a.zarr"])
  func displacements(name: String) throws {
    let file = try ArrayFile.open(try write(name, try layout()))
    #expect(try file.days("time") == dates)
    let expected = component(0..<rows, sign: -1)
    #expect(try file.floats("north_displacement") == expected.displacement)
    #expect(try file.floats("east_displacement_sigma") == expected.displacementSigma)
    #expect(try file.doubles("x")[1] == 400_180 && file.doubles("y")[1] == 4_999_820)
    #expect(file["mapping"]?.number("spatial_epsg") == 32_632 && file["mapping"]?.text("crs_wkt") != nil)
    #expect(file.text("proj4")?.contains("+proj=utm +zone=32") == true && file.text("Conventions") == "CF-1.8")
    #expect(file["east_displacement"]?.block == [3, 32, 9])
  }

  @Test(
    "velocities are read as a cube of pairs, with the standard deviations of the pixels",
    arguments: ["a.nc", "a.zarr"])
  func velocities(name: String) throws {
    let cube = try PairCubes.open(try write(name, try layout()))
    let place = try layout().place
    #expect(cube.pairs == intervals && cube.notices == [] && cube.hasPixelSigma)
    #expect(cube.georeference?.crs?.code == "EPSG:32632" && cube.georeference?.transform == place.transform)
    let block = try cube.read(cube.window), expected = component(0..<rows, sign: -1), pixels = rows * columns
    for pair in 0..<2 {
      let years = Float(intervals[pair].separation / 365.25)
      for place in 0..<pixels {
        let index = pair * pixels + place
        if expected.velocity[index].isNaN {
          #expect(block.north[index].isNaN)
        } else {
          #expect(block.north[index] == expected.velocity[index] * years && block.east[index] == -block.north[index])
        }
        #expect(
          block.northSigma.value(pair: pair, place: place, pixels: pixels) == expected.velocitySigma[index] * years)
      }
    }
    let file = try ArrayFile.open(scratch[name]), sigma = expected.velocitySigma[..<pixels]
    let mean = (sigma.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(pixels)).squareRoot()
    #expect(abs(try file.doubles("vx_error")[0] / mean - 1) < 1e-6)
  }

  @Test("one component stands alone, and is a cube of pairs as well")
  func single() throws {
    let cube = try PairCubes.open(try write("a.zarr", try layout(.single)))
    #expect(cube.directions == .single && cube.pairs.count == 2)
    #expect(try ArrayFile.open(scratch["a.zarr"])["displacement"]?.sizes == [3, 70, 9])
  }

  @Test("a rotated grid and a name without a known ending are refused, and nothing is left behind")
  func refusals() throws {
    var rotated = try layout()
    rotated.place = Georeference(
      name: "a cube", rows: rows, columns: columns,
      transform: GeoTransform(
        originEast: 0, originNorth: 0, eastPerColumn: 10, northPerRow: -10, eastPerRow: 1, northPerColumn: 1))
    func message(_ path: String, _ layout: SeriesCubeLayout) -> String {
      do throws(RasterError) {
        _ = try SeriesCubeWriter(path, layout)
        return ""
      } catch { return error.message }
    }
    #expect(message(scratch["a.nc"], rotated).contains("is rotated on its map"))
    #expect(message(scratch["a.h5"], try layout()).contains("has to end in .nc or .zarr"))
    #expect(message(scratch["no/a.zarr"], try layout()).contains("no/ does not exist"))
    try SeriesCubeWriter(scratch["a.zarr"], try layout()).cancel()
    #expect(scratch.files == [])
  }
}
