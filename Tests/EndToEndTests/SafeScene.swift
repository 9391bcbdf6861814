// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation
import Grids
import RasterIO

/// A Sentinel-2 product of one band in the layout of the agency, with detectors side by side along a leaning track.
struct SafeScene {
  let day: String
  /// Before 04.00 footprints are polygons and numbers have no offset.
  let baseline: String
  let rows = 192, columns = 288
  /// Columns that the track moves by in a row.
  static let lean = -0.25
  /// Where detectors 2, 3 and so on begin in the uppermost row.
  static let edges = [72.0, 132, 192, 252, 312]

  static func detector(_ row: Int, _ column: Int) -> Int {
    1 + edges.count { Double(column) >= $0 + lean * Double(row) }
  }

  var name: String {
    "S2A_MSIL1C_\(day)T101021_N\(baseline.filter { $0 != "." })_R022_T32TPS_\(day)T121212.SAFE"
  }
  private var granule: String { "GRANULE/L1C_T32TPS_A012345_\(day)T101024" }
  private var image: String { "\(granule)/IMG_DATA/T32TPS_\(day)T101021_B04" }
  private var isNew: Bool { baseline >= "04.00" }

  /// Writes it into a folder.
  ///
  /// - Parameter pixels: of 8 bits.
  func write(in folder: RunScratch, _ pixels: Data) throws {
    let values = pixels.suffix(rows * columns).map { Float($0) * 10 + (isNew ? 2000 : 1000) }
    try put(folder, "MTD_MSIL1C.xml", document)
    try put(folder, "\(granule)/MTD_TL.xml", tile)
    try jpeg2000(folder, "\(image).jp2", Grid(rows: rows, columns: columns, cells: values))
    if isNew {
      let detectors = (0..<rows * columns).map { Float(Self.detector($0 / columns, $0 % columns)) }
      try jpeg2000(
        folder, "\(granule)/QI_DATA/MSK_DETFOO_B04.jp2", Grid(rows: rows, columns: columns, cells: detectors))
    } else {
      try put(folder, "\(granule)/QI_DATA/MSK_DETFOO_B04.gml", footprint)
    }
  }

