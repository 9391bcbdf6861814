// SPDX-License-Identifier: Apache-2.0

/// Whether a point was measured and, where it was not, why. The raw values are what `flags.tif` holds.
public enum MatchFlag: UInt8, CaseIterable, Sendable {
  /// The point was measured.
  case measured = 0
  /// The template has too little contrast to be found again.
  case noTexture = 1
  /// Too little of the template or of its target is unmasked.
  case masked = 2
  /// The template or its target leaves the image.
  case offImage = 3
  /// Two places fit about equally well.
  case ambiguous = 4
  /// The refinement did not converge, or made the match worse.
  case noConvergence = 5
  /// The standard deviation of the offset is above the limit.
  case imprecise = 6
  /// The offset contradicts its neighbours or the match in the opposite direction.
  case inconsistent = 7
}
