// SPDX-License-Identifier: Apache-2.0
import Parameters

/// `ogive evaluate`: the products of a match against the truth.
public struct EvaluateCommand: Command {
  public let id = "evaluate"
  public let summary = "Compare measured motion with the truth"
  public let discussion = """
    Reads the products of `ogive match`, of a grid or of a list of points (`--points`), and the truth that \
    `ogive simulate` wrote (or a known shift that is the same everywhere), samples the truth at the measured points by \
    their map position, and prints how far the measurements are off: mean error vector (the MAD of Debella-Gilo & \
    Kääb 2012), mean absolute error, root mean square error, bias, share of measured points, and whether the standard \
    deviations mean what they say: the root mean square of error over sigma should be 1, and 68 and 95 % of the errors \
    should lie within 1 and 1.96 sigma. The same for gradients and strain where both sides have them.

    Writes the numbers to `evaluation.json` in the run folder. Of very large grids and very long lists an evenly spaced \
    part is compared.
    """
  public let examples = [
    "evaluate measured --truth truth",
    "evaluate measured --truth-dx 0.68 --truth-dy 1.88",
  ]

  /// Choices of `ogive evaluate`.
  public struct Parameters: ParameterSet {
    @Parameter("Run folder of ogive match", .positional)
    public var measured: InputFolder

    @Parameter("Folder with truth_dx.tif, truth_dy.tif and, if there are any, gradients", .absent("a known shift"))
    public var truth: InputFolder?

    @Parameter("True offset to the right, the same everywhere", unit: "px", .absent("from the folder"))
    public var truthDx: Double?

    @Parameter("True offset down, the same everywhere", unit: "px", .absent("from the folder"))
    public var truthDy: Double?

    @Parameter(
      "Width of the border of the truth whose points do not count; ignored for a known shift", unit: "px",
      in: 0...1_000_000)
    public var margin = 64.0

    @Parameter("Print JSON instead of a table")
    public var json = false

    public init() {}

    public func validate() throws(ParameterError) {
      if truth != nil, truthDx != nil || truthDy != nil {
        throw .conflict(
          "truth", "`truth` is a folder of rasters, `truthDx` and `truthDy` are a known shift: give one")
      }
      if truth == nil, truthDx == nil && truthDy == nil {
        throw .conflict("truth", "the truth is missing: give `truth`, or `truthDx` and `truthDy`")
      }
      if truth == nil, (truthDx == nil) != (truthDy == nil) {
        throw .conflict("truthDx", "a known shift needs both `truthDx` and `truthDy`")
      }
    }
  }

  public init() {}

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let parameters = invocation.parameters
    let run = try EvaluationRun(parameters)
    let result = try run.evaluate()
    let report = EvaluationReport(result, parameters: parameters, version: invocation.tool.identity.version)
    invocation.console.print(parameters.json ? report.json.text(.pretty) : report.table)
    for notice in result.notices where !parameters.json {
      let event: JSONObject = ["event": "note", "message": .string(notice)]
      invocation.console.printError(invocation.console.logsJSON ? event.text(.line) : notice)
    }
    try report.write(into: parameters.measured.path)
    return .done
  }
}
