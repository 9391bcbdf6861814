// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

@Suite("Vectors and masks")
struct VectorTests {
  let scratch = Scratch()

  private func raster(crs: CRS?) -> Georeference {
    Georeference(
      name: "a.tif", rows: 40, columns: 60,
      transform: GeoTransform(originEast: 5e5, originNorth: 5e6, eastPerColumn: 10, northPerRow: -10), crs: crs)
  }

  private func geoJSON(_ name: String, _ ring: [(Double, Double)], crs: String? = nil) -> String {
    let places = ring.map { "[\($0.0),\($0.1)]" }.joined(separator: ",")
    let system = crs.map { "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"\($0)\"}}," } ?? ""
    return scratch.write(
      name,
      """
      {"type":"FeatureCollection",\(system)"features":[{"type":"Feature","properties":{},
      "geometry":{"type":"Polygon","coordinates":[[\(places)]]}}]}
      """)
  }

  @Test("a polygon in the raster's CRS holds exactly the pixels whose centre is inside")
  func polygon() throws {
    let corners = [(500_100.0, 4_999_900.0), (500_200, 4_999_900), (500_200, 4_999_850), (500_100, 4_999_850)]
    let path = geoJSON("p.geojson", corners + [corners[0]], crs: "urn:ogc:def:crs:EPSG::32633")
    let file = try VectorFile.open(path, on: raster(crs: try utm(33)))
    let mask = try file.rasterised(Window(row: 0, column: 0, rows: 40, columns: 60))
    for row in 0..<40 {
      for column in 0..<60 {
        #expect(mask[row, column] == ((10..<15).contains(row) && (10..<20).contains(column)))
      }
    }
    let part = try file.rasterised(Window(row: 8, column: 15, rows: 6, columns: 9))
    #expect(part == mask.cropped(to: Window(row: 8, column: 15, rows: 6, columns: 9)))
    #expect(file.bounds.contains(Window(row: 10, column: 10, rows: 5, columns: 10)))
    #expect(
      try file.rasterised(Window(row: 100, column: 100, rows: 3, columns: 3)).cells
        == Array(repeating: false, count: 9))
  }

  @Test("a polygon in degrees lands on the same pixels as in metres, within one pixel of its edge")
  func otherCRS() throws {
    // Corners of the box 500100..500300 E, 4999700..4999900 N in longitude and latitude.
    let step = 0.0000127, latitude = 45.1535
    let box = [
      (15.0 + 100 * step, latitude), (15 + 300 * step, latitude), (15 + 300 * step, latitude - 0.0018),
      (15 + 100 * step, latitude - 0.0018),
    ]
    let path = geoJSON("d.geojson", box + [box[0]])
    let file = try VectorFile.open(path, on: raster(crs: try utm(33)))
    let mask = try file.rasterised(Window(row: 0, column: 0, rows: 40, columns: 60))
    let points = file.points
    #expect(abs((points.map(\.column).max() ?? 0) - (points.map(\.column).min() ?? 0) - 20) < 0.2)
    #expect(abs(mask.cells.count { $0 } - 400) < 45)
    #expect(file.notices.isEmpty)
  }

  @Test("images without CRS take coordinates as columns and rows and say so; a layer with CRS is refused")
  func pixels() throws {
    let plain = Georeference(name: "photo.jpg", rows: 40, columns: 60)
    let path = geoJSON("x.geojson", [(4.5, 2.5), (9.5, 2.5), (9.5, 6.5), (4.5, 6.5), (4.5, 2.5)])
    let file = try VectorFile.open(path, on: plain)
    let mask = try file.rasterised(plain.window)
    #expect(mask.cells.count { $0 } == 20 && mask[3, 5] && mask[6, 9] && !mask[2, 5])
    #expect(file.notices == ["\(path): the image has no CRS, so coordinates are taken as columns and rows"])
    let layout = VectorLayout(layer: "p", geometry: .point, fields: [], crs: try utm(33))
    let writer = try GeoPackageWriter.create(scratch["p.gpkg"], layout)
    try writer.write([MapPoint(east: 5e5, north: 5e6)], [])
    try writer.finish()
    let refused = failure { () throws(RasterError) in try VectorFile.open(scratch["p.gpkg"], on: plain) }
    #expect(refused?.kind == .vector)
    #expect(
      refused?.message
        == "\(scratch["p.gpkg"]) has a CRS (EPSG:32633) and photo.jpg has none: georeference the image, or draw in its pixels"
    )
  }

  @Test("a mask is a box, a polygon file or a raster, and each gives the same pixels")
  func maskSources() throws {
    let place = raster(crs: try utm(33))
    let ring = [
      (500_100.0, 4_999_900.0), (500_200, 4_999_900), (500_200, 4_999_850), (500_100, 4_999_850),
      (500_100, 4_999_900),
    ]
    let polygon = geoJSON("m.geojson", ring, crs: "urn:ogc:def:crs:EPSG::32633")
    var layout = RasterLayout(
      rows: 80, columns: 100, type: .uint8,
      transform: GeoTransform(
        originEast: 499_900, originNorth: 5_000_100, eastPerColumn: 10, northPerRow: -10), crs: try utm(33))
    layout.nodata = nil
    var cells = Grid<UInt8>(rows: 80, columns: 100, filledWith: 0)
    for row in 20..<25 { for column in 20..<30 { cells[row, column] = 7 } }
    let writer = try RasterWriter.create(scratch["m.tif"], layout)
    try writer.write(cells)
    try writer.finish()
    let window = Window(row: 5, column: 5, rows: 30, columns: 40)
    let masks = try ["500100,4999850,500200,4999900", polygon, scratch["m.tif"]].map {
      try MaskSource.open($0, on: place).read(window)
    }
    #expect(masks[0].cells.count { $0 } == 50)
    #expect(masks[1] == masks[0] && masks[2] == masks[0])
    let outside = failure { () throws(RasterError) in try MaskSource.open("0,0,1,1", on: place) }
    #expect(outside?.kind == .noOverlap)
    #expect(
      outside?.message
        == "0,0,1,1 lies outside a.tif, which covers 500000..500600, 4999600..5000000 (east, then north) in EPSG:32633"
    )
    #expect(failure { () throws(RasterError) in try MaskSource.open(scratch["no.shp"], on: place) }?.kind == .missing)
  }

  @Test("a mask drawn as a picture of the raster's size is taken pixel by pixel; another size is refused")
  func pictureMask() throws {
    let place = raster(crs: try utm(33))
    var picture = Grid<UInt8>(rows: 40, columns: 60, filledWith: 0)
    picture[7, 9] = 255
    try PNG.write(picture, to: scratch["mask.png"])
    let source = try MaskSource.open(scratch["mask.png"], on: place)
    let mask = try source.read(place.window)
    #expect(mask[7, 9] && mask.cells.count { $0 } == 1)
    #expect(source.notices == ["\(scratch["mask.png"]) has the size of a.tif: it is taken pixel by pixel"])
    try PNG.write(Grid<UInt8>(rows: 5, columns: 5, filledWith: 1), to: scratch["small.png"])
    let refused = failure { () throws(RasterError) in try MaskSource.open(scratch["small.png"], on: place) }
    #expect(refused?.kind == .gridMismatch)
  }

  @Test("KML points in degrees come out at their pixels within 0.001 px")
  func kml() throws {
    let path = scratch.write(
      "p.kml",
      """
      <?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>
      <Point><coordinates>15.0,45.1535,0</coordinates></Point></Placemark></Document></kml>
      """)
    let place = raster(crs: try utm(33))
    let point = try PointTable.points(path, on: place)[0]
    let table = try PointTable.points(scratch.write("same.csv", "lon,lat\n15.0,45.1535\n"), on: place)[0]
    #expect(abs(point.row - table.row) < 1e-3 && abs(point.column + 0.5) < 1e-3)
  }

  @Test("polygons beside the raster are no mask, and geometries without a place are left out with a notice")
  func outside() throws {
    let place = raster(crs: try utm(33))
    let far = geoJSON("far.geojson", [(30, 10), (31, 10), (31, 11), (30, 10)])
    let error = failure { () throws(RasterError) in try MaskSource.open(far, on: place) }
    #expect(error?.kind == .noOverlap)
    let mixed = scratch.write(
      "mixed.geojson",
      """
      {"type":"FeatureCollection","features":[
      {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1e9,1e9]}},
      {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[15.001,45.15]}}]}
      """)
    let file = try VectorFile.open(mixed, on: place)
    #expect(file.points.count == 1)
    #expect(file.notices == ["1 of 2 geometries of \(mixed) have no place in the image's CRS: left out"])
  }

  @Test("a polygon drawn in windows has the same pixels as drawn at once")
  func windows() throws {
    let plain = Georeference(name: "photo.jpg", rows: 700, columns: 700)
    // Slopes that run through pixel centres, where rounding decides.
    let path = geoJSON("s.geojson", [(10, 10), (690, 237), (459, 690), (13, 333), (10, 10)])
    let file = try VectorFile.open(path, on: plain)
    let whole = try file.rasterised(plain.window)
    #expect(whole.cells.count { $0 } > 100_000)
    for (row, column, size) in [(0, 0, 100), (37, 211, 333), (250, 250, 13), (400, 9, 290)] {
      let window = Window(row: row, column: column, rows: size, columns: size)
      #expect(try file.rasterised(window) == whole.cropped(to: window))
    }
    let beyond = try file.rasterised(Window(row: -300, column: -5, rows: 400, columns: 50))
    #expect(
      beyond.cropped(to: Window(row: 300, column: 5, rows: 100, columns: 45))
        == whole.cropped(to: Window(row: 0, column: 0, rows: 100, columns: 45)))
  }

  @Test("tables of points are read by row and col, x and y, lon and lat; a bad line is named")
  func tables() throws {
    let place = raster(crs: try utm(33))
    let pixels = scratch.write("p.csv", "id,row,col\n1,3.5,7\n2,4,8.25\n")
    #expect(
      try PointTable.points(pixels, on: place) == [PixelPoint(row: 3.5, column: 7), PixelPoint(row: 4, column: 8.25)])
    let map = scratch.write("m.csv", "x;y;name\r\n500105;4999995;here\r\n")
    #expect(try PointTable.points(map, on: place) == [PixelPoint(row: 0, column: 10)])
    let degrees = scratch.write("d.csv", "lat,lon\n45.0,15.0\n")
    let point = try PointTable.points(degrees, on: place)[0]
    #expect(abs(point.column + 0.5) < 1e-6 && point.row > 1500)
    let bad = failure { () throws(RasterError) in
      try PointTable.points(scratch.write("b.csv", "x,y\n1,2\n3,oops\n"), on: place)
    }
    #expect(bad?.message == "\(scratch["b.csv"]), line 3: \"3,oops\" has no two numbers")
    let header = failure { () throws(RasterError) in
      try PointTable.points(scratch.write("h.csv", "a,b\n1,2\n"), on: place)
    }
    #expect(header?.message == "\(scratch["h.csv"]): its first line (\"a,b\") must name row,col or lon,lat or x,y")
  }

  @Test("a GeoPackage keeps points, lines, CRS and NULL, and stands only when it is finished")
  func geoPackage() throws {
    let fields = [VectorLayout.Field("dx", .double), .init("flag", .integer), .init("why", .text)]
    let writer = try GeoPackageWriter.create(
      scratch["v.gpkg"], VectorLayout(layer: "vectors", geometry: .line, fields: fields, crs: try utm(33)))
    try writer.write(
      [MapPoint(east: 500_005, north: 4_999_995), MapPoint(east: 500_025, north: 4_999_975)],
      [.double(.nan), .integer(3), .text("ambiguous")])
    #expect(!scratch.files.contains("v.gpkg"))
    try writer.finish()
    #expect(scratch.files == ["v.gpkg"])
    let file = try VectorFile.open(scratch["v.gpkg"], on: raster(crs: try utm(33)))
    #expect(file.points == [PixelPoint(row: 0, column: 0), PixelPoint(row: 2, column: 2)])
    let dropped = try GeoPackageWriter.create(
      scratch["w.gpkg"], VectorLayout(layer: "w", geometry: .point, fields: [], crs: nil))
    dropped.cancel()
    #expect(scratch.files == ["v.gpkg"])
  }

  @Test("a GeoPackage without CRS is read back as pixels")
  func withoutCRS() throws {
    let writer = try GeoPackageWriter.create(
      scratch["n.gpkg"], VectorLayout(layer: "n", geometry: .point, fields: [.init("id", .integer)]))
    try writer.write([MapPoint(east: 12.5, north: 3)], [.integer(1)])
    try writer.finish()
    let file = try VectorFile.open(scratch["n.gpkg"], on: Georeference(name: "photo", rows: 9, columns: 9))
    #expect(file.points == [PixelPoint(row: 3, column: 12.5)])
    let place = raster(crs: try utm(33))
    let refused = failure { () throws(RasterError) in
      try VectorFile.open(scratch["n.gpkg"], on: place)
    }
    #expect(refused?.message.contains("has no CRS and a.tif has EPSG:32633") == true)
  }

  @Test("100 000 points with six attributes take less than 2 s of processor time")
  func speed() throws {
    let names = ["dx", "dy", "ncc", "sigma", "east", "north"]
    let layout = VectorLayout(
      layer: "v", geometry: .point, fields: names.map { VectorLayout.Field($0, .double) }, crs: try utm(33))
    let seconds = try processorTime {
      let writer = try GeoPackageWriter.create(scratch["s.gpkg"], layout)
      for index in 0..<100_000 {
        let value = VectorValue.double(Double(index) * 0.01)
        try writer.write(
          [MapPoint(east: 5e5 + Double(index % 300), north: 5e6 + Double(index / 300))],
          Array(repeating: value, count: 6))
      }
      try writer.finish()
    }
    print("100 000 features: \(seconds) s")
    #expect(seconds < 2)
  }

  @Test("the Perito Moreno mask is a mask of its images", .enabled(if: perito != nil, "needs ../shared/data"))
  func realMask() throws {
    let path = try #require(perito).path
    let image = try RasterImage.open(path.replacing("mask.jpg", with: "20200101.jpg"))
    let mask = try MaskSource.open(path, on: image.info.georeference)
    let share = Double(try mask.read(image.window).cells.count { $0 }) / Double(image.rows * image.columns)
    print("Perito Moreno mask: \(share)")
    #expect(share > 0.05 && share < 0.95)
  }
}

private let perito = SharedData.file("perito_moreno_s2/mask.jpg")
