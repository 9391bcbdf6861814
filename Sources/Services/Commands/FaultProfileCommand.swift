// SPDX-License-Identifier: Apache-2.0
import Deformation
import Parameters

/// `ogive fault-profile`: the slip across a fault.
public struct FaultProfileCommand: Command {
  public let id = "fault-profile"
  public let summary = "Measure the slip across a fault from the motion on both sides"
  public let discussion =
    "Fits a straight line to the motion on each side of the fault, in stretches along it, and compares both at the fault. "
    + "Slip is positive when the other side moves to the right (right-lateral), opening when the sides move apart. The "
    + "standard deviations come from leaving out a part of each stretch in turns.\n\n"
    + "Writes `fault-profile/stretches.csv` and `slip.svg`, the offset of each stretch, and `profile.csv` and `profile.svg`, "
    + "the mean motion at each distance from the fault (positive on the right of the line as it is drawn), into the run "
    + "folder or `--out`."
  public let examples = [
    "fault-profile result --fault trace.gpkg",
    "fault-profile result --line 412000,5320000,431000,5341000 --reach 4000 --gap 200",
  ]

  /// Choices of `ogive fault-profile`.
  public struct Parameters: ParameterSet {
    @Parameter("Run folder of ogive quake, of another service over stacks, or of ogive match", .positional)
    public var run: InputFolder

    @Parameter("Folder for the results", .absent("the run folder")) public var out: OutputFolder?

    @Parameter("Vector file with the trace of the fault, one line") public var fault: InputFile?

    @Parameter("Trace of the fault as EAST,NORTH,EAST,NORTH and so on, in the coordinates of the map") public
      var line: [Double] = []

    public var profile = FaultOffset.Parameters()

    public init() {}

    public func validate() throws(ParameterError) {
      if (fault == nil) == line.isEmpty {
        throw .conflict("fault", "give the trace of the fault once, as `fault` or as `line`")
      }
      try MapLine.check(line)
    }
  }

  public init() {}

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let p = invocation.parameters
    let found = try FaultProfile(p)
    let folder = p.out?.path ?? p.run.path
    try found.write(into: folder)
    for line in found.lines { invocation.console.print(line) }
    return .done
  }
}
