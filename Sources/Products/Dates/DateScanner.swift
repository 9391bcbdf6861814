// SPDX-License-Identifier: Apache-2.0

/// Finds dates in a text: `20200131`, `2020-01-31`, `2020_01_31`, `2020:01:31`, with times such as `T102030` or
/// `_10:20:30`, and `2020031` (year and day of the year).
struct DateScanner {
  struct Candidate: Hashable {
    let date: AcquisitionDate
    /// Characters it takes in the text.
    let start, end: Int
    /// Seven digits may be many things: taken only where nothing better is there.
    let isWeak: Bool
  }

  private(set) var candidates: [Candidate] = []
  /// Digits that are a date in two ways, day or month first.
  private(set) var unclear: String?

  private struct Run {
    let text: String
    let start: Int
    var end: Int { start + text.count }
    func number(_ from: Int, _ count: Int) -> Int { Int(text.dropFirst(from).prefix(count)) ?? -1 }
  }

  private let characters: [Character]
  private let source: String
  private var runs: [Run] = []

  init(_ text: String, source: String) {
    characters = Array(text)
    self.source = source
    var index = 0
    while index < characters.count {
      let start = index
      while index < characters.count, characters[index].isASCII, characters[index].isNumber { index += 1 }
      if index > start { runs.append(Run(text: String(characters[start..<index]), start: start)) } else { index += 1 }
    }
    var next = 0
    while next < runs.count { next = scan(at: next) }
  }

  /// Takes what begins with a run of digits; returns the index of the run to go on with.
  private mutating func scan(at index: Int) -> Int {
    let run = runs[index]
    switch run.text.count {
    case 14: return compact(run, index, hasTime: true)
    case 8: return compact(run, index, hasTime: false)
    case 7:
      add(
        AcquisitionDate(year: run.number(0, 4), dayOfYear: run.number(4, 3), source: source), run.start, run.end, true
      )
    case 4: return separated(index)
    default: break
    }
    return index + 1
  }

  private mutating func add(_ date: AcquisitionDate?, _ start: Int, _ end: Int, _ isWeak: Bool = false) {
    guard let date, (1900...2200).contains(date.year) else { return }
    candidates.append(Candidate(date: date, start: start, end: end, isWeak: isWeak))
  }

  private mutating func compact(_ run: Run, _ index: Int, hasTime: Bool) -> Int {
    let (year, month, day) = (run.number(0, 4), run.number(4, 2), run.number(6, 2))
    if hasTime {
      let date = AcquisitionDate(
        year: year, month: month, day: day, hour: run.number(8, 2), minute: run.number(10, 2),
        second: Double(run.number(12, 2)), source: source)
      if let date, (1900...2200).contains(year) {
        add(date, run.start, run.end)
      } else if characters.first == "L" {
        // Landsat before the collections: LC8 PPP RRR YYYY DDD, the first digit belongs to the sensor.
        add(AcquisitionDate(year: run.number(7, 4), dayOfYear: run.number(11, 3), source: source), run.start, run.end)
      }
      return index + 1
    }
    guard (1900...2200).contains(year), AcquisitionDate(year: year, month: month, day: day, source: source) != nil
    else {
      if isDayAndMonthUnclear(run) { unclear = unclear ?? run.text }
      return index + 1
    }
    return finish(year, month, day, run.start, after: index)
  }

  /// Whether digits are both DDMMYYYY and MMDDYYYY.
  private func isDayAndMonthUnclear(_ run: Run) -> Bool {
    (1900...2200).contains(run.number(4, 4)) && (1...31).contains(run.number(0, 2))
      && (1...31).contains(run.number(2, 2))
  }

  /// `2020-01-31` and the like: four, two and two digits with the same sign between.
  private mutating func separated(_ index: Int) -> Int {
    guard index + 2 < runs.count, runs[index + 1].text.count == 2, runs[index + 2].text.count == 2,
      let first = between(index), let second = between(index + 1), first == second, "-_.:/".contains(first)
    else { return index + 1 }
    return finish(
      runs[index].number(0, 4), runs[index + 1].number(0, 2), runs[index + 2].number(0, 2), runs[index].start,
      after: index + 2)
  }

  /// The single character between a run and the next.
  private func between(_ index: Int) -> Character? {
    guard index + 1 < runs.count, runs[index + 1].start == runs[index].end + 1 else { return nil }
    return characters[runs[index].end]
  }

  /// Adds a day with the time that may follow it.
  private mutating func finish(_ year: Int, _ month: Int, _ day: Int, _ start: Int, after index: Int) -> Int {
    if let sign = between(index), "Tt_- ".contains(sign) {
      let next = runs[index + 1]
      if next.text.count == 6 {
        let date = AcquisitionDate(
          year: year, month: month, day: day, hour: next.number(0, 2), minute: next.number(2, 2),
          second: Double(next.number(4, 2)), source: source)
        if date != nil {
          add(date, start, next.end)
          return index + 2
        }
      }
      if next.text.count == 2, "Tt ".contains(sign), index + 2 < runs.count, runs[index + 2].text.count == 2,
        between(index + 1) == ":" || between(index + 1) == "-"
      {
        let hasSeconds =
          index + 3 < runs.count && runs[index + 3].text.count == 2 && between(index + 2) == between(index + 1)
        let date = AcquisitionDate(
          year: year, month: month, day: day, hour: next.number(0, 2), minute: runs[index + 2].number(0, 2),
          second: hasSeconds ? Double(runs[index + 3].number(0, 2)) : 0, source: source)
        if date != nil {
          let last = hasSeconds ? index + 3 : index + 2
          add(date, start, runs[last].end)
          return last + 1
        }
      }
    }
    add(AcquisitionDate(year: year, month: month, day: day, source: source), start, runs[index].end)
    return index + 1
  }
}
