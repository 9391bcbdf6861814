// SPDX-License-Identifier: Apache-2.0
import Figures
import Testing

@Suite("Colour maps")
struct ColourMapTests {
  private static let sequential = [ColourMap.speed, .uncertainty, .grey]
  private static let all = sequential + [.balance, .direction]

  private static func lightness(_ map: ColourMap) -> [Double] { map.colours.map { OKLab($0).lightness } }

  @Test("OKLab keeps black, white and grey: lightness 0, 1 and no chroma within 1e-4")
  func perception() {
    #expect(abs(OKLab(Colour(hex: 0x000000)).lightness) < 1e-4)
    let white = OKLab(Colour(hex: 0xFFFFFF))
    #expect(abs(white.lightness - 1) < 1e-4)
    #expect(abs(white.greenRed) < 1e-4 && abs(white.blueYellow) < 1e-4)
    // Published value of pure red: L 0.628, a 0.2249, b 0.1258.
    let red = OKLab(Colour(hex: 0xFF0000))
    #expect(abs(red.lightness - 0.628) < 1e-3 && abs(red.greenRed - 0.2249) < 1e-3)
    #expect(abs(red.blueYellow - 0.1258) < 1e-3)
  }

  @Test("lightness of sequential maps rises or falls at every step", arguments: sequential)
  func monotone(map: ColourMap) {
    let steps = zip(Self.lightness(map).dropFirst(), Self.lightness(map)).map { $0 - $1 }
    let sign = steps.reduce(0, +) < 0 ? -1.0 : 1
    for (index, step) in steps.enumerated() { #expect(sign * step > 0, "step \(index): \(step)") }
  }

  @Test("16 equal steps of a sequential map look equal within 12 %", arguments: [ColourMap.speed, .uncertainty])
  func uniform(map: ColourMap) {
    let marks = (0...15).map { OKLab(map.colours[$0 * 17]) }
    let steps = zip(marks.dropFirst(), marks).map { $0.difference(from: $1) }
    let mean = steps.reduce(0, +) / Double(steps.count)
    for step in steps { #expect(abs(step - mean) < 0.12 * mean) }
  }

  @Test("the diverging map is as dark above as below zero within 0.01, and near white at zero")
  func balanced() {
    let lightness = Self.lightness(.balance)
    for index in 0..<128 { #expect(abs(lightness[index] - lightness[255 - index]) < 0.01) }
    #expect(lightness[127] > 0.96)
    let steps = zip(lightness[1..<128], lightness[0..<127]).map { $0 - $1 }
    #expect(steps.allSatisfy { $0 > 0 })
  }

  @Test(
    "signs stay apart for every colour blindness: half-way colours differ by more than 15",
    arguments: ColourDeficiency.allCases)
  func signs(deficiency: ColourDeficiency) {
    let below = OKLab(ColourMap.balance.colour(at: 0.25).seen(with: deficiency))
    let above = OKLab(ColourMap.balance.colour(at: 0.75).seen(with: deficiency))
    #expect(below.difference(from: above) > 15)
  }

  @Test(
    "tenths of a sequential map differ by more than 4 for every colour blindness",
    arguments: ColourDeficiency.allCases)
  func tenths(deficiency: ColourDeficiency) {
    for map in [ColourMap.speed, .uncertainty] {
      let marks = (0...10).map { OKLab(map.colour(at: Double($0) / 10).seen(with: deficiency)) }
      for (next, one) in zip(marks.dropFirst(), marks) { #expect(next.difference(from: one) > 4) }
    }
  }

  @Test("directions 30 degrees or more apart differ by more than 6 without red or green cones")
  func directions() {
    for deficiency in [ColourDeficiency.protanopia, .deuteranopia] {
      let marks = (0..<36).map { OKLab(ColourMap.direction.colour(at: Double($0) / 36).seen(with: deficiency)) }
      for first in 0..<36 {
        for apart in 3...18 { #expect(marks[first].difference(from: marks[(first + apart) % 36]) > 6) }
      }
    }
  }

  @Test("the cyclic map closes: its last colour is as near to the first as to its neighbour, within 3")
  func cyclic() {
    let first = OKLab(ColourMap.direction.colours[0]), last = OKLab(ColourMap.direction.colours[255])
    #expect(first.difference(from: last) < 3)
    #expect(ColourMap.direction.colour(at: 1.25) == ColourMap.direction.colour(at: 0.25))
    #expect(ColourMap.direction.colour(at: -0.75) == ColourMap.direction.colour(at: 0.25))
  }

  @Test("class colours differ by more than 6 for the two common colour blindnesses")
  func classes() {
    for deficiency in [ColourDeficiency.protanopia, .deuteranopia] {
      let seen = ColourMap.categories.map { OKLab($0.seen(with: deficiency)) }
      for first in seen.indices {
        for second in seen.indices where second > first { #expect(seen[first].difference(from: seen[second]) > 6) }
      }
    }
  }

  @Test("NaN is clear, infinities and values beyond the ends take the end colours", arguments: all)
  func edges(map: ColourMap) {
    #expect(map.colour(at: .nan).alpha == 0)
    guard map.kind != .cyclic else { return }
    #expect(map.colour(at: -3) == map.colours[0] && map.colour(at: 7) == map.colours[255])
    #expect(map.colour(at: -.infinity) == map.colours[0] && map.colour(at: .infinity) == map.colours[255])
  }
}

@Suite("Theme")
struct ThemeTests {
  @Test("text has a contrast of 4.5 or more, marks of 3 or more, in light and dark", arguments: [Theme.light, .dark])
  func contrast(theme: Theme) {
    for ground in [theme.paper, theme.card] {
      for text in [theme.ink, theme.muted, theme.accent, theme.good, theme.note, theme.warning, theme.poor] {
        #expect(text.contrast(with: ground) >= 4.5, "\(text.hex) on \(ground.hex)")
      }
    }
    #expect(theme.accent.contrast(with: theme.band) >= 3)
    #expect(theme.muted.contrast(with: theme.ground) >= 3)
  }

  @Test("contrast of black on white is 21, of a colour with itself 1")
  func ends() {
    #expect(abs(Colour(hex: 0).contrast(with: Colour(hex: 0xFFFFFF)) - 21) < 1e-9)
    #expect(abs(Colour(hex: 0x777777).contrast(with: Colour(hex: 0x777777)) - 1) < 1e-9)
    // The well-known lightest grey that passes on white.
    #expect(Colour(hex: 0x767676).contrast(with: Colour(hex: 0xFFFFFF)) >= 4.5)
    #expect(Colour(hex: 0x777777).contrast(with: Colour(hex: 0xFFFFFF)) < 4.5)
  }
}

extension ColourMap: CustomTestStringConvertible {
  public var testDescription: String { name }
}
