// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// A Sentinel-2 product in the layout of the agency, of any size: as it stands 24 × 24 pixels of 10 m with the bands red,
/// near infrared and SWIR.
public struct SafeFixture: Sendable {
  public var level: String
  public var baseline: String
  public var day: String
  public var bands: [String]
  public var tile = "33XWJ"
  public var crs = 32_633
  /// The upper left corner of the tile, m.
  public var east = 499_980, north = 8_900_040
  /// Pixels of 10 m along each side; even.
  public var side = 24
  /// Detector 5 over the first 10 of 24 parts of the columns, detector 6 over the next 10, none to the right, when nil.
  public var detectors: Detectors?
  /// Digital numbers of a window of a band whose pixels have so many metres; nil counts pixels from 1000 on, the first 0.
  public var pixels: (@Sendable (_ band: String, _ metres: Int, _ window: Window) throws -> Grid<Float>)?

  public init(
    level: String = "1C", baseline: String = "03.01", day: String = "20220413",
    bands: [String] = ["B04", "B08", "B11"]
  ) {
    (self.level, self.baseline, self.day, self.bands) = (level, baseline, day, bands)
  }

  public var name: String {
    "S2B_MSIL\(level)_\(day)T150759_N\(baseline.filter { $0 != "." })_R025_T\(tile)_\(day)T182126.SAFE"
  }
  public var granule: String { "GRANULE/L\(level)_T\(tile)_A026649_\(day)T150756" }
  var isNew: Bool { baseline >= "04.00" }
  private static let fine: Set<String> = ["B02", "B03", "B04", "B08"]

  /// A band's file without its ending, in the product.
  public func image(_ band: String) -> String {
    let metres = Self.metres(band)
    let folder = level == "2A" ? "IMG_DATA/R\(metres)m" : "IMG_DATA"
    return "\(granule)/\(folder)/T\(tile)_\(day)T150759_\(band)" + (level == "2A" ? "_\(metres)m" : "")
  }

  private static func metres(_ band: String) -> Int { fine.contains(band) ? 10 : 20 }

  /// Writes the product into a folder; returns its own.
  @discardableResult
  public func write(to folder: String, images: Bool = true) throws -> String {
    let path = "\(folder)/\(name)"
    try ImageFile.write(document, to: "\(path)/MTD_MSIL\(level).xml")
    try ImageFile.write(metadata, to: "\(path)/\(granule)/MTD_TL.xml")
    guard images else { return path }
    for band in bands + (level == "2A" ? ["SCL"] : []) {
      let metres = Self.metres(band)
      try image(to: "\(path)/\(image(band)).jp2", metres, band == "SCL" ? .uint8 : .uint16) {
        try pixels?(band, metres, $0) ?? counted($0, columns: side * 10 / metres)
      }
    }
    let outlines = "\(path)/\(granule)/QI_DATA/MSK_DETFOO_B04"
    if isNew {
      let detectors = usedDetectors
      try image(to: outlines + ".jp2", 10, .uint8) { window in
        Grid(
          rows: window.rows, columns: window.columns,
          cells: (0..<window.rows * window.columns).map {
            Float(detectors.number(window.row + $0 / window.columns, window.column + $0 % window.columns))
          })
      }
    } else {
      try ImageFile.write(footprint, to: outlines + ".gml")
    }
    return path
  }

  private func image(
    to path: String, _ metres: Int, _ type: RasterLayout.SampleType, _ pixels: (Window) throws -> Grid<Float>
  ) throws {
    var layout = RasterLayout(rows: side * 10 / metres, columns: side * 10 / metres, type: type)
    layout.transform = GeoTransform(
      originEast: Double(east), originNorth: Double(north), eastPerColumn: Double(metres),
      northPerRow: -Double(metres))
    layout.crs = try CRS("EPSG:\(crs)")
    let source = path + ".tif"
    try ImageFile.tiff(source, layout, pixels: pixels)
    try ImageFile.jpeg2000(copying: source, to: path)
    try FileManager.default.removeItem(atPath: source)
  }

  private func counted(_ window: Window, columns: Int) -> Grid<Float> {
    Grid(
      rows: window.rows, columns: window.columns,
      cells: (0..<window.rows * window.columns).map { index in
        let place = (window.row + index / window.columns) * columns + window.column + index % window.columns
        return place == 0 ? 0 : Float(1000 + place)
      })
  }

