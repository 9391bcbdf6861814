// SPDX-License-Identifier: Apache-2.0
import Parameters
import Testing

@Suite("Names")
struct NamingTests {
  @Test(
    "spells Swift names as flags",
    arguments: [
      ("templateWindow", "template-window"), ("minimumSNR", "minimum-snr"), ("useSNRLimit", "use-snr-limit"),
      ("dx", "dx"), ("out", "out"), ("bandB04", "band-b04"),
    ])
  func kebab(name: String, flag: String) {
    #expect(kebabCase(name) == flag)
  }

  @Test(
    "suggests the nearest name and nothing far",
    arguments: [
      ("--templte-window", "--template-window"), ("template_window", "--template-window"), ("--serach", "--search"),
      ("--templ", "--template-window"), ("--xyz", nil), ("--", nil), ("--a", nil),
    ])
  func suggestion(word: String, expected: String?) {
    #expect(nearest(to: word, among: ["--search", "--template-window", "--seed", "--out"]) == expected)
  }
}
