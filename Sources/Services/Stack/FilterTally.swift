// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// How many vectors a mask or a filter took out of a pair.
struct FilterTally: Sendable, Equatable {
  let name: String
  /// Vectors that were there, and those of them that were taken out.
  var tested, takenOut: Int

  init(_ name: String, tested: Int, takenOut: Int) {
    (self.name, self.tested, self.takenOut) = (name, tested, takenOut)
  }

  var json: JSONValue { [.string(name), .integer(tested), .integer(takenOut)] }

  /// Nil for anything but what `json` gave.
  init?(json: JSONValue) {
    guard let name = json[0]?.stringValue, let tested = json[1]?.intValue, let takenOut = json[2]?.intValue else {
      return nil
    }
    self.init(name, tested: tested, takenOut: takenOut)
  }
}

extension [FilterTally] {
  /// The counts of another part of the same pair, or of another pair, on top.
  mutating func add(_ others: [FilterTally]) {
    for other in others {
      if let index = firstIndex(where: { $0.name == other.name }) {
        self[index].tested += other.tested
        self[index].takenOut += other.takenOut
      } else {
        append(other)
      }
    }
  }
}

extension OffsetGrids {
  /// Makes vectors missing, and counts them in a part of the field.
  mutating func leaveOut(_ isOut: Mask, _ name: String, counting part: Window) -> FilterTally {
    var tally = FilterTally(name, tested: 0, takenOut: 0)
    for row in part.row..<part.endRow {
      for index in row * dx.columns + part.column..<row * dx.columns + part.endColumn
      where dx.cells[index].isFinite && dy.cells[index].isFinite {
        tally.tested += 1
        if isOut.cells[index] { tally.takenOut += 1 }
      }
    }
    for index in isOut.cells.indices where isOut.cells[index] {
      dx.cells[index] = .nan
      dy.cells[index] = .nan
      dxSigma?.cells[index] = .nan
      dySigma?.cells[index] = .nan
    }
    return tally
  }
}
