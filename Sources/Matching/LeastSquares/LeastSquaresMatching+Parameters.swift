// SPDX-License-Identifier: Apache-2.0
import Kernels
import Parameters

extension LeastSquaresMatching {
  /// Which motion a template may make.
  public enum Transformation: String, ParameterChoice {
    /// dx, dy and their four gradients.
    case affine
    /// dx, dy and a rotation about the template's centre, to first order.
    case rigid
    /// dx and dy.
    case translation

    public var summary: String {
      switch self {
      case .affine: "a shift and its four gradients"
      case .rigid: "a shift and a rotation"
      case .translation: "a shift"
      }
    }
  }

  /// How the secondary is interpolated between its pixels.
  public enum Interpolation: String, ParameterChoice {
    case quintic
    case cubic

    public var summary: String {
      switch self {
      case .quintic: "spline of degree 5 without its first alias: bias below 0.0001 px"
      case .cubic: "B-spline of degree 3: bias up to 0.0014 px, less work"
      }
    }

    var order: SplineOrder { self == .cubic ? .cubic : .quinticMOMS }
  }

  /// Declared parameters of least squares matching.
  public struct Parameters: ParameterSet {
    @Parameter("Side of the square template that is matched; odd", unit: "px", in: 5...401)
    public var templateWindow = 51

    @Parameter("Motion that a template may make between the two images")
    public var transformation = Transformation.affine

    /// The cubic one is what the literature uses; on clean images its bias would be larger than the errors.
    @Parameter("How the secondary is interpolated between its pixels")
    public var interpolation = Interpolation.quintic

    /// Debella-Gilo & Kääb 2012 allow 30; strong noise needs more.
    @Parameter("Iterations after which a point counts as not converging", in: 1...200)
    public var maximumIterations = 50

    /// The iterations also end where the next step is foreseen to be below a fifth of it.
    @Parameter(
      "Largest change of any template pixel in an iteration that counts as converged", unit: "px", in: 1e-6...0.1)
    public var convergence = 1e-3

    /// Debella-Gilo & Kääb 2012, section 3.3.
    @Parameter(
      "Largest standard deviation of the offset; less precise points are dropped", unit: "px", in: 1e-4...10)
    public var precisionLimit = 0.2

    @Parameter("Least share of template pixels that must be present in both images", in: 0.05...1)
    public var minimumValidShare = 0.5

    @Parameter("Longest way from the start that a match may move", unit: "px", in: 0.1...50)
    public var maximumMove = 3.0

    /// Measured on the simulated pair with noise of 0.1 and 0.3 of the texture's deviation, against none: errors 4 % and
    /// 21 % less. 0.28 suits strong noise best, 0.15 weak.
    @Parameter(
      "Weight of each neighbour when the reference is smoothed for its gradients; the compared values are not smoothed",
      in: 0...0.33)
    public var gradientSmoothing = 0.2

    public init() {}
  }
}
