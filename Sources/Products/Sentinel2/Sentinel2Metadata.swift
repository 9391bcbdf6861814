// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// What the metadata of a whole Sentinel-2 product say.
///
/// Source: Sentinel-2 Products Specification Document (S2-PDGS-TAS-DI-PSD), issues 12 to 15.
struct Sentinel2Metadata {
  let id: String
  let platform: String?
  /// `L1C`, `L2A`.
  let level: String
  let start: String?
  let relativeOrbit: Int?
  let isAscending: Bool?
  let pass: String?
  let baseline: String?
  let cloudCover: Double?
  let footprint: [GeographicPoint]
  /// Digital numbers in a reflectance of 1; nil when not stated.
  let quantification: Double?
  /// Added to the digital number of each band, in the order of `Sentinel2Band`; nil when not stated.
  let offsets: [Double?]
  let missing, saturated: Float?
  /// Images of each granule as the product lists them.
  let granules: [MetadataTree]

  init(_ tree: MetadataTree, path: String) throws(SceneError) {
    guard tree.name.hasSuffix("_User_Product"), let level = tree.text("PROCESSING_LEVEL") else {
      throw SceneError(.badMetadata, path, "\(path) is no metadata of a Sentinel-2 product of level 1C or 2A")
    }
    // `Level-1C`; the pilot products of 2017 have `Level-2Ap`.
    self.level = "L" + level.replacingPrefix("Level-")
    let uri = tree.text("PRODUCT_URI") ?? tree.text("PRODUCT_URI_2A") ?? tree.text("PRODUCT_URI_1C")
    let folder = path.split(separator: "/").dropLast().last.map(String.init) ?? path
    id = (uri ?? folder).removingSuffix(".SAFE")
    platform = tree.text("SPACECRAFT_NAME")
    start = tree.text("DATATAKE_SENSING_START") ?? tree.text("PRODUCT_START_TIME")
    relativeOrbit = tree.text("SENSING_ORBIT_NUMBER").flatMap { Int($0) }
    isAscending = tree.text("SENSING_ORBIT_DIRECTION").map { $0 == "ASCENDING" }
    // `GS2B_20220413T150759_026649_N04.00`: without the baseline, which does not belong to the pass.
    pass = tree.first("Datatake")?.attribute("datatakeIdentifier").map {
      $0.split(separator: "_").prefix(3).joined(separator: "_")
    }
    baseline = tree.text("PROCESSING_BASELINE")
    cloudCover = (tree.number("Cloud_Coverage_Assessment") ?? tree.number("CLOUDY_PIXEL_OVER_LAND_PERCENTAGE"))
      .map { $0 / 100 }
    footprint = Self.ring(tree.first("EXT_POS_LIST")?.numbers)
    quantification =
      ["BOA_QUANTIFICATION_VALUE", "L2A_BOA_QUANTIFICATION_VALUE", "QUANTIFICATION_VALUE"].lazy
      .compactMap(tree.number).first
    var offsets = [Double?](repeating: nil, count: Sentinel2Band.allCases.count)
    for part in tree.all("RADIO_ADD_OFFSET", "BOA_ADD_OFFSET") {
      guard let band = Sentinel2Band(index: part.attribute("band_id")) else { continue }
      offsets[band.index] = Double(part.trimmed)
    }
    self.offsets = offsets
    func special(_ name: String) -> Float? {
      tree.all("Special_Values").first { $0.text("SPECIAL_VALUE_TEXT") == name }?.number("SPECIAL_VALUE_INDEX")
        .map { Float($0) }
    }
    missing = special("NODATA")
    saturated = special("SATURATED")
    granules = tree.all("Granule", "Granules")
  }

  /// Whether digital numbers were shifted by an offset: from processing baseline 04.00 of January 2022 on.
  var needsOffset: Bool { (baseline.flatMap(Double.init) ?? 0) >= 4 }

  /// The calibration of a band: reflectance = (number + offset) / quantification. Nil when the product gives none.
  func calibration(of band: Sentinel2Band) -> BandCalibration? {
    guard let quantification, quantification > 0 else { return nil }
    return .reflectance(scale: 1 / quantification, offset: (offsets[band.index] ?? 0) / quantification)
  }

  var notices: [String] {
    var out: [String] = []
    if quantification == nil {
      out.append("\(id): the metadata give no quantification value; digital numbers stay as they are")
    }
    if needsOffset, offsets.allSatisfy({ $0 == nil }) {
      out.append("\(id): baseline \(baseline ?? "") should state a radiometric offset and does not; none is applied")
    }
    return out
  }

  /// Latitudes and longitudes in turn, the first place repeated at the end.
  private static func ring(_ numbers: [Double]?) -> [GeographicPoint] {
    guard let numbers, numbers.count >= 6, numbers.count % 2 == 0 else { return [] }
    var ring = stride(from: 0, to: numbers.count, by: 2).map {
      GeographicPoint(longitude: numbers[$0 + 1], latitude: numbers[$0])
    }
    if ring.first == ring.last { ring.removeLast() }
    return ring
  }
}

extension String {
  func replacingPrefix(_ prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }

  func removingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
