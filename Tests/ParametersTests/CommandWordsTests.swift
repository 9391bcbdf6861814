// SPDX-License-Identifier: Apache-2.0
import Parameters
import Testing

@Suite("Words of a command line")
struct CommandWordsTests {
  @Test("shows arguments and the flags that differ from the defaults")
  func words() throws {
    let parameters = try FixtureParameters.with([
      "templateWindow": 51, "report": false, "overwrite": true, "bbox": [-1, 2.5, 3, 4], "note": "it's",
      "stableTerrain": ["a", "b c"],
    ])
    #expect(
      shellLine(parameters.commandLineWords) == """
        a.tif b.tif --out result --template-window 51 --bbox -1.0,2.5,3.0,4.0 --stable-terrain a \
        --stable-terrain 'b c' --no-report --overwrite --note 'it'\\''s'
        """)
  }

  @Test("reads back every set from its words, 500 random ones")
  func roundTrip() throws {
    var generator = SeededGenerator(state: 3)
    for _ in 0..<500 {
      let parameters = try FixtureParameters.random(&generator)
      let recorder = Recorder()
      let words = parameters.commandLineWords
      #expect(
        recorder.tool().run(["match"] + words, console: recorder.console()) == .done, "\(words) \(recorder.errors)")
      #expect(recorder.parameters == parameters, "\(words)")
    }
  }

  @Test("any words end in done or wrong use, 3000 random lines")
  func fuzz() {
    let vocabulary = [
      "match", "info", "--out", "--out=", "--bbox", "--bbox=1,2", "-1", "--", "-", "=", "--=", "", ",", "--no-report",
      "--no-seed", "--seed", "5", "x", "--overwrite", "true", "--note", "--area", "1,2,3,4", "auto", "none", "é",
      "--é",
      "--stages=,,", "--config=", "--template-window=999999999999999999999", "--reference-date", "help", "-h",
      "--json-errors",
    ]
    var generator = SeededGenerator(state: 9)
    for _ in 0..<3000 {
      let words = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
        vocabulary.randomElement(using: &generator) ?? ""
      }
      let recorder = Recorder()
      let code = recorder.tool().run(words, console: recorder.console())
      #expect(code == .done || code == .wrongUse)
      #expect(code == .done || !recorder.errors.isEmpty, "\(words)")
    }
  }
}
