// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

private let required = "match a.tif b.tif --out o"

@Suite("Command line")
struct CommandLineToolTests {
  @Test(
    "reads flags of every form",
    arguments: [
      ("--template-window 51", ["templateWindow": 51]), ("--template-window=51", ["templateWindow": 51]),
      ("--template-window auto", ["templateWindow": nil]),
      ("--minimum-correlation -0.5", ["minimumCorrelation": -0.5]),
      ("--minimum-correlation=-.5", ["minimumCorrelation": -0.5]),
      ("--bbox -10,20,30,40", ["bbox": [-10, 20, 30, 40]]), ("--bbox -10 20 30 40", ["bbox": [-10, 20, 30, 40]]),
      ("--bbox=-1e3,20,30,40.5", ["bbox": [-1000, 20, 30, 40.5]]),
      ("--bands 1,2 --bands 3", ["bands": [1, 2, 3]]), ("--stages a --stages b,c", ["stages": ["a", "b", "c"]]),
      ("--stages=", ["stages": []]),
      ("--stable-terrain a,b.gpkg --stable-terrain c.gpkg", ["stableTerrain": ["a,b.gpkg", "c.gpkg"]]),
      ("--overwrite", ["overwrite": true]), ("--overwrite=false", ["overwrite": false]),
      ("--no-report", ["report": false]), ("--report=false", ["report": false]), ("--report", ["report": true]),
      ("--method least-squares", ["method": "least-squares"]), ("--area 1,2,3,4", ["area": [1, 2, 3, 4]]),
      ("--area tongue.gpkg", ["area": "tongue.gpkg"]), ("--note 51", ["note": "51"]), ("--note=", ["note": ""]),
      ("--note=a=b", ["note": "a=b"]), ("--note none", ["note": "none"]),
      ("--reference-date 2020-01-31", ["referenceDate": "2020-01-31"]), ("--seed +7", ["seed": 7]),
    ] as [(String, JSONObject)])
  func flags(line: String, values: JSONObject) throws {
    let recorder = Recorder()
    #expect(recorder.run("\(required) \(line)") == .done, "\(recorder.errors)")
    let expected = try FixtureParameters.with(values.merged(with: ["out": "o"]))
    #expect(recorder.parameters == expected)
    #expect(recorder.given == ["reference", "secondary", "out", values.keys[0]])
  }

  @Test("has sound declarations in its built-in commands")
  func declarations() {
    let problems = Recorder().tool().declarationProblems
    #expect(problems.isEmpty, "\(problems)")
  }

  @Test("takes flags before, between and behind the arguments, and ends them at --")
  func order() {
    let recorder = Recorder()
    #expect(recorder.run("match --overwrite a.tif --out o -- --b.tif") == .done)
    #expect(recorder.parameters?.secondary.path == "--b.tif")
    #expect(recorder.parameters?.overwrite == true)
  }

