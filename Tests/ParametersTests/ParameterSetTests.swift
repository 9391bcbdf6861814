// SPDX-License-Identifier: Apache-2.0
import Parameters
import Testing

@Suite("Parameter sets")
struct ParameterSetTests {
  @Test("holds the declared defaults")
  func defaults() throws {
    let parameters = try FixtureParameters.with([:])
    #expect(parameters.method == .dense)
    #expect(parameters.search.templateWindow == nil)
    #expect(parameters.search.searchRadius == 16)
    #expect(parameters.bbox == nil)
    #expect(parameters.stages == ["search", "refine"])
    #expect(parameters.reference.path == "a.tif")
    #expect(FixtureParameters.declarationProblems.isEmpty)
  }

  @Test("takes a value of every type from JSON")
  func everyType() throws {
    let parameters = try FixtureParameters(
      json: """
        {"reference": "a.tif", "secondary": "b.tif", "out": "o", "method": "least-squares", "templateWindow": 51,
         "minimumCorrelation": 0, "pixelSize": 10, "bbox": null, "stages": [], "bands": [1, 2.0],
         "referenceDate": "2020-01-31", "area": [0, 0, 1, 1], "report": false, "note": "x"}
        """)
    #expect(parameters.method == .leastSquares)
    #expect(parameters.search.templateWindow == 51)
    #expect(parameters.search.minimumCorrelation == 0)
    #expect(parameters.pixelSize == 10)
    #expect(parameters.stages == [])
    #expect(parameters.bands == [1, 2])
    #expect(parameters.referenceDate == CalendarDate("2020-01-31"))
    #expect(parameters.area == .box(west: 0, south: 0, east: 1, north: 1))
    #expect(parameters.report == false)
    #expect(parameters.note == "x")
  }

  @Test("copies are independent of each other")
  func valueSemantics() throws {
    let first = try FixtureParameters.with([:])
    var second = first
    second.search.searchRadius = 99
    second.bands.append(3)
    #expect(first.search.searchRadius == 16)
    #expect(first.bands == [])
    #expect(second.bands == [3])
    #expect(first != second)
    second.search.searchRadius = 16
    second.bands = []
    #expect(first == second)
  }

  @Test("lays overrides over another set without changing it")
  func base() throws {
    let base = try FixtureParameters.with(["seed": 7, "searchRadius": 8])
    let changed = try FixtureParameters(overrides: ["seed": 8], over: base)
    #expect(changed.seed == 8)
    #expect(changed.search.searchRadius == 8)
    #expect(changed.out.path == "result")
    #expect(base.seed == 7)
  }

