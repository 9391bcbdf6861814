// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids

extension RasterInfo {
  init(_ handle: RasterHandle, path: String, band number: Int) {
    let dataset = handle.dataset
    let band = handle.band(number)
    self.path = path
    format = GDALGetDriverShortName(GDALGetDatasetDriver(dataset)).map { String(cString: $0) } ?? ""
    rows = Int(GDALGetRasterYSize(dataset))
    columns = Int(GDALGetRasterXSize(dataset))
    bandCount = Int(GDALGetRasterCount(dataset))
    self.band = number
    dataType = RasterDataType(band: band)
    nodata = RasterInfo.nodata(of: band)
    unit = GDALGetRasterUnitType(band).map { String(cString: $0) } ?? ""
    description = GDALGetDescription(band).map { String(cString: $0) } ?? ""
    scale = GDALGetRasterScale(band, nil)
    offset = GDALGetRasterOffset(band, nil)
    crs = CRS(handle: GDALGetSpatialRef(dataset))
    transform = GeoTransform(dataset: dataset)
    // GDAL keeps times of acquisition that it understands in a domain of their own.
    let file = RasterInfo.tags(of: dataset) + RasterInfo.tags(of: dataset, domain: "IMAGERY")
    let names = Set(file.map(\.name))
    metadata = file + RasterInfo.tags(of: band).filter { !names.contains($0.name) }
    let width = Double(columns)
    overviewFactors = (0..<GDALGetOverviewCount(band)).compactMap { index in
      GDALGetOverview(band, index).map { Int((width / Double(GDALGetRasterBandXSize($0))).rounded()) }
    }
    var blockWidth: Int32 = 0, blockHeight: Int32 = 0
    GDALGetBlockSize(band, &blockWidth, &blockHeight)
    blockRows = max(1, Int(blockHeight))
    blockColumns = max(1, Int(blockWidth))
  }

  private static func nodata(of band: UnsafeMutableRawPointer) -> Double? {
    var has: Int32 = 0
    // The 64-bit types have their own functions; the general one only complains about them.
    let value: Double =
      switch GDALGetRasterDataType(band) {
      case GDT_Int64: Double(GDALGetRasterNoDataValueAsInt64(band, &has))
      case GDT_UInt64: Double(GDALGetRasterNoDataValueAsUInt64(band, &has))
      default: GDALGetRasterNoDataValue(band, &has)
      }
    return has != 0 ? value : nil
  }

  private static func tags(of object: UnsafeMutableRawPointer, domain: String? = nil) -> [RasterTag] {
    strings(GDALGetMetadata(object, domain)).compactMap { line in
      guard let equals = line.firstIndex(of: "=") else { return nil }
      return RasterTag(String(line[..<equals]), String(line[line.index(after: equals)...]))
    }
  }
}

extension RasterDataType {
  init(band: UnsafeMutableRawPointer) {
    let signed = GDALGetMetadataItem(band, "PIXELTYPE", "IMAGE_STRUCTURE").map { String(cString: $0) }
    let type = RasterDataType(GDALGetRasterDataType(band))
    self = type == .uint8 && signed == "SIGNEDBYTE" ? .int8 : type
  }

  init(_ type: GDALDataType) { self = Self.pairs.first { $0.gdal == type }?.ours ?? .unknown }

  /// GDAL's type; that of bytes where it has none of its own.
  var gdal: GDALDataType { Self.pairs.first { $0.ours == self }?.gdal ?? GDT_Byte }

  private static let pairs: [(ours: RasterDataType, gdal: GDALDataType)] = [
    (.uint8, GDT_Byte), (.uint16, GDT_UInt16), (.int16, GDT_Int16), (.uint32, GDT_UInt32), (.int32, GDT_Int32),
    (.uint64, GDT_UInt64), (.int64, GDT_Int64), (.float32, GDT_Float32), (.float64, GDT_Float64),
    (.complexInt16, GDT_CInt16), (.complexInt32, GDT_CInt32), (.complexFloat32, GDT_CFloat32),
    (.complexFloat64, GDT_CFloat64),
  ]
}

extension GeoTransform {
  /// Nil where the dataset has none, or only the one that GDAL gives to photographs.
  init?(dataset: UnsafeMutableRawPointer) {
    var six = [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    guard GDALGetGeoTransform(dataset, &six) == CE_None, six != [0, 1, 0, 0, 0, 1] else { return nil }
    guard six.allSatisfy(\.isFinite), six[1] * six[5] - six[2] * six[4] != 0 else { return nil }
    self.init(
      originEast: six[0], originNorth: six[3], eastPerColumn: six[1], northPerRow: six[5], eastPerRow: six[2],
      northPerColumn: six[4])
  }

  /// The six numbers in GDAL's order.
  var gdal: [Double] { [originEast, eastPerColumn, eastPerRow, originNorth, northPerColumn, northPerRow] }
}

/// Which band of a file is read, and what to tell the user about it.
struct BandChoice {
  let band: Int
  private let count: Int
  private let isChosenHere: Bool
  private let colour: String?
  private let hasPoints: Bool

  init(_ handle: RasterHandle, path: String, wanted: Int?) throws(RasterError) {
    let count = Int(GDALGetRasterCount(handle.dataset))
    if count == 0 {
      let parts = strings(GDALGetMetadata(handle.dataset, "SUBDATASETS")).filter { $0.contains("_NAME=") }
        .compactMap { $0.split(separator: "=", maxSplits: 1).last.map(String.init) }
      throw RasterError(
        .container,
        parts.isEmpty
          ? "\(path) holds no image"
          : "\(path) holds \(parts.count) images; name one of them, e.g. \(parts.prefix(4).joined(separator: " or "))"
      )
    }
    if let wanted, !(1...count).contains(wanted) {
      throw RasterError(
        .noSuchBand,
        "\(path) has \(count) band\(count == 1 ? "" : "s"): there is no band \(wanted); give 1 to \(count)")
    }
    func interpretation(_ band: Int) -> GDALColorInterp { GDALGetRasterColorInterpretation(handle.band(band)) }
    let first = (1...count).first { interpretation($0) != GCI_AlphaBand } ?? 1
    band = wanted ?? first
    let grey = (1...count).count { interpretation($0) != GCI_AlphaBand }
    self.count = count
    isChosenHere = wanted == nil && grey > 1
    let name = GDALGetColorInterpretationName(interpretation(band)).map { String(cString: $0) }
    colour = name == "Undefined" ? nil : name?.lowercased()
    hasPoints = GDALGetGCPCount(handle.dataset) > 0
  }

  func notices(_ info: RasterInfo) -> [String] {
    let file = info.path.split(separator: "/").last.map(String.init) ?? info.path
    var out: [String] = []
    if isChosenHere {
      let name = info.description.isEmpty ? colour : info.description
      out.append(
        "\(file) has \(count) bands; band \(band)\(name.map { " (\($0))" } ?? "") is used: choose with --band")
    }
    if colour == "palette" { out.append("\(file) has a colour table; its indices are used as grey values") }
    if info.dataType.isComplex { out.append("\(file) has complex samples; their amplitude is used") }
    if info.transform == nil, hasPoints {
      out.append("\(file) is placed by ground control points only; it is used in pixels")
    }
    return out
  }
}
