// SPDX-License-Identifier: Apache-2.0

/// What the numbered bands of Landsat's instruments see.
enum LandsatBands {
  /// - Parameters:
  ///   - number: as in the metadata: `4`, `6_VCID_1`, `ST_B10`.
  ///   - sensor: `SENSOR_ID`: `MSS`, `TM`, `ETM`, `OLI_TIRS`, `OLI`, `TIRS`.
  static func name(_ number: String, sensor: String, satellite: Int) -> BandName? {
    switch sensor {
    case "MSS": multispectralScanner(number, satellite: satellite)
    case "TM", "ETM": thematicMapper(number)
    default: operationalLandImager(number)
    }
  }

  /// Landsat 1 to 3 count from 4, because the camera beside the scanner had 1 to 3; Landsat 4 and 5 count from 1.
  private static func multispectralScanner(_ number: String, satellite: Int) -> BandName? {
    let names: [BandName] = [.green, .red, .redEdge1, .nir]
    guard let index = Int(number).map({ $0 - (satellite <= 3 ? 4 : 1) }), names.indices.contains(index) else {
      return nil
    }
    return names[index]
  }

  private static func thematicMapper(_ number: String) -> BandName? {
    switch number {
    case "1": .blue
    case "2": .green
    case "3": .red
    case "4": .nir
    case "5": .swir1
    case "6", "6_VCID_1", "ST_B6": .thermal1
    case "6_VCID_2": .thermal2
    case "7": .swir2
    case "8": .panchromatic
    default: nil
    }
  }

  private static func operationalLandImager(_ number: String) -> BandName? {
    switch number {
    case "1": .coastal
    case "2": .blue
    case "3": .green
    case "4": .red
    case "5": .nir
    case "6": .swir1
    case "7": .swir2
    case "8": .panchromatic
    case "9": .cirrus
    case "10", "ST_B10": .thermal1
    case "11": .thermal2
    default: nil
    }
  }
}
