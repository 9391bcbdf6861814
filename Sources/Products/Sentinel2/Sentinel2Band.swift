// SPDX-License-Identifier: Apache-2.0

/// A band of Sentinel-2's instrument; the order is that of `bandId` in the metadata.
enum Sentinel2Band: String, CaseIterable {
  case b01 = "B01"
  case b02 = "B02"
  case b03 = "B03"
  case b04 = "B04"
  case b05 = "B05"
  case b06 = "B06"
  case b07 = "B07"
  case b08 = "B08"
  case b8a = "B8A"
  case b09 = "B09"
  case b10 = "B10"
  case b11 = "B11"
  case b12 = "B12"

  /// The band of a `bandId`; nil when it is none.
  init?(index: String?) {
    guard let index = index.flatMap(Int.init), Self.allCases.indices.contains(index) else { return nil }
    self = Self.allCases[index]
  }

  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Side of a pixel as it was taken, m.
  var resolution: Double {
    switch self {
    case .b02, .b03, .b04, .b08: 10
    case .b05, .b06, .b07, .b8a, .b11, .b12: 20
    case .b01, .b09, .b10: 60
    }
  }

  var name: BandName {
    switch self {
    case .b01: .coastal
    case .b02: .blue
    case .b03: .green
    case .b04: .red
    case .b05: .redEdge1
    case .b06: .redEdge2
    case .b07: .redEdge3
    case .b08: .nir
    case .b8a: .nirNarrow
    case .b09: .waterVapour
    case .b10: .cirrus
    case .b11: .swir1
    case .b12: .swir2
    }
  }
}
