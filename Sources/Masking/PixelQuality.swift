// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Classes from the bits of the band QA_PIXEL of Landsat Collection 2.
///
/// Source: USGS, Landsat Collection 2 data format control books (LSDS-1618, LSDS-1619), table of QA_PIXEL. Checked by:
/// `ProductClassTests`.
public enum PixelQuality {
  /// Which bits count as cloud.
  public struct Parameters: ParameterSet {
    @Parameter("Whether the margin that was put around clouds (bit 1) counts as cloud")
    public var dilatedCloud = true

    @Parameter("Whether cirrus of high confidence (bit 2) counts as cloud; high ice is often taken for it")
    public var cirrus = true

    public init() {}
  }

  /// The class of each pixel of a QA_PIXEL band; NaN is null. Cloud wins over shadow, shadow over snow, snow over water.
  public static func classes(_ band: Grid<Float>, parameters p: Parameters = Parameters()) -> Grid<SurfaceClass> {
    let clouds = Bits.cloud | (p.dilatedCloud ? Bits.dilatedCloud : 0) | (p.cirrus ? Bits.cirrus : 0)
    return band.map { value in
      guard value >= 0, value <= Float(UInt16.max) else { return .null }
      let bits = UInt16(value)
      if bits & Bits.fill != 0 { return .null }
      if bits & clouds != 0 { return .cloud }
      if bits & Bits.shadow != 0 { return .shadow }
      if bits & Bits.snow != 0 { return .snow }
      return bits & Bits.water != 0 ? .water : .land
    }
  }

  private enum Bits {
    static let fill: UInt16 = 1 << 0, dilatedCloud: UInt16 = 1 << 1, cirrus: UInt16 = 1 << 2, cloud: UInt16 = 1 << 3
    static let shadow: UInt16 = 1 << 4, snow: UInt16 = 1 << 5, water: UInt16 = 1 << 7
  }
}
