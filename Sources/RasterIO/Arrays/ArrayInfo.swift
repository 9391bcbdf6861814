// SPDX-License-Identifier: Apache-2.0

/// What a named array of a NetCDF file or Zarr store is, apart from its values.
public struct ArrayInfo: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case numbers(RasterDataType)
    case text
    /// Records and the like, which are not read.
    case other
  }

  /// One of its axes; axes of one name are the same in the whole file.
  public struct Axis: Hashable, Sendable {
    public let name: String
    public let size: Int
  }

  public let name: String
  /// Slowest first; none for a single value.
  public let axes: [Axis]
  public let content: Content
  /// Empty when the file names none.
  public let unit: String
  public let attributes: [NetCDFAttribute]
  /// What missing is stored as; nil when the file does not say.
  public let missing: Double?
  /// Factor and summand that turn stored numbers into the unit.
  public let scale, offset: Double
  /// Sides of the stored blocks, an entry an axis; 1 or the whole axis where the array lies in one piece.
  public let block: [Int]
  /// Whether it is stored in blocks, which are read whole.
  public let isBlocked: Bool

  public var sizes: [Int] { axes.map(\.size) }
  public var count: Int { sizes.reduce(1, *) }

  /// An attribute that is text.
  public func text(_ name: String) -> String? {
    if case .text(let text)? = attributes.first(where: { $0.name == name })?.value { return text }
    return nil
  }

  /// An attribute that is one number.
  public func number(_ name: String) -> Double? { attributes.first { $0.name == name }?.number }
}

extension NetCDFAttribute {
  /// Its value as a number; nil for text and for lists of more than one.
  public var number: Double? {
    switch value {
    case .double(let number): number
    case .float(let number): Double(number)
    case .integer(let number): Double(number)
    case .shorts(let all): all.count == 1 ? Double(all[0]) : nil
    case .doubles(let all): all.count == 1 ? all[0] : nil
    case .text: nil
    }
  }
}
