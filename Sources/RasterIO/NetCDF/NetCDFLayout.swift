// SPDX-License-Identifier: Apache-2.0
import CGDAL

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
  /// Longest text in bytes, where its values are texts and no numbers.
  public private(set) var textLength: Int?
  /// Sides of the blocks it is compressed in, an entry an axis; nil stores it in one piece as it is.
  public var chunk: [Int]?

  public init(_ name: String, _ dimensions: [String], _ type: RasterLayout.SampleType) {
    (self.name, self.dimensions, self.type) = (name, dimensions, type)
  }

  /// A variable of texts.
  public static func text(_ name: String, _ dimensions: [String], longest: Int) -> NetCDFVariable {
    var variable = NetCDFVariable(name, dimensions, .uint8)
    variable.textLength = max(1, longest)
    return variable
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

extension NetCDFLayout {
  func variable(_ name: String) -> NetCDFVariable {
    guard let found = variables.first(where: { $0.name == name }) else {
      preconditionFailure("the file has no variable \(name)")
    }
    return found
  }

  func sizes(of variable: NetCDFVariable) -> [Int] {
    variable.dimensions.map { name in dimensions.first { $0.name == name }!.size }
  }

  /// Stops where a box does not lie in a variable.
  func check(_ variable: NetCDFVariable, start: [Int], count: [Int], values: Int) {
    let sizes = sizes(of: variable)
    precondition(
      start.count == sizes.count && count.count == sizes.count && values == count.reduce(1, *)
        && zip(zip(start, count), sizes).allSatisfy { $0.0 >= 0 && $0.1 >= 0 && $0.0 + $0.1 <= $1 },
      "from \(start), \(count) values do not fit \(variable.name) of \(sizes)")
  }
}

extension NetCDFVariable {
  /// Values with what is stored where one is missing.
  func withMissing(_ values: [Float]) -> [Float] {
    guard let missing = missing.map(Float.init), !missing.isNaN else { return values }
    return values.map { $0.isNaN ? missing : $0 }
  }
}

extension RasterLayout.SampleType {
  /// Numbers of a GDAL type as bytes of this one, rounded and clamped to its range.
  func stored<Value>(_ values: [Value], _ type: GDALDataType) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: values.count * self.bytes)
    bytes.withUnsafeMutableBytes { out in
      values.withUnsafeBytes {
        GDALCopyWords64(
          $0.baseAddress, type, GDALGetDataTypeSizeBytes(type), out.baseAddress, gdal, Int32(self.bytes),
          GPtrDiff_t(values.count))
      }
    }
    return bytes
  }
}