  @Test(
    "refuses wrong use with exit code 2 and says why and what to do",
    arguments: [
      ("--templte-window 51", "ogive: unknown flag --templte-window; did you mean --template-window?"),
      ("--quux", "ogive: unknown flag --quux; see ogive match --help"),
      ("-x", "ogive: unknown flag -x; see ogive match --help"),
      ("--reference c.tif", "ogive: unknown flag --reference; REFERENCE is given without a flag"),
      (
        "--template-window 600",
        "ogive: --template-window is 600, which is out of range; give a whole number from 5 to 511 px"
      ),
      ("--template-window 51.5", "ogive: --template-window takes a whole number from 5 to 511 px, not '51.5'"),
      ("--template-window=", "ogive: --template-window takes a whole number from 5 to 511 px, not ''"),
      (
        "--template-window",
        "ogive: --template-window needs a value: a whole number from 5 to 511 px, as in --template-window N"
      ),
      (
        "--template-window --report",
        "ogive: --template-window needs a value: a whole number from 5 to 511 px, as in --template-window N"
      ),
      ("--minimum-correlation nan", "ogive: --minimum-correlation takes a number from -1 to 1, not 'nan'"),
      ("--minimum-correlation 0x1", "ogive: --minimum-correlation takes a number from -1 to 1, not '0x1'"),
      ("--bbox 1,2,3", "ogive: --bbox takes 4 numbers, separated by commas, not 3"),
      ("--bbox 1,2,3,x", "ogive: --bbox takes 4 numbers, separated by commas, not 'x'"),
      (
        "--method lest-squares",
        "ogive: --method is 'lest-squares'; did you mean least-squares? Give one of search, least-squares or dense"
      ),
      ("--seed 1 --seed 2", "ogive: --seed is given twice; give it once"),
      ("--overwrite false", "ogive: the word 'false' behind --overwrite is not read; write --overwrite=false"),
      ("--overwrite=maybe", "ogive: --overwrite takes true or false, not 'maybe'"),
      ("c.tif", "ogive: unexpected argument 'c.tif'; ogive match takes REFERENCE and SECONDARY only"),
      ("--config", "ogive: --config needs a value: a job file, as in --config job.json"),
      ("--config absent.json", "ogive: the job file absent.json does not exist"),
      ("--area a.gpkg --bbox 1,2,3,4", "ogive: --area and --bbox exclude each other; give one"),
      (
        "--template-window 5 --search-radius 200",
        "ogive: --search-radius 200 is more than 20 times --template-window 5"
      ),
    ])
  func wrongUse(line: String, message: String) {
    let recorder = Recorder()
    #expect(recorder.run("\(required) \(line)") == .wrongUse)
    #expect(recorder.errors == message + "\nSee 'ogive match --help'.\n")
    #expect(recorder.parameters == nil)
  }

  @Test("reports all problems of one call together, each once")
  func together() {
    let recorder = Recorder()
    #expect(recorder.run("match a.tif --otu o --seed x --bands 0 --methd dense") == .wrongUse)
    #expect(
      recorder.errors == """
        ogive: unknown flag --otu; did you mean --out?
        ogive: unknown flag --methd; did you mean --method?
        ogive: SECONDARY is missing (Later image); give a file
        ogive: --bands is 0, which is out of range; give whole numbers from 1 to 99, separated by commas
        ogive: --seed takes a whole number of at least 0, not 'x'
        See 'ogive match --help'.

        """)
  }

  @Test("names a missing flag with an example")
  func missingFlag() {
    let recorder = Recorder()
    recorder.run("match a.tif b.tif")
    #expect(
      recorder.errors.hasPrefix(
        "ogive: --out is missing (Folder for the results); give a folder, as in --out FOLDER\n"))
  }

  @Test(
    "suggests commands and answers version and overview",
    arguments: [
      ("mach a b", 2, "", "ogive: unknown command mach; did you mean match? See ogive --help\n"),
      ("frobnicate", 2, "", "ogive: unknown command frobnicate; see ogive --help\n"),
      ("--quux", 2, "", "ogive: unknown flag --quux; see ogive --help\n"),
      ("--version", 0, "ogive 0.1.0\n", ""), ("match --version", 0, "ogive 0.1.0\n", ""),
    ])
  func top(line: String, code: Int32, output: String, errors: String) {
    let recorder = Recorder()
    #expect(recorder.run(line).rawValue == code)
    #expect(recorder.output == output)
    #expect(recorder.errors == errors)
  }

  @Test("prints errors as one JSON line when asked")
  func jsonErrors() throws {
    let recorder = Recorder()
    #expect(recorder.run("\(required) --seed x --json-errors") == .wrongUse)
    let event = try JSONValue(parsing: recorder.errors)
    #expect(event["kind"] == "parameters.wrong-type")
    #expect(event["problems"]?[0]?["parameter"] == "seed")
    #expect(recorder.errors.hasSuffix("}\n"))
  }

  @Test("prints the causes of a failure and exits with 1")
  func failure() {
    struct Failure: ExplainedError {
      let kind: String
      let message: String
      let cause: (any Error)?
    }
    let recorder = Recorder()
    let tool = recorder.tool { () throws -> ExitCode in
      let cause = Failure(kind: "raster.truncated", message: "a.tif ends early", cause: nil)
      throw Failure(kind: "step.failed", message: "the step match failed", cause: cause)
    }
    let code = tool.run(required.split(separator: " ").map(String.init), console: recorder.console())
    #expect(code == .failed)
    #expect(recorder.errors == "ogive: the step match failed\n  because: a.tif ends early\n")
  }

  @Test("a command that finds a value impossible exits with 2, one that can't write with 1")
  func lateErrors() {
    let recorder = Recorder()
    let words = required.split(separator: " ").map(String.init)
    let conflict = recorder.tool { () throws -> ExitCode in
      throw ParameterError.conflict("templateWindow", "the window is larger than the image")
    }
    #expect(conflict.run(words, console: recorder.console()) == .wrongUse)
    #expect(recorder.errors == "ogive: the window is larger than the image\n")
    #expect(recorder.run("reference --out /dev/null/nowhere") == .failed)
  }

  @Test("passes on the exit code of the command", arguments: ExitCode.allCases)
  func exitCode(code: ExitCode) {
    let recorder = Recorder()
    let tool = recorder.tool { code }
    #expect(tool.run(["match", "a", "b", "--out", "o"], console: recorder.console()) == code)
  }
}