  private var document: String {
    let images = (bands + (level == "2A" ? ["SCL"] : [])).map { "<IMAGE_FILE>\(image($0))</IMAGE_FILE>" }
    let tag = level == "2A" ? "BOA_ADD_OFFSET" : "RADIO_ADD_OFFSET"
    let offsets =
      isNew
      ? "<Offsets>" + (0..<13).map { "<\(tag) band_id=\"\($0)\">-1000</\(tag)>" }.joined() + "</Offsets>" : ""
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <n1:Level-\(level)_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product.xsd">
        <n1:General_Info><Product_Info>
          <PRODUCT_URI>\(name)</PRODUCT_URI>
          <PROCESSING_LEVEL>Level-\(level)</PROCESSING_LEVEL>
          <PROCESSING_BASELINE>\(baseline)</PROCESSING_BASELINE>
          <Datatake datatakeIdentifier="GS2B_\(day)T150759_026649_N\(baseline)">
            <SPACECRAFT_NAME>Sentinel-2B</SPACECRAFT_NAME>
            <DATATAKE_SENSING_START>2022-04-13T15:07:59.024Z</DATATAKE_SENSING_START>
            <SENSING_ORBIT_NUMBER>25</SENSING_ORBIT_NUMBER>
            <SENSING_ORBIT_DIRECTION>ASCENDING</SENSING_ORBIT_DIRECTION>
          </Datatake>
          <Granule_List><Granule imageFormat="JPEG2000">\(images.joined())</Granule></Granule_List>
        </Product_Info><Product_Image_Characteristics>
          <Special_Values><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT>
            <SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX></Special_Values>
          <\(level == "2A" ? "BOA_" : "")QUANTIFICATION_VALUE unit="none">10000</\(level == "2A" ? "BOA_" : "")QUANTIFICATION_VALUE>
          \(offsets)
        </Product_Image_Characteristics></n1:General_Info>
        <n1:Geometric_Info><EXT_POS_LIST>80.1 17.7 79.1 17.2 79.2 15.0 80.1 17.7</EXT_POS_LIST></n1:Geometric_Info>
        <n1:Quality_Indicators_Info><Cloud_Coverage_Assessment>12.5</Cloud_Coverage_Assessment></n1:Quality_Indicators_Info>
      </n1:Level-\(level)_User_Product>
      """
  }

  private var metadata: String {
    let ending = isNew ? "jp2" : "gml"
    let sizes = [(10, side), (20, side / 2)].map { side, count in
      """
      <Size resolution="\(side)"><NROWS>\(count)</NROWS><NCOLS>\(count)</NCOLS></Size>
      <Geoposition resolution="\(side)"><ULX>\(east)</ULX><ULY>\(north)</ULY><XDIM>\(side)</XDIM><YDIM>-\(side)</YDIM>
      </Geoposition>
      """
    }
    return """
      <n1:Level-\(level)_Tile_ID xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/Tile_Metadata.xsd">
        <n1:General_Info><TILE_ID>S2B_OPER_MSI_L\(level)_TL_A026649_T\(tile)_N\(baseline)</TILE_ID>
          <SENSING_TIME>\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))T15:08:07.846358Z</SENSING_TIME></n1:General_Info>
        <n1:Geometric_Info><Tile_Geocoding>
          <HORIZONTAL_CS_CODE>EPSG:\(crs)</HORIZONTAL_CS_CODE>\(sizes.joined())</Tile_Geocoding>
          <Tile_Angles>
            <Sun_Angles_Grid>
              <Zenith><COL_STEP unit="m">5000</COL_STEP><ROW_STEP unit="m">5000</ROW_STEP><Values_List>
                <VALUES>60 62</VALUES><VALUES>64 66</VALUES></Values_List></Zenith>
              <Azimuth><COL_STEP unit="m">5000</COL_STEP><ROW_STEP unit="m">5000</ROW_STEP><Values_List>
                <VALUES>350 10</VALUES><VALUES>350 10</VALUES></Values_List></Azimuth>
            </Sun_Angles_Grid>
            <Mean_Sun_Angle><ZENITH_ANGLE>63</ZENITH_ANGLE><AZIMUTH_ANGLE>0.5</AZIMUTH_ANGLE></Mean_Sun_Angle>
          </Tile_Angles></n1:Geometric_Info>
        <n1:Quality_Indicators_Info><Pixel_Level_QI>
          <MASK_FILENAME bandId="3" type="MSK_DETFOO">\(granule)/QI_DATA/MSK_DETFOO_B04.\(ending)</MASK_FILENAME>
        </Pixel_Level_QI></n1:Quality_Indicators_Info>
      </n1:Level-\(level)_Tile_ID>
      """
  }

  private var usedDetectors: Detectors {
    detectors ?? Detectors(first: 5, edges: [0, 10, 20].map { Double($0 * side) / 24 })
  }

  private var footprint: String {
    let detectors = usedDetectors, bottom = Double(side)
    func place(_ edge: Double, _ row: Double) -> String {
      "\(Double(east) + 10 * (edge + detectors.lean * row)) \(Double(north) - 10 * row) 0"
    }
    let features = zip(detectors.edges, detectors.edges.dropFirst()).enumerated().map { index, ends in
      """
      <eop:MaskFeature gml:id="detector_footprint-B04-0\(detectors.first + index)-0"><eop:extentOf><gml:Polygon><gml:exterior>
      <gml:LinearRing><gml:posList srsDimension="3">\(place(ends.0, 0)) \(place(ends.1, 0)) \(place(ends.1, bottom))
      \(place(ends.0, bottom)) \(place(ends.0, 0))</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>
      </eop:extentOf></eop:MaskFeature>
      """
    }
    return """
      <eop:Mask xmlns:eop="http://www.opengis.net/eop/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><eop:maskMembers>
      \(features.joined())</eop:maskMembers></eop:Mask>
      """
  }
}

/// Detectors of a satellite side by side along its track, one number after the other.
public struct Detectors: Sendable {
  public let first: Int
  /// Where the first begins and each ends at the upper edge of the image, columns from its left edge.
  public let edges: [Double]
  /// Columns that the track moves by in a row.
  public let lean: Double

  public init(first: Int, edges: [Double], lean: Double = 0) {
    (self.first, self.edges, self.lean) = (first, edges, lean)
  }

  /// The detector that the centre of a pixel of 10 m lies in; 0 outside of all.
  public func number(_ row: Int, _ column: Int) -> Int {
    let place = Double(column) + 0.5 - lean * (Double(row) + 0.5)
    guard place >= edges[0], let after = edges.firstIndex(where: { $0 > place }) else { return 0 }
    return first + after - 1
  }
}
