// SPDX-License-Identifier: Apache-2.0
import Parameters

extension RankFlow {
  /// Defaults are those of GeFolki (radius 8, 4; 5 iterations; rank 4; 4 levels).
  public struct Parameters: ParameterSet {
    @Parameter(
      "Half sides of the square windows, run one after the other at every level: large ones find, small ones sharpen",
      unit: "px", in: 1...256)
    public var radii = [8, 4]

    @Parameter(
      "Resolutions from coarse to fine, each half the next; with n of them motion up to about 2ⁿ px is found",
      in: 1...8)
    public var levels = 4

    @Parameter("Iterations with each window at each level", in: 1...50)
    public var iterations = 5

    @Parameter(
      "Half side of the square in which a pixel is replaced by its rank; 0 compares the intensities themselves",
      unit: "px", in: 0...16)
    public var rankRadius = 4

    @Parameter("Inverts the contrast wherever the inverted image fits better, as between radar and optical images")
    public var contrastInversion = false

    @Parameter("Equalises the local histograms of both images first (CLAHE)")
    public var equalisation = false

    @Parameter("Side of the squares whose histograms are equalised", unit: "px", in: 8...1024, .advanced)
    public var equalisationCell = 64

    /// skimage and GeFolki's own calls use 0.01 to 1; above it the histogram is not cut.
    @Parameter(
      "Largest share of a square's pixels in one of 256 classes before the rest is spread", in: 0.004...1, .advanced)
    public var equalisationLimit = 0.01

    @Parameter("Least share of a window's pixels that must be present in both images", in: 0.01...1, .advanced)
    public var minimumValidShare = 0.08

    public init() {}

    /// A window has to be named.
    public func validate() throws(ParameterError) {
      if radii.isEmpty { throw .conflict("radii", "`radii` is empty: give at least one half side, such as 8") }
    }
  }
}
