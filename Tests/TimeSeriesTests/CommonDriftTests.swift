// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing
import TimeSeries

@Suite("Common drift")
struct CommonDriftTests {
  /// All pairs of dates 12 days apart, each with an error of its own, of ground that moves by `speed` px a day.
  private func shifts(dates: Int, speed: Double, error: Double, seed: UInt64) -> [CommonDrift.Shift] {
    var state = seed
    func random() -> Double {
      // A linear congruential generator's upper bits, twelve of them summed: nearly normal.
      (0..<12).reduce(-6) { sum, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Double(state >> 11) / Double(1 << 53)
      }
    }
    let errors = (0..<dates).map { _ in (x: error * random(), y: error * random()) }
    return (0..<dates).flatMap { i in
      (i + 1..<dates).map { j in
        let days = 12 * Double(j - i)
        return CommonDrift.Shift(
          dx: errors[j].x - errors[i].x + speed * days, dy: errors[j].y - errors[i].y - 0.5 * speed * days, days: days
        )
      }
    }
  }

  @Test("motion of all of the picture is found with its speed, whatever the dates' errors", arguments: [4, 6, 12])
  func motion(dates: Int) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let drift = try #require(CommonDrift(shifts(dates: dates, speed: 0.25, error: 0.2, seed: seed), dates: dates))
      #expect(abs(drift.dx - 0.25) < 0.03 && abs(drift.dy + 0.125) < 0.03)
    }
  }

  @Test("errors of pointing are hardly ever taken for motion", arguments: [4, 6, 12])
  func pointing(dates: Int) {
    let found = (1...2000 as ClosedRange<UInt64>).count { seed in
      CommonDrift(shifts(dates: dates, speed: 0, error: 0.5, seed: seed &* 977), dates: dates) != nil
    }
    #expect(found <= 8, "\(found) of 2000")
  }

  @Test("too few dates, pairs of one length and drifts that don't matter say nothing")
  func nothing() {
    #expect(CommonDrift(shifts(dates: 3, speed: 0.25, error: 0, seed: 1), dates: 3) == nil)
    let alike = shifts(dates: 6, speed: 0.25, error: 0, seed: 1).filter { $0.days == 12 }
    #expect(CommonDrift(alike, dates: 6) == nil)
    #expect(CommonDrift(shifts(dates: 6, speed: 0.002, error: 0.001, seed: 1), dates: 6) == nil)
    let backward = shifts(dates: 6, speed: 0.25, error: 0.1, seed: 3).map {
      CommonDrift.Shift(dx: -$0.dx, dy: -$0.dy, days: -$0.days)
    }
    #expect((CommonDrift(backward, dates: 6)?.dx ?? 0) > 0.2)
  }
}
