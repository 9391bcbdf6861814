// SPDX-License-Identifier: Apache-2.0
import Grids

/// A small Sentinel-2 product in the layout of the agency: 24 × 24 pixels of 10 m, bands red, near infrared, SWIR.
struct SafeFixture {
  var level = "1C"
  var baseline = "03.01"
  var day = "20220413"
  var bands = ["B04", "B08", "B11"]

  var name: String {
    "S2B_MSIL\(level)_\(day)T150759_N\(baseline.filter { $0 != "." })_R025_T33XWJ_\(day)T182126.SAFE"
  }
  var granule: String { "GRANULE/L\(level)_T33XWJ_A026649_\(day)T150756" }
  var isNew: Bool { baseline >= "04.00" }

  func image(_ band: String) -> String {
    let side = ["B04": 10, "B08": 10, "SCL": 20][band] ?? 20
    let folder = level == "2A" ? "IMG_DATA/R\(side)m" : "IMG_DATA"
    return "\(granule)/\(folder)/T33XWJ_\(day)T150759_\(band)" + (level == "2A" ? "_\(side)m" : "")
  }

  /// Writes the product; returns its folder.
  @discardableResult
  func write(in scratch: Scratch, images: Bool = true) throws -> String {
    scratch.write("\(name)/MTD_MSIL\(level).xml", document)
    scratch.write("\(name)/\(granule)/MTD_TL.xml", tile)
    guard images else { return scratch[name] }
    for band in bands + (level == "2A" ? ["SCL"] : []) {
      let isFine = band == "B04" || band == "B08"
      try scratch.jpeg2000(
        "\(name)/\(image(band)).jp2", isFine ? numbers(24, 24) : numbers(12, 12), side: isFine ? 10 : 20)
    }
    if isNew {
      let detectors = Grid(
        rows: 24, columns: 24, cells: (0..<576).map { Float($0 % 24 < 10 ? 5 : $0 % 24 < 20 ? 6 : 0) })
      try scratch.jpeg2000("\(name)/\(granule)/QI_DATA/MSK_DETFOO_B04.jp2", detectors)
    } else {
      scratch.write("\(name)/\(granule)/QI_DATA/MSK_DETFOO_B04.gml", footprint)
    }
    return scratch[name]
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

  private var tile: String {
    let ending = isNew ? "jp2" : "gml"
    let sizes = [(10, 24), (20, 12)].map { side, count in
      """
      <Size resolution="\(side)"><NROWS>\(count)</NROWS><NCOLS>\(count)</NCOLS></Size>
      <Geoposition resolution="\(side)"><ULX>499980</ULX><ULY>8900040</ULY><XDIM>\(side)</XDIM><YDIM>-\(side)</YDIM>
      </Geoposition>
      """
    }
    return """
      <n1:Level-\(level)_Tile_ID xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/Tile_Metadata.xsd">
        <n1:General_Info><TILE_ID>S2B_OPER_MSI_L\(level)_TL_A026649_T33XWJ_N\(baseline)</TILE_ID>
          <SENSING_TIME>\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))T15:08:07.846358Z</SENSING_TIME></n1:General_Info>
        <n1:Geometric_Info><Tile_Geocoding>
          <HORIZONTAL_CS_CODE>EPSG:32633</HORIZONTAL_CS_CODE>\(sizes.joined())</Tile_Geocoding>
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

  /// Detector 5 over the columns 0 to 9, detector 6 over 10 to 19, none to the right.
  private var footprint: String {
    func feature(_ detector: Int, _ west: Int, _ east: Int) -> String {
      """
      <eop:MaskFeature gml:id="detector_footprint-B04-0\(detector)-0"><eop:extentOf><gml:Polygon><gml:exterior>
      <gml:LinearRing><gml:posList srsDimension="3">\(west) 8900040 0 \(east) 8900040 0 \(east) 8899800 0 \(west) 8899800 0
      \(west) 8900040 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></eop:extentOf></eop:MaskFeature>
      """
    }
    return """
      <eop:Mask xmlns:eop="http://www.opengis.net/eop/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><eop:maskMembers>
      \(feature(5, 499_980, 500_080))\(feature(6, 500_080, 500_180))</eop:maskMembers></eop:Mask>
      """
  }
}