  private func put(_ folder: RunScratch, _ file: String, _ text: String) throws {
    let url = URL(filePath: "\(folder.path)/\(name)/\(file)")
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func jpeg2000(_ folder: RunScratch, _ file: String, _ grid: Grid<Float>) throws {
    var layout = RasterLayout(rows: grid.rows, columns: grid.columns, type: .uint16)
    layout.transform = GeoTransform(originEast: 600_000, originNorth: 5_200_020, eastPerColumn: 10, northPerRow: -10)
    layout.crs = try CRS("EPSG:32632")
    let source = "\(folder.path)/copied.tif"
    let writer = try RasterWriter.create(source, layout)
    try writer.write(grid)
    try writer.finish()
    let url = URL(filePath: "\(folder.path)/\(name)/\(file)")
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    GDALAllRegister()
    let dataset = GDALOpen(source, GA_ReadOnly)
    var options: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for option in ["REVERSIBLE=YES", "QUALITY=100"] { options = CSLAddString(options, option) }
    let copy = GDALCreateCopy(GDALGetDriverByName("JP2OpenJPEG"), url.path, dataset, 0, options, nil, nil)
    CSLDestroy(options)
    GDALClose(dataset)
    guard let copy else { throw RasterError(.writeFailed, "\(file): no JPEG 2000 was written") }
    GDALClose(copy)
    try FileManager.default.removeItem(atPath: source)
  }

  private var date: String { "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))" }

  private var document: String {
    let offsets =
      isNew
      ? "<Offsets>" + (0..<13).map { "<RADIO_ADD_OFFSET band_id=\"\($0)\">-1000</RADIO_ADD_OFFSET>" }.joined()
        + "</Offsets>"
      : ""
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <n1:Level-1C_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-1C.xsd">
        <n1:General_Info><Product_Info><PRODUCT_URI>\(name)</PRODUCT_URI>
          <PROCESSING_LEVEL>Level-1C</PROCESSING_LEVEL><PROCESSING_BASELINE>\(baseline)</PROCESSING_BASELINE>
          <Datatake datatakeIdentifier="GS2A_\(day)T101021_012345_N\(baseline)">
            <SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME>
            <DATATAKE_SENSING_START>\(date)T10:10:21.024Z</DATATAKE_SENSING_START>
            <SENSING_ORBIT_NUMBER>22</SENSING_ORBIT_NUMBER>
            <SENSING_ORBIT_DIRECTION>DESCENDING</SENSING_ORBIT_DIRECTION></Datatake>
          <Granule_List><Granule imageFormat="JPEG2000"><IMAGE_FILE>\(image)</IMAGE_FILE></Granule></Granule_List>
        </Product_Info><Product_Image_Characteristics>
          <Special_Values><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT>
            <SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX></Special_Values>
          <QUANTIFICATION_VALUE unit="none">10000</QUANTIFICATION_VALUE>\(offsets)
        </Product_Image_Characteristics></n1:General_Info>
      </n1:Level-1C_User_Product>
      """
  }

  private var tile: String {
    """
    <n1:Level-1C_Tile_ID xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/S2_PDI_Level-1C_Tile_Metadata.xsd">
      <n1:General_Info><TILE_ID>S2A_OPER_MSI_L1C_TL_A012345_T32TPS_N\(baseline)</TILE_ID>
        <SENSING_TIME>\(date)T10:10:24.846358Z</SENSING_TIME></n1:General_Info>
      <n1:Geometric_Info><Tile_Geocoding><HORIZONTAL_CS_CODE>EPSG:32632</HORIZONTAL_CS_CODE>
        <Size resolution="10"><NROWS>\(rows)</NROWS><NCOLS>\(columns)</NCOLS></Size>
        <Geoposition resolution="10"><ULX>600000</ULX><ULY>5200020</ULY><XDIM>10</XDIM><YDIM>-10</YDIM></Geoposition>
      </Tile_Geocoding><Tile_Angles>
        <Mean_Sun_Angle><ZENITH_ANGLE>63</ZENITH_ANGLE><AZIMUTH_ANGLE>160</AZIMUTH_ANGLE></Mean_Sun_Angle>
      </Tile_Angles></n1:Geometric_Info>
      <n1:Quality_Indicators_Info><Pixel_Level_QI>
        <MASK_FILENAME bandId="3" type="MSK_DETFOO">\(granule)/QI_DATA/MSK_DETFOO_B04.\(isNew ? "jp2" : "gml")</MASK_FILENAME>
      </Pixel_Level_QI></n1:Quality_Indicators_Info>
    </n1:Level-1C_Tile_ID>
    """
  }

  private var footprint: String {
    let borders = [-200] + Self.edges + [500]
    let features = (1..<borders.count).map { number in
      // Edges run through the outer sides of the first and last row; a pixel belongs where its centre lies.
      func place(_ edge: Double, _ row: Double) -> String {
        let east = 600_000 + 10 * (edge + Self.lean * (row - 0.5) + 0.5)
        return "\(east) \(5_200_020 - 10 * row) 0"
      }
      let left = borders[number - 1] - 0.01, right = borders[number] - 0.01, bottom = Double(rows)
      return """
        <eop:MaskFeature gml:id="detector_footprint-B04-0\(number)-0"><eop:extentOf><gml:Polygon><gml:exterior>
        <gml:LinearRing><gml:posList srsDimension="3">\(place(left, 0)) \(place(right, 0)) \(place(right, bottom))
        \(place(left, bottom)) \(place(left, 0))</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>
        </eop:extentOf></eop:MaskFeature>
        """
    }
    return """
      <eop:Mask xmlns:eop="http://www.opengis.net/eop/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><eop:maskMembers>
      \(features.joined())</eop:maskMembers></eop:Mask>
      """
  }
}