  @Test("prints all values as canonical JSON with sorted keys")
  func canonical() throws {
    let text = try FixtureParameters.with(["templateWindow": 51, "pixelSize": 0.1]).canonicalText
    #expect(
      text == """
        {"area":null,"bands":[],"bbox":null,"coverage":0.5,"method":"dense","minimumCorrelation":0.3,"note":null,\
        "out":"result","overwrite":false,"pixelSize":0.1,"preset":"none","reference":"a.tif","referenceDate":null,\
        "report":true,"searchRadius":16,"secondary":"b.tif","seed":1,"stableTerrain":[],"stages":["search","refine"],\
        "templateWindow":51}
        """)
  }

  @Test("reads back every set that it writes, 500 random ones")
  func roundTrip() throws {
    var generator = SeededGenerator(state: 42)
    for _ in 0..<500 {
      let parameters = try FixtureParameters.random(&generator)
      let back = try FixtureParameters(json: parameters.canonicalText)
      #expect(back == parameters)
      #expect(back.canonicalText == parameters.canonicalText)
      try parameters.check()
    }
  }

  @Test("lays implied defaults of a preset beneath what was given")
  func presets() throws {
    let preset = try FixtureParameters.with(["preset": "glacier"])
    #expect(preset.search.searchRadius == 64)
    #expect(preset.method == .search)
    let given = try FixtureParameters.with(["preset": "glacier", "searchRadius": 3])
    #expect(given.search.searchRadius == 3)
    #expect(given.method == .search)
  }

  @Test("checks values that were set from Swift")
  func check() throws {
    var parameters = try FixtureParameters.with([:])
    parameters.search.templateWindow = 4
    parameters.coverage = 1
    parameters.bbox = [1, 2]
    let error = #expect(throws: ParameterError.self) { try parameters.check() }
    #expect(
      error?.problems.map(\.message) == [
        "templateWindow is 4, which is out of range; give a whole number from 5 to 511 px",
        "bbox takes 4 numbers, not 2",
        "coverage is 1.0, which is out of range; give a number from 0 to below 1",
      ])
    #expect(error?.kind == "parameters.invalid")
  }

  @Test("puts a prefix before the names of a nested set and leaves some out")
  func nested() throws {
    struct Outer: ParameterSet {
      @Parameter("Side of the template of all stages") var templateWindow = 31
      @Nested(prefix: "coarse", omitting: ["templateWindow"]) var coarse = SearchParameters()
      @Nested(prefix: "fine", omitting: ["minimumCorrelation"]) var fine = SearchParameters()
    }
    #expect(Outer.declarationProblems.isEmpty)
    let set = try Outer(json: #"{"coarseSearchRadius": 7, "fineTemplateWindow": 5}"#)
    #expect(set.coarse.searchRadius == 7)
    #expect(set.fine.searchRadius == 16)
    #expect(
      set.canonicalText == """
        {"coarseMinimumCorrelation":0.3,"coarseSearchRadius":7,"fineSearchRadius":16,"fineTemplateWindow":5,\
        "templateWindow":31}
        """)
    let error = #expect(throws: ParameterError.self) {
      try Outer(overrides: ["fineTemplateWindow": 5, "fineSearchRadius": 101])
    }
    #expect(error?.message == "fineSearchRadius 101 is more than 20 times fineTemplateWindow 5")
    #expect(error?.problems[0].parameter == "fineSearchRadius")
  }

  @Test("finds faults in declarations")
  func faults() {
    struct Inner: ParameterSet {
      @Parameter("Radius of the search", unit: "px", in: 1...9) var radius = 10
    }
    struct Faulty: ParameterSet {
      @Parameter("Radius of the search") var radius = 1
      @Parameter("prints this.") var help = false
      @Parameter("Number of things that are counted", .count(2)) var things = 1
      var plain = 0
      var inner = Inner()
    }
    #expect(
      Faulty.declarationProblems == [
        "plain is neither an @Parameter nor a ParameterSet", "help: the flag --help is reserved",
        "help: the help must be a clause with a capital and without a full stop: 'prints this.'",
        "things: only lists have a count", "things: the default 1 is not allowed", "radius is declared twice",
        "radius: the default 10 is not allowed",
      ])
  }
}

