// SPDX-License-Identifier: Apache-2.0
import Parameters
import Products
import RasterIO

/// `ogive info`: what a file is and what a run measured.
public struct InfoCommand: Command {
  public let id = "info"
  public let summary = "Tell what an image, a vector file, a folder of scenes or that of a run holds"
  public let discussion = """
    Of an image: format, size, band, type, reference system, pixel size, extent on the map and in longitude and \
    latitude, missing value, overviews, the acquisition date and where it was found, the range of values and the \
    share of pixels that are not missing, and what `ogive match` would say about it. Large images are looked at in \
    block means, so their range is a little narrower than that of their pixels.

    Of a vector file: its layers. Of the folder of a run: its summary. Of any other folder, of an archive and of the \
    metadata file of a Landsat product: the scenes in it (Sentinel-2 in SAFE layout, Landsat Collection 2, rasters \
    with a date in their name) in the order of time, and what is wrong with the rest.
    """
  public let examples = ["info scene.tif", "info scene.tif --band 2 --json", "info scenes", "info result"]

  /// Choices of `ogive info`.
  public struct Parameters: ParameterSet {
    @Parameter("Image, vector file, folder of scenes or of a run; also a name that GDAL opens", .positional)
    public var file: InputFile

    @Parameter("Band of the image, counted from 1", in: 1...65_535, .absent("the first that is not alpha"))
    public var band: Int?

    @Parameter("Read pixels for the range of values and the share that is not missing")
    public var values = true

    @Parameter("Print JSON")
    public var json = false

    public init() {}
  }

  public init() {}

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let parameters = invocation.parameters
    let entries = try describe(parameters)
    if parameters.json {
      invocation.console.print(JSONObject(entries.map { ($0.key, $0.json) }).text(.pretty))
    } else {
      for entry in entries { for line in entry.lines { invocation.console.print(line) } }
    }
    return .done
  }

  private func describe(_ parameters: Parameters) throws -> [InfoEntry] {
    let path = parameters.file.path
    if let run = try RunInfo(path) { return run.entries }
    do throws(RasterError) {
      let image = try RasterImage.open(path, band: parameters.band)
      return try ImageInfo(image, readsValues: parameters.values).entries
    } catch {
      if let scenes = scenes(path, error.kind) { return scenes.entries(path: path) }
      // Vector formats are no images to GDAL; whatever is neither keeps the first message.
      guard [.unreadable, .container].contains(error.kind), let vector = try? VectorInfo.read(path) else {
        throw error
      }
      return vector.entries
    }
  }
  /// The scenes of a folder, archive or metadata file; nil where there is nothing to tell.
  private func scenes(_ path: String, _ kind: RasterError.Kind) -> SceneCollection? {
    guard [.directory, .container, .unreadable].contains(kind) else { return nil }
    let found = SceneFinder().find([path])
    let isNothing = found.scenes.isEmpty && found.problems.allSatisfy { [.unknown, .damaged].contains($0.kind) }
    return isNothing ? nil : found
  }
}
