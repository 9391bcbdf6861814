// SPDX-License-Identifier: Apache-2.0
import Parameters
import Simulation

/// What the grey values of a simulated pair are stored as.
public enum GreyType: String, ParameterChoice {
  /// The type of the source.
  case source
  /// Fractions, without rounding.
  case float

  /// What the choice means, as a clause.
  public var summary: String {
    switch self {
    case .source: "the type of the source where it has at most 16 bits, float otherwise; 8 bits for a texture"
    case .float: "32-bit floating point, neither rounded nor clipped"
    }
  }
}

extension SimulateCommand {
  /// Choices of `ogive simulate`.
  public struct Parameters: ParameterSet {
    @Parameter(
      "Image that is moved, in any raster format, or the word texture for a generated one", .positional,
      .word(Self.generated))
    public var image: InputFile

    @Parameter("Folder for the pair, its truth and simulation.json")
    public var out: OutputFolder

    @Parameter(
      "Part of the image that is used: a box in its coordinates, or the box around the polygons of a vector file",
      .absent("the whole image"))
    public var area: Area?

    @Parameter("Band of the image, counted from 1", in: 1...65_535, .absent("the first that is not alpha"))
    public var band: Int?

    @Parameter("Type of the grey values that are written")
    public var greyType = GreyType.source

    @Parameter("Write the gradients and the strain of the motion too, not only its offsets")
    public var gradients = true

    @Parameter("Write no progress")
    public var quiet = false

    @Parameter("Tiles that are made at a time; changes nothing in the result", in: 1...1024, .absent("one per core"))
    public var threads: Int?

    @Parameter("Side of the tiles; changes nothing in the result", unit: "px", in: 16...8192, .advanced)
    public var tileSize = 512

    public var motion = PairSimulator.Parameters()

    @Parameter("Rows of a generated texture", unit: "px", in: 1...100_000, .group("Texture"))
    public var rows = 1024

    @Parameter("Columns of a generated texture", unit: "px", in: 1...100_000, .group("Texture"))
    public var columns = 1024

    public var texture = GeneratedTexture.Parameters()

    public init() {}

    private static let generated = "texture"

    /// Whether the source is generated; a file of that name is given as `./texture`.
    var isTexture: Bool { image.path == Self.generated }

    public func validate() throws(ParameterError) {
      guard isTexture else { return }
      if area != nil {
        throw .conflict("area", "`area` cuts a part out of a file; a texture has the size of `rows` and `columns`")
      }
      if band != nil { throw .conflict("band", "`band` chooses a band of a file; a texture has only one") }
    }

    /// What the result depends on: everything but where and how fast it is made.
    var reproducible: JSONObject {
      var object = json
      for name in ["out", "quiet", "threads", "tileSize"] { object[name] = nil }
      return object
    }
  }
}