@Suite("Job files")
struct JobFileTests {
  private func run(_ job: String, _ line: String) throws -> Recorder {
    try withTemporaryFolder { folder in
      let recorder = Recorder()
      let file = folder.appending(path: "job.json")
      try Data(job.utf8).write(to: file)
      recorder.run("\(line) --config \(file.path)")
      return recorder
    }
  }

  @Test("a job file gives arguments and flags, and flags override it")
  func override() throws {
    let job = """
      {"$schema": "x", "process": "match", "reference": "a", "secondary": "b", "out": "o", "seed": 5, "searchRadius": 3}
      """
    let recorder = try run(job, "match --seed 6 c")
    #expect(recorder.parameters?.seed == 6)
    #expect(recorder.parameters?.search.searchRadius == 3)
    #expect(recorder.parameters?.reference.path == "c")
    #expect(recorder.parameters?.secondary.path == "b")
  }

  @Test("a run's own record and an execution request are job files")
  func longForm() throws {
    let parameters = try FixtureParameters.with(["seed": 9])
    let lock = JobFile(process: "match", inputs: parameters.json, provenance: ["version": "0.1.0"])
    let recorder = try run(lock.json.text(.pretty), "match")
    #expect(recorder.errors == "")
    #expect(recorder.parameters == parameters)
    let request = try run(#"{"inputs": {"reference": "a", "secondary": "b", "out": "o"}, "outputs": {}}"#, "match")
    #expect(request.parameters?.reference.path == "a")
  }

  @Test(
    "names the file in its problems",
    arguments: [
      (
        #"{"process": "simulate"}"#,
        "ogive: job.json is a job of the command simulate, not of match; run ogive simulate --config "
      ),
      (
        #"{"templte-window": 5}"#,
        "ogive: unknown parameter templte-window in job.json; did you mean templateWindow?\n"
      ),
      (#"{"seed": "5"}"#, "ogive: seed in job.json takes a whole number of at least 0, not \"5\"\n"),
      (#"{"seed": 5, "seed": 6}"#, "ogive: job.json, line 1, column 13: the key \"seed\" occurs twice\n"),
      ("[]", "ogive: job.json must be an object: {\"parameter\": value, …}\n"),
      (#"{"process": 5}"#, "ogive: process in job.json takes the name of a command, not 5\n"),
      (
        #"{"inputs": {}, "seed": 5}"#,
        "ogive: unknown key seed beside inputs in job.json; parameters stand inside inputs\n"
      ),
    ])
  func problems(job: String, message: String) throws {
    let recorder = try run(job, "match a b --out o")
    #expect(recorder.errors.hasPrefix(message), "\(recorder.errors)")
    #expect(recorder.parameters == nil)
  }
}
