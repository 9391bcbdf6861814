// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO

/// `ogive shapes`: what the server runs to read a stranger's vector file, in a process that may die of it.
public struct ShapesCommand: Command {
  public init() {}

  public let id = "shapes"
  public let summary = "Print the shapes of a vector file as GeoJSON in longitude and latitude"
  public let isHidden = true

  /// Choices of `ogive shapes`.
  public struct Parameters: ParameterSet {
    @Parameter("Vector file", .positional) public var file: InputFile
    @Parameter("What its sender calls it, for messages") public var name = "the file"

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let p = invocation.parameters
    invocation.console.print(try VectorShapes.geoJSON(of: p.file.path, named: p.name))
    return .done
  }
}
