// SPDX-License-Identifier: Apache-2.0
import Products

extension RunCatalogue {
  /// Adds the item of a pair.
  package mutating func add(_ pair: PublishedPair, inputs: [Input], files: [File]) {
    let name = [pair.earlier, pair.later].map { FileWords.scene($0.id) }.joined(separator: "__")
    add(
      name + (pair.isBackward ? "_backward" : ""), from: Self.instant(pair.earlier.date),
      to: Self.instant(pair.later.date), title: "Motion between \(pair.earlier.id) and \(pair.later.id)",
      inputs: inputs, files: files)
  }

  /// Adds the item of what was fused; it is derived from the items of the pairs that were added before.
  ///
  /// - Parameter dates: first and last date of the scenes used.
  package mutating func addFusion(dates: (first: AcquisitionDate, last: AcquisitionDate), files: [File]) {
    add(
      "mean", from: Self.instant(dates.first), to: Self.instant(dates.last), title: "Mean motion of all pairs",
      inputs: itemsAsInputs, files: files)
  }

  /// RFC 3339; a day without a time counts as its noon, as everywhere.
  private static func instant(_ date: AcquisitionDate) -> String {
    date.hasTime ? date.iso8601 : date.day + "T12:00:00Z"
  }
}
