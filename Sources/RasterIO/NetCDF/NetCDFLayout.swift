// SPDX-License-Identifier: Apache-2.0

/// A named piece of text or number(s) of a NetCDF file or of one of its variables.
public struct NetCDFAttribute: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case text(String)
    case double(Double)
    case float(Float)
    case integer(Int32)
    /// Values of flags, in the type of a 16-bit variable.
    case shorts([Int16])
    case doubles([Double])
  }

  public let name: String
  public let value: Value

  public init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }
  public init(_ name: String, _ text: String) { self.init(name, .text(text)) }
}

/// An axis of a NetCDF file.
public struct NetCDFDimension: Hashable, Sendable {
  public let name: String
  public let size: Int

  public init(_ name: String, _ size: Int) {
    precondition(size > 0, "an axis needs at least one place")
    (self.name, self.size) = (name, size)
  }
}

/// A variable of a NetCDF file.
public struct NetCDFVariable: Hashable, Sendable {
  public let name: String
  /// Its axes, slowest first; none for a single value.
  public let dimensions: [String]
  public let type: RasterLayout.SampleType
  /// What missing is stored as (`_FillValue`); nil when every place has a value.
  public var missing: Double?
  public var attributes: [NetCDFAttribute] = []
  /// Sides of the blocks it is compressed in, an entry an axis; nil stores it in one piece as it is.
  public var chunk: [Int]?

  public init(_ name: String, _ dimensions: [String], _ type: RasterLayout.SampleType) {
    (self.name, self.dimensions, self.type) = (name, dimensions, type)
  }
}

/// What a NetCDF file holds, apart from its values.
public struct NetCDFLayout: Hashable, Sendable {
  public var dimensions: [NetCDFDimension]
  public var variables: [NetCDFVariable]
  public var attributes: [NetCDFAttribute]

  public init(dimensions: [NetCDFDimension], variables: [NetCDFVariable], attributes: [NetCDFAttribute]) {
    (self.dimensions, self.variables, self.attributes) = (dimensions, variables, attributes)
  }
}
