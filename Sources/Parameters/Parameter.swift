// SPDX-License-Identifier: Apache-2.0

/// One tunable value of a step: the only place where its help, unit, range and default are written.
///
/// ```swift
/// @Parameter("Side of the square template; automatic when absent", unit: "px", in: 5...511)
/// public var templateWindow: Int?
/// @Parameter("Smallest peak correlation of a match", in: -1...1, .group("Filters"), .advanced)
/// public var minimumCorrelation = 0.3
/// @Parameter("Folder for the results") public var out: OutputFolder          // no default: required
/// @Parameter("Earlier image", .positional) public var reference: InputFile
/// ```
/// The value behaves as a plain stored property of a struct. Values set from Swift are not checked until
/// `ParameterSet.check()`; values from outside always are.
@propertyWrapper
public struct Parameter<Value: ParameterValue>: Sendable {
  // Visible to other modules' optimiser: through the generic accessor a read would cost 20 ns.
  @usableFromInline var storage: ParameterStorage<Value>

  /// What was declared.
  public let declaration: ParameterDeclaration

  /// The current value. Reading a required parameter that nobody has set is a programming error.
  public var wrappedValue: Value {
    @inlinable get {
      guard let value = storage.value else { failReading() }
      return value
    }
    // A new box each time: copies of the set share the old one.
    set { storage = ParameterStorage(newValue) }
  }

  /// A parameter with a default.
  ///
  /// - Parameters:
  ///   - help: a full clause without a full stop, capital first letter.
  ///   - unit: as printed behind the value, such as `px`, `m/yr`, `d`; empty for numbers without one.
  public init(wrappedValue: Value, _ help: String, unit: String = "", _ traits: ParameterTrait...) {
    self.init(value: wrappedValue, ParameterDeclaration(Value.shape, help, unit, nil, traits))
  }

  /// A parameter with a default and a range, which for lists bounds each element.
  public init(
    wrappedValue: Value, _ help: String, unit: String = "", in range: some RangeExpression<Value.Scalar> & Sendable,
    _ traits: ParameterTrait...
  ) where Value.Scalar: Comparable {
    self.init(value: wrappedValue, ParameterDeclaration(Value.shape, help, unit, ParameterLimits(range), traits))
  }

  /// A required parameter.
  public init(_ help: String, unit: String = "", _ traits: ParameterTrait...) {
    self.init(value: nil, ParameterDeclaration(Value.shape, help, unit, nil, traits))
  }

  /// A required parameter with a range.
  public init(
    _ help: String, unit: String = "", in range: some RangeExpression<Value.Scalar> & Sendable,
    _ traits: ParameterTrait...
  ) where Value.Scalar: Comparable {
    self.init(value: nil, ParameterDeclaration(Value.shape, help, unit, ParameterLimits(range), traits))
  }

  /// An optional parameter that is absent by default.
  public init(_ help: String, unit: String = "", _ traits: ParameterTrait...) where Value: ExpressibleByNilLiteral {
    self.init(value: .some(nil), ParameterDeclaration(Value.shape, help, unit, nil, traits))
  }

  /// An optional parameter with a range that is absent by default.
  public init(
    _ help: String, unit: String = "", in range: some RangeExpression<Value.Scalar> & Sendable,
    _ traits: ParameterTrait...
  ) where Value: ExpressibleByNilLiteral, Value.Scalar: Comparable {
    self.init(value: .some(nil), ParameterDeclaration(Value.shape, help, unit, ParameterLimits(range), traits))
  }

  private init(value: Value?, _ declaration: ParameterDeclaration) {
    storage = ParameterStorage(value)
    self.declaration = declaration
  }

  @usableFromInline func failReading() -> Never {
    preconditionFailure("the required parameter with the help '\(declaration.help)' was read before it was set")
  }
}

/// The box of one value.
///
/// `Mirror` gives copies of the wrappers of a set, never the set's own; through a shared box a value can be put
/// into a set that has just been made and that nobody else has seen. Only `ParameterSet` does so.
@usableFromInline
final class ParameterStorage<Value: ParameterValue>: @unchecked Sendable {
  @usableFromInline fileprivate(set) var value: Value?

  init(_ value: Value?) { self.value = value }
}

/// A parameter whose type is not known.
protocol AnyParameter: Sendable {
  var declaration: ParameterDeclaration { get }
  /// The value; nil when required and not set.
  var json: JSONValue? { get }
  /// Identity of the box, to find boxes that two sets share.
  var box: ObjectIdentifier { get }
  /// Checks and puts a value into the box.
  func assign(_ json: JSONValue) throws(RefusedValue)
  /// Checks a value and drops it.
  func check(_ json: JSONValue) throws(RefusedValue)
  /// Takes the value of the same parameter of another set, unchecked.
  func adopt(_ other: any AnyParameter)
}

extension Parameter: AnyParameter {
  var json: JSONValue? { storage.value?.json }
  var box: ObjectIdentifier { ObjectIdentifier(storage) }

  func assign(_ json: JSONValue) throws(RefusedValue) {
    storage.value = try decode(json)
  }

  func check(_ json: JSONValue) throws(RefusedValue) {
    _ = try decode(json)
  }

  func adopt(_ other: any AnyParameter) {
    if let other = other as? Parameter<Value> { storage.value = other.storage.value }
  }

  private func decode(_ json: JSONValue) throws(RefusedValue) -> Value {
    let value = try Value(json: json)
    try declaration.check(json)
    return value
  }
}
