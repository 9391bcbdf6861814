// SPDX-License-Identifier: Apache-2.0

/// One tunable value of a step: the only place where its default, unit, range and help are written.
@propertyWrapper
public struct Parameter<Value: Sendable>: Sendable {
  public var wrappedValue: Value
  public let help: String
  public let unit: String

  public init(wrappedValue: Value, _ help: String, unit: String = "") {
    self.wrappedValue = wrappedValue
    self.help = help
    self.unit = unit
  }

  public init(wrappedValue: Value, _ help: String, unit: String = "", in range: ClosedRange<Value>)
  where Value: Comparable {
    self.init(wrappedValue: wrappedValue, help, unit: unit)
  }
}

/// A group of declared parameters.
public protocol ParameterSet: Sendable {
  init()
}