@Suite("Parameter errors")
struct ParameterErrorTests {
  @Test(
    "names parameter, value and what is allowed",
    arguments: [
      (
        ["templateWindow": 600], .outOfRange,
        "templateWindow is 600, which is out of range; give a whole number from 5 to 511 px"
      ),
      (["templateWindow": 51.5], .wrongType, "templateWindow takes a whole number from 5 to 511 px, not 51.5"),
      (["templateWindow": "51"], .wrongType, "templateWindow takes a whole number from 5 to 511 px, not \"51\""),
      (["templateWindow": true], .wrongType, "templateWindow takes a whole number from 5 to 511 px, not true"),
      (
        ["searchRadius": -1], .outOfRange,
        "searchRadius is -1, which is out of range; give a whole number of at least 0 px"
      ),
      (["searchRadius": nil], .wrongType, "searchRadius takes a whole number of at least 0 px, not null"),
      (["pixelSize": 0], .outOfRange, "pixelSize is 0, which is out of range; give a number above 0 m"),
      (["pixelSize": .number(.nan)], .wrongType, "pixelSize takes a number above 0 m, not null"),
      (["coverage": 1], .outOfRange, "coverage is 1, which is out of range; give a number from 0 to below 1"),
      (["bbox": [1, 2, 3]], .wrongCount, "bbox takes 4 numbers, not 3"),
      (["bbox": [1, 2, 3, "4"]], .wrongType, "bbox takes 4 numbers, not \"4\""),
      (["bands": [1, 100]], .outOfRange, "bands is 100, which is out of range; give whole numbers from 1 to 99"),
      (["stages": "a,b"], .wrongType, "stages takes texts, not \"a,b\""),
      (["report": "yes"], .wrongType, "report takes true or false, not \"yes\""),
      (["report": 1], .wrongType, "report takes true or false, not 1"),
      (
        ["method": "dens"], .unknownChoice,
        "method is \"dens\"; did you mean dense? Give one of search, least-squares or dense"
      ),
      (["method": "x"], .unknownChoice, "method is \"x\"; give one of search, least-squares or dense"),
      (
        ["referenceDate": "31.1.2020"], .wrongType,
        "referenceDate takes a date such as 2020-01-31 or 2020-01-31T14:05:00Z, not \"31.1.2020\""
      ),
      (["reference": ""], .wrongType, "reference takes a file, not \"\""),
      (
        ["area": [3, 0, 1, 1]], .outOfRange,
        "area is [3,0,1,1], which is out of range; give a vector file, or a box as WEST,SOUTH,EAST,NORTH with west < east "
          + "and south < north"
      ),
      (["templteWindow": 5], .unknown, "unknown parameter templteWindow; did you mean templateWindow?"),
      (["template-window": 5], .unknown, "unknown parameter template-window; did you mean templateWindow?"),
      (["quux": 5], .unknown, "unknown parameter quux"),
      (["area": "a.gpkg", "bbox": [1, 2, 3, 4]], .conflict, "area and bbox exclude each other; give one"),
      (
        ["templateWindow": 5, "searchRadius": 101], .conflict,
        "searchRadius 101 is more than 20 times templateWindow 5"
      ),
    ] as [(JSONObject, ParameterError.Kind, String)])
  func messages(overrides: JSONObject, kind: ParameterError.Kind, message: String) {
    let error = #expect(throws: ParameterError.self) { try FixtureParameters.with(overrides) }
    #expect(error?.message == message)
    #expect(error?.kind == kind.rawValue)
  }

  @Test("names every missing parameter with its meaning")
  func missing() {
    let error = #expect(throws: ParameterError.self) { try FixtureParameters(json: "{\"reference\": \"a\"}") }
    #expect(
      error?.problems.map(\.message) == [
        "secondary is missing (Later image); give a file as \"secondary\"",
        "out is missing (Folder for the results); give a folder as \"out\"",
      ])
    #expect(error?.kind == "parameters.missing")
  }

  @Test("reports all problems together, unknown names first")
  func together() {
    let error = #expect(throws: ParameterError.self) {
      try FixtureParameters.with(["templateWindow": 1, "sed": 5, "method": 3, "report": "no"])
    }
    #expect(error?.problems.map(\.kind) == [.unknown, .wrongType, .outOfRange, .wrongType])
    #expect(error?.problems.map(\.parameter) == ["sed", "method", "templateWindow", "report"])
  }

  @Test("refuses a key that occurs twice and a text that is no object")
  func malformed() {
    let twice = #expect(throws: ParameterError.self) { try FixtureParameters(json: "{\"seed\": 1, \"seed\": 2}") }
    #expect(twice?.message == "JSON, line 1, column 13: the key \"seed\" occurs twice")
    let list = #expect(throws: ParameterError.self) { try FixtureParameters(json: "[1]", named: "job.json") }
    #expect(list?.message == "job.json must be an object: {\"parameter\": value, …}")
  }

  @Test("tells the chain of causes of errors that share only the names of their fields")
  func chain() {
    struct RasterError: Error {
      let kind = "raster.truncated"
      let message = "a.tif ends early"
      let cause: (any Error)? = nil
    }
    struct StepFailure: ExplainedError {
      let kind = "step.failed"
      let message = "the step match failed"
      let cause: (any Error)?
    }
    let chain = ErrorChain(StepFailure(cause: RasterError()))
    #expect(chain.links.map(\.kind) == ["step.failed", "raster.truncated"])
    #expect(
      chain.json(for: StepFailure(cause: nil)).text() == """
        {"causes":[{"kind":"raster.truncated","message":"a.tif ends early"}],"kind":"step.failed",\
        "message":"the step match failed"}
        """)
  }
}
