// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// How grey values of a simulated image are stored: their type, range and the value that stands for missing.
struct GreyStorage: Sendable {
  let type: RasterLayout.SampleType
  /// Nil stores fractions.
  private let range: ClosedRange<Float>?
  /// Value of missing pixels; nil where none is missing or where NaN can be stored.
  private(set) var nodata: Float?

  /// Fractions with NaN for missing.
  static let float = GreyStorage(type: .float32, range: nil)

  /// Whole numbers of 8 bits.
  static let bytes = GreyStorage(type: .uint8, range: 0...255)

  private init(type: RasterLayout.SampleType, range: ClosedRange<Float>?) {
    (self.type, self.range) = (type, range)
  }

  /// The storage that keeps the type of a source; types that `Float` can't hold to the last digit become float.
  init(source: RasterDataType) {
    switch source {
    case .uint8: self = .bytes
    case .uint16: self.init(type: .uint16, range: 0...65_535)
    case .int8, .int16: self.init(type: .int16, range: -32_768...32_767)
    default: self = .float
    }
  }

  /// The storage of an image in which pixels are missing.
  ///
  /// - Parameter wanted: the source's own nodata value, kept where the type can hold it.
  func withMissing(_ wanted: Double?) -> GreyStorage {
    guard let range else { return self }
    var out = self
    let value = Float(wanted ?? 0)
    out.nodata = value == value.rounded() && range.contains(value) ? value : range.lowerBound
    return out
  }

  /// Values as they are stored: rounded, clipped, and moved off the nodata value, which would make them missing.
  func stored(_ grid: Grid<Float>) -> Grid<Float> {
    guard let range else { return grid }
    let spare = nodata.map { $0 < range.upperBound ? $0 + 1 : $0 - 1 }
    return grid.map { value in
      guard !value.isNaN else { return value }
      let whole = min(max(value.rounded(.toNearestOrEven), range.lowerBound), range.upperBound)
      if let nodata, let spare, whole == nodata { return spare }
      return whole
    }
  }
}
