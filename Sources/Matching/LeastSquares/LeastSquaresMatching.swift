// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Least squares matching: the affine motion, gain and offset that bring a template of the reference onto the
/// secondary with the least squared differences.
///
/// The most precise matching of a single place, and the only one that gives the strain and its own covariance with
/// the offset; needs a start within about a pixel. Cost: about 4 passes over the template per point.
///
/// Source: Debella-Gilo & Kääb 2012 (rejection rules, precision limit); Baker & Matthews 2004 (inverse compositional
/// form); Pan et al. 2013 (with gain and offset). Differs from them: the normal matrix is that of the products of the
/// reference's gradients with those of the warped secondary, whose noises are independent. The usual one, of the
/// reference alone, counts the noise of the gradients as texture: under strong noise steps become too short and the
/// textbook covariance too small.
public struct LeastSquaresMatching: Sendable {
  public let reference, secondary: LeastSquaresImage
  public let parameters: Parameters

  /// Prepares two images; see `LeastSquaresImage` for the meaning of `level`.
  public init(
    reference: Grid<Float>, secondary: Grid<Float>, parameters: Parameters = Parameters(), level: Float? = nil,
    threads: Int = 1
  ) {
    let window = parameters.templateWindow
    self.init(
      reference: .reference(
        reference, templateWindow: window, gradientSmoothing: parameters.gradientSmoothing, level: level,
        threads: threads),
      secondary: .secondary(
        secondary, templateWindow: window, interpolation: parameters.interpolation, level: level, threads: threads),
      parameters: parameters)
  }

  /// Matches prepared images, whose template window must be at least that of `parameters`.
  public init(reference: LeastSquaresImage, secondary: LeastSquaresImage, parameters: Parameters) {
    precondition(parameters.templateWindow % 2 == 1, "a template window is odd, not \(parameters.templateWindow)")
    precondition(
      min(reference.pad, secondary.pad) >= parameters.templateWindow / 2 + 19, "images prepared for smaller templates"
    )
    self.reference = reference
    self.secondary = secondary
    self.parameters = parameters
  }

  /// Matches templates around points, each from its own start, independently of the others.
  ///
  /// - Parameters:
  ///   - points: template centres, px. A template sits on the nearest whole pixel; its affine model gives the values
  ///     at the point itself.
  ///   - start: first guess for each point, within about 1 px.
  ///   - threads: the result does not depend on it.
  /// - Returns: one match per point, with the reason in `flag` where there is none.
  public func match(at points: [PixelPoint], start: [AffineOffset], threads: Int = 1) -> [LeastSquaresMatch] {
    match(points, start, threads: threads) { $0.match($1, $2) }
  }

  /// Runs `one` at each point, from its start.
  func match(
    _ points: [PixelPoint], _ start: [AffineOffset], threads: Int,
    _ one: @Sendable (inout LeastSquaresSolver, PixelPoint, AffineOffset) -> LeastSquaresMatch
  ) -> [LeastSquaresMatch] {
    precondition(points.count == start.count, "\(points.count) points need as many starts, not \(start.count)")
    let batch = 32
    var out = [LeastSquaresMatch](repeating: LeastSquaresMatch(flag: .offImage), count: points.count)
    out.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let results = buffer
      performBlocks((points.count + batch - 1) / batch, threads: threads) { block in
        withSolver { solver in
          for index in block * batch..<min(points.count, (block + 1) * batch) {
            results[index] = one(&solver, points[index], start[index])
          }
        }
      }
    }
    return out
  }

  /// Runs `body` with scratch memory of its own.
  func withSolver<Result>(_ body: (inout LeastSquaresSolver) -> Result) -> Result {
    let gradients = reference.smooth.isEmpty ? reference.plane : reference.smooth
    return withPlanes { referencePlane, secondaryPlane, valid in
      gradients.withUnsafeBufferPointer { gradients in
        var solver = LeastSquaresSolver(self, referencePlane, gradients.baseAddress!, secondaryPlane, valid)
        defer { solver.deallocate() }
        return body(&solver)
      }
    }
  }

  private func withPlanes<Result>(
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<UInt8>) -> Result
  ) -> Result {
    reference.plane.withUnsafeBufferPointer { referencePlane in
      secondary.plane.withUnsafeBufferPointer { secondaryPlane in
        secondary.valid.withUnsafeBufferPointer { valid in
          body(referencePlane.baseAddress!, secondaryPlane.baseAddress!, valid.baseAddress!)
        }
      }
    }
  }
}
