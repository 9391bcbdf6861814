// SPDX-License-Identifier: Apache-2.0
import Parameters

/// A condition on items, as OGC's Common Query Language (CQL2) says it.
///
/// Source: OGC 21-065r2 (CQL2 1.0). Read from its text form (`CQL2(text:)`) and its JSON form (`CQL2(json:)`).
public struct CQL2: Sendable, Equatable {
  package let root: Expression

  package indirect enum Expression: Sendable, Equatable {
    case and([Expression])
    case or([Expression])
    case not(Expression)
    case compare(Comparison, Operand, Operand)
    case like(Operand, pattern: String)
    case between(Operand, low: Operand, high: Operand)
    case within(Operand, [Operand])
    case isNull(Operand)
    case spatial(SpatialRelation, Operand, Operand)
    case temporal(TemporalRelation, Operand, Operand)
    case array(ArrayRelation, Operand, [Operand])
    /// A property that is itself true or false, or such a value.
    case truth(Operand)
  }

  package enum Comparison: String, Sendable, CaseIterable {
    case equal = "="
    case different = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  package indirect enum Operand: Sendable, Equatable {
    case property(String)
    case text(String)
    case number(Double)
    case bool(Bool)
    /// Milliseconds since 1970.
    case moment(Int)
    /// A day, by its first millisecond.
    case day(Int)
    case interval(start: Operand, end: Operand)
    /// An end of an interval that is open.
    case openEnd
    case shape(GeoShape)
    /// A text without regard to capitals.
    case withoutCase(Operand)
  }

  package enum SpatialRelation: String, Sendable, CaseIterable {
    case intersects = "s_intersects"
    case disjoint = "s_disjoint"
    case within = "s_within"
    case contains = "s_contains"
  }

  package enum ArrayRelation: String, Sendable, CaseIterable {
    case contains = "a_contains"
    case containedBy = "a_containedby"
    case equals = "a_equals"
    case overlaps = "a_overlaps"
  }

  package enum TemporalRelation: String, Sendable, CaseIterable {
    case after = "t_after"
    case before = "t_before"
    case contains = "t_contains"
    case disjoint = "t_disjoint"
    case during = "t_during"
    case equals = "t_equals"
    case finishedBy = "t_finishedby"
    case finishes = "t_finishes"
    case intersects = "t_intersects"
    case meets = "t_meets"
    case metBy = "t_metby"
    case overlappedBy = "t_overlappedby"
    case overlaps = "t_overlaps"
    case startedBy = "t_startedby"
    case starts = "t_starts"
  }

  /// Characters that a filter may have.
  package static let lengthLimit = 20_000
  /// How deeply its parts may be nested.
  package static let depthLimit = 40
  /// How many conditions and values it may have.
  package static let sizeLimit = 1_500

  init(root: Expression) { self.root = root }

  /// Both conditions at once.
  public func and(_ other: CQL2) -> CQL2 { CQL2(root: .and([root, other.root])) }
}
