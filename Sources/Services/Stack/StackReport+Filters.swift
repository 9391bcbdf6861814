// SPDX-License-Identifier: Apache-2.0
import Figures

/// What was left out, and by what.
extension StackReport {
  /// Pairs that were not matched because too much of them is masked.
  var leftOutPairs: [ReportBlock] {
    let pairs = result.network.leftOutPairs
    guard !pairs.isEmpty else { return [] }
    return [
      .table(
        ReportTable(
          "Pairs left out", columns: [.text("pair"), .help("because")], rows: pairs.map { [$0.what, $0.cause] }))
    ]
  }

  /// How many vectors masks and filters took out; nil where none looked.
  var filterSection: ReportSection? {
    var all: [FilterTally] = []
    for tallies in result.fused.tallies { all.add(tallies) }
    guard !all.isEmpty else { return nil }
    func row(_ tally: FilterTally) -> [String] {
      let share =
        tally.tested == 0 ? "–" : NumberText.percent(Double(tally.takenOut) / Double(tally.tested), places: 1)
      return [tally.name, "\(tally.tested)", "\(tally.takenOut)", share]
    }
    let each = zip(result.corrected.pairs, result.fused.tallies).flatMap { pair, tallies in
      tallies.map { [pair.matched.name] + row($0) }
    }
    let columns: [ReportTable.Column] = [.number("vectors before"), .number("taken out"), .number("share")]
    return ReportSection(
      name: "filters", heading: "Filters",
      blocks: [
        .paragraph("Vectors that masks and filters took out, each of what those before it had left."),
        .table(ReportTable("All pairs", columns: [.text("filter")] + columns, rows: all.map(row))),
        .table(ReportTable("Each pair", columns: [.text("pair"), .text("filter")] + columns, rows: each)),
      ])
  }
}
