// SPDX-License-Identifier: Apache-2.0

/// One scalar of the strain state of a moving surface.
///
/// All are strains of the horizontal displacement per year, or of the whole interval where no dates are known.
/// Shear is always the tensor shear, half of the engineering shear.
public enum StrainComponent: String, CaseIterable, Sendable {
  /// Normal strain to the east, to the north, and the shear between these axes.
  case east, north, eastNorth
  /// Normal strain along and across the direction of motion, and the shear between them. NaN where the direction is
  /// not known.
  case longitudinal, transverse, shear
  /// Normal strain upward of an incompressible mass. NaN for other materials.
  case vertical
  /// Rigid rotation, counter-clockwise positive seen from above.
  case rotation
  /// Largest and smallest normal strain over all horizontal directions.
  case principalLargest, principalSmallest
  /// Azimuth of the largest normal strain, degrees clockwise from north in 0..<180.
  case principalAzimuth
  /// Second invariant of the strain tensor: one measure for how fast the mass deforms.
  case effective

  /// Position among all cases.
  var lane: Int {
    switch self {
    case .east: 0
    case .north: 1
    case .eastNorth: 2
    case .longitudinal: 3
    case .transverse: 4
    case .shear: 5
    case .vertical: 6
    case .rotation: 7
    case .principalLargest: 8
    case .principalSmallest: 9
    case .principalAzimuth: 10
    case .effective: 11
    }
  }

  /// The unit of the value and of its sigma.
  public func unit(isRate: Bool) -> String {
    switch self {
    case .principalAzimuth: "degree"
    case .rotation: isRate ? "rad/yr" : "rad"
    default: isRate ? "1/yr" : "1"
    }
  }

  /// A clause that describes the value, for band descriptions and legends.
  public var summary: String {
    switch self {
    case .east: "normal strain to the east"
    case .north: "normal strain to the north"
    case .eastNorth: "tensor shear strain between east and north"
    case .longitudinal: "normal strain along the motion"
    case .transverse: "normal strain across the motion"
    case .shear: "tensor shear strain between the motion and its left"
    case .vertical: "vertical strain of an incompressible mass"
    case .rotation: "rotation, counter-clockwise positive seen from above"
    case .principalLargest: "largest principal strain"
    case .principalSmallest: "smallest principal strain"
    case .principalAzimuth: "azimuth of the largest principal strain, clockwise from north"
    case .effective: "effective strain (square root of the second invariant)"
    }
  }
}

/// A value with its standard deviation, both in the same unit; NaN where not known.
public struct Estimate: Hashable, Sendable {
  public var value, sigma: Double

  public init(value: Double, sigma: Double) {
    self.value = value
    self.sigma = sigma
  }
}

/// All strain components of one point.
public struct StrainRates: Sendable {
  var values = SIMD16<Double>(repeating: .nan)
  var sigmas = SIMD16<Double>(repeating: .nan)

  /// A component with its standard deviation; unit as `StrainComponent.unit` says.
  public subscript(component: StrainComponent) -> Estimate {
    Estimate(value: values[component.lane], sigma: sigmas[component.lane])
  }
}
