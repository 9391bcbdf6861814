// SPDX-License-Identifier: Apache-2.0
import Parameters

extension SeriesCommand {
  /// Choices of `ogive series`.
  public struct Parameters: ParameterSet {
    @Parameter("Folder of ogive invert, or a cube that it has written", .positional) public var run: InputFile
    @Parameter("Folder for the results", .absent("the run folder, or beside the cube")) public var out: OutputFolder?
    @Parameter("Places as EAST,NORTH,EAST,NORTH and so on, in the coordinates of the map") public var at: [Double] =
      []
    @Parameter("Vector file with the places") public var points: InputFile?
    @Parameter("A line as EAST,NORTH,EAST,NORTH and so on, in the coordinates of the map") public var line: [Double] =
      []
    @Parameter("Vector file with one line") public var lineFile: InputFile?
    @Parameter("Maps of the readings of all pixels") public var maps = false
    @Parameter("Number of independent sources that the motion of all pixels is taken apart into", in: 1...10)
    public var sources: Int?
    @Parameter("Table with the column date and others of rain, snow or temperature day by day")
    public var weather: InputFile?
    @Parameter("Threads; the results do not depend on them", in: 1...1024, .absent("all cores")) public var threads:
      Int?
    @Parameter("No progress on standard error") public var quiet = false

    public init() {}

    var hasPlaces: Bool { points != nil || !at.isEmpty }
    var hasLine: Bool { lineFile != nil || !line.isEmpty }

    public func validate() throws(ParameterError) {
      if points != nil, !at.isEmpty { throw .conflict("at", "give the places once, as `at` or as `points`") }
      if lineFile != nil, !line.isEmpty { throw .conflict("line", "give the line once, as `line` or as `lineFile`") }
      if !hasPlaces, !hasLine, !maps, sources == nil {
        throw .conflict(
          "at", "say what to read: places (`at` or `points`), a line (`line` or `lineFile`), `maps` or `sources`")
      }
      if at.count % 2 != 0 { throw .conflict("at", "`at` takes places as EAST,NORTH: an even number of coordinates") }
      try MapLine.check(line)
    }
  }
}
