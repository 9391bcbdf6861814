// SPDX-License-Identifier: Apache-2.0
import Figures
import Testing

@Suite("Numbers and ticks")
struct NumberTests {
  @Test("numbers have a true minus, thin spaces from 10 000 on and a dash when missing")
  func decimal() {
    #expect(NumberText.decimal(-1.5, places: 2) == "−1.50")
    #expect(NumberText.decimal(1234) == "1234")
    #expect(NumberText.decimal(10980) == "10\u{202F}980")
    #expect(NumberText.decimal(1_234_567.25, places: 1) == "1\u{202F}234\u{202F}567.3")
    #expect(NumberText.decimal(-0.001, places: 2) == "0.00")
    #expect(NumberText.decimal(.nan) == "–" && NumberText.decimal(-.infinity) == "−∞")
    #expect(NumberText.decimal(0.07, places: 2) == "0.07")
    #expect(NumberText.percent(0.9821) == "98.2\u{202F}%")
  }

  @Test(
    "three significant digits, powers of ten far from 1",
    arguments: [
      (0.012345, "0.0123"), (1234.5, "1235"), (-6.87e-5, "−6.87\u{202F}×\u{202F}10⁻⁵"), (0, "0"), (99.96, "100.0"),
      (2.5e7, "2.50\u{202F}×\u{202F}10⁷"),
    ])
  func significant(value: Double, text: String) {
    #expect(NumberText.significant(value) == text)
  }

  @Test("ticks are round and lie inside the range")
  func ticks() {
    let plain = Ticks(from: 0, to: 700, atMost: 8)
    #expect(plain.labels == ["0", "100", "200", "300", "400", "500", "600", "700"])
    let signed = Ticks(from: -0.25, to: 0.25, atMost: 6)
    #expect(signed.labels == ["−0.2", "−0.1", "0.0", "0.1", "0.2"])
    #expect(Ticks(from: 0, to: 11, atMost: 6).labels == ["0.0", "2.5", "5.0", "7.5", "10.0"])
    #expect(Ticks(from: 4400.2, to: 4411.9, atMost: 5, areCoordinates: true).labels == ["4405", "4410"])
    #expect(Ticks(from: 700, to: 0, atMost: 8) == plain)
  }

  @Test("small values are labelled in units of a power of ten, which the axis names")
  func exponent() {
    let ticks = Ticks(from: -0.0004, to: 0.0004, atMost: 5)
    #expect(ticks.exponent == -6 && ticks.labels == ["−400", "−200", "0", "200", "400"])
    #expect(ticks.axisLabel("shear", unit: "1/yr") == "shear (10⁻⁶\u{202F}1/yr)")
    #expect(Ticks(from: 0, to: 700, atMost: 8).axisLabel("speed", unit: "") == "speed")
  }

  @Test("ranges without extent or without values still give an axis")
  func empty() {
    #expect(Ticks(from: 3, to: 3, atMost: 5).values.contains { abs($0 - 3) < 0.2 })
    #expect(!Ticks(from: .nan, to: 1, atMost: 5).values.isEmpty)
    #expect(ValueRange.amounts([.nan, .nan]) == ValueRange(0, 1))
    #expect(ValueRange.aroundZero([]) == ValueRange(-1, 1))
    #expect(ValueRange.aroundZero([0, 0]) == ValueRange(-1, 1))
  }

  @Test("colour ranges end at round numbers, symmetric about zero or starting there")
  func ranges() {
    let values = (0...1000).map { Float($0) / 1000 * 613 }
    #expect(ValueRange.amounts(values) == ValueRange(0, 700))
    let signed = ValueRange.aroundZero(values.map { -$0 / 1000 })
    #expect(signed.low == -signed.high && signed.high > 0.6 && signed.high < 0.71)
    let narrow = ValueRange.amounts((0...100).map { 900 + Float($0) / 10 })
    #expect(narrow.low > 890 && narrow.high < 915)
  }

  @Test("percentiles leave NaN out")
  func percentiles() {
    let found = ValueRange.percentiles([.nan, 1, 2, 3, .nan, 4, 5], [0, 0.5, 1])
    #expect(found == [1, 3, 5])
    #expect(ValueRange.percentiles([], [0.5])[0].isNaN)
  }
}
