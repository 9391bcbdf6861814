// SPDX-License-Identifier: Apache-2.0
import Parameters

/// The patterns of motion that can be simulated.
public enum FieldKind: String, ParameterChoice {
  /// Translation, stretching, shear and rotation, the same everywhere.
  case affine
  /// A valley glacier between still margins.
  case glacier
  /// A turning block inside an ellipse.
  case landslide
  /// Two sides of a fault that slip past each other.
  case fault

  /// What the pattern is, as a clause.
  public var summary: String {
    switch self {
    case .affine: "translation, stretching, shear and rotation that are the same everywhere"
    case .glacier: "a valley glacier that speeds up between still margins"
    case .landslide: "a turning block inside an ellipse"
    case .fault: "two sides of a fault that slip past each other"
    }
  }
}

extension PairSimulator {
  /// Choices of a simulated pair. Directions count clockwise from the top of the image (north where north is up).
  public struct Parameters: ParameterSet {
    @Parameter("Pattern of the displacement field")
    public var field: FieldKind = .glacier

    @Parameter("Largest displacement in the image", unit: "px", in: 0...1000)
    public var maximumDisplacement: Double = 3

    @Parameter(
      "Direction of the motion, or of the fault's trace, clockwise from the top of the image", unit: "degree",
      in: -360...360)
    public var direction: Double = 115

    @Parameter(
      "Width of the glacier, or length of the landslide, as a share of the image's shorter side", in: 0.05...2)
    public var width: Double = 0.6

    @Parameter("Half width of the landslide's boundary zone as a share of its half axes", in: 0.001...1)
    public var boundary: Double = 0.08

    @Parameter(
      "Depth to which the fault is locked, as a share of the image's shorter side; 0 gives a sharp step", in: 0...1)
    public var lockingDepth: Double = 0.02

    @Parameter("Share of the fault's slip that opens (above 0) or closes it (below 0)", in: -1...1)
    public var opening: Double = 0

    @Parameter(
      "Variance of the noise added to each image as a share of the texture's variance; the paper uses 0.01 and 0.1",
      in: 0...10)
    public var noiseVariance: Double = 0.01

    @Parameter("Factor on the grey values of the secondary image", in: 0.01...100)
    public var gain: Double = 1

    @Parameter("Number added to the grey values of the secondary image", unit: "grey level", in: -100_000...100_000)
    public var greyOffset: Double = 0

    @Parameter(
      "Standard deviation of the Gaussian blur of the source image; it removes aliasing, which a warp can't move",
      unit: "px", in: 0...5)
    public var sourceBlur: Double = 0.5

    @Parameter("Number from which the noise is drawn; the same number gives the same images", in: 0...4_294_967_295)
    public var seed: Int = 1

    public init() {}

    func pattern(side: Double, length: Double) -> any AnalyticField {
      switch field {
      case .affine: AffineField(scale: side / 2)
      case .glacier: GlacierField(halfWidth: width * side / 2, length: length / 3)
      case .landslide: LandslideField(along: width * side / 2, across: width * side / 3.2, edge: boundary)
      case .fault: FaultField(lockingDepth: lockingDepth * side, opening: opening)
      }
    }
  }
}
