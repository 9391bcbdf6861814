// SPDX-License-Identifier: Apache-2.0
import Parameters
import Processing

/// One of several processes that share a stage: the `index`-th of `count`, from 0.
public struct JobPart: Sendable, Hashable, CustomStringConvertible {
  public let stage: String
  public let index, count: Int

  public init(stage: String, index: Int, count: Int) { (self.stage, self.index, self.count) = (stage, index, count) }

  /// From `STAGE:K/N`; nil for anything else.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let numbers = text[text.index(after: colon)...].split(separator: "/", omittingEmptySubsequences: false)
    guard numbers.count == 2, let index = Int(numbers[0]), let count = Int(numbers[1]), count > 0,
      (0..<count).contains(index), colon > text.startIndex
    else { return nil }
    self.init(stage: String(text[..<colon]), index: index, count: count)
  }

  public var description: String { "\(stage):\(index)/\(count)" }

  var fileName: String { "\(stage.replacing("/", with: "_")).\(index)" }
}

extension WideStage {
  package init?(json: JSONValue) {
    guard let stage = json["stage"]?.stringValue, let unit = json["unit"]?.stringValue,
      let list = json["units"]?.arrayValue
    else { return nil }
    let units: [Unit] = list.compactMap { entry in
      guard let key = entry["key"]?.stringValue.flatMap(Checksum.init(hexadecimal:)) else { return nil }
      return Unit(key: key, name: entry["name"]?.stringValue ?? "", work: entry["work"]?.intValue ?? 1)
    }
    let failed = json["failed"]?.arrayValue ?? []
    self.init(
      stage: stage, unit: unit, units: units,
      coreSecondsPerWork: json["coreSecondsPerWork"]?.doubleValue ?? 0,
      failed: failed.compactMap { $0.stringValue.flatMap(Checksum.init(hexadecimal:)) })
  }

  package var json: JSONObject {
    [
      "stage": .string(stage), "unit": .string(unit), "coreSecondsPerWork": .number(coreSecondsPerWork),
      "units": .array(
        units.map { ["key": .string($0.key.hexadecimal), "name": .string($0.name), "work": .integer($0.work)] }),
      "failed": .array(failed.map { .string($0.hexadecimal) }),
    ]
  }

  /// The units of one process: neighbours, so that it reads few files, and of about as much work as each other has.
  package func share(_ index: Int, of count: Int) -> [Unit] {
    let all = units.reduce(0) { $0 + $1.work }
    var before = 0
    return units.filter { unit in
      // By the middle of the unit, so that every unit belongs to one process.
      let place = min(count - 1, (2 * before + unit.work) * count / max(1, 2 * all))
      before += unit.work
      return place == index
    }
  }
}
