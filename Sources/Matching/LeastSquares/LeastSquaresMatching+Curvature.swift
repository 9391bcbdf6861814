// SPDX-License-Identifier: Apache-2.0
import Grids

extension LeastSquaresMatching {
  /// Takes out of a grid of matches what the curvature of the motion inside the templates put in.
  ///
  /// An affine template returns a mean over itself. The neighbours' gradients tell how the motion curves, so the bias
  /// is known, to within their noise: that part of it which stands out of the noise is taken off offset and gradients,
  /// and the covariance of the offset tells what is left. Third derivatives, which bias the gradients, are not taken out
  /// but go into their covariance. Cost: O(points × (window / spacing)²).
  ///
  /// - Parameters:
  ///   - matches: a regular grid of affine matches; it is best handed over whole, since a point looks about four windows
  ///     around.
  ///   - spacing: distance between points, px.
  ///   - templateWindow: side of the template that was matched, px.
  public static func correctingCurvature(
    _ matches: Grid<LeastSquaresMatch>, spacing: Double, templateWindow: Int
  ) -> Grid<LeastSquaresMatch> {
    let curvature = WindowCurvature(spacing: spacing, templateWindow: templateWindow)
    var out = matches
    for (index, match) in correctingCurvature(matches, curvature).cells.enumerated() {
      if let match { out.cells[index] = match }
    }
    GradientBias(spacing: spacing, templateWindow: templateWindow).add(to: &out)
    return out
  }

  /// The same with the neighbours that `curvature` looks at; nil where a point or too many of those are missing.
  static func correctingCurvature(
    _ matches: Grid<LeastSquaresMatch>, _ curvature: WindowCurvature
  ) -> Grid<LeastSquaresMatch?> {
    let components = [0, 3].map { component(matches, first: $0) }
    let wide = components.map { curvature.secondDerivatives($0) }
    let nearer = curvature.nearer
    let near = nearer.map { nearer in components.map { nearer.secondDerivatives($0) } }
    func bias(_ index: Int, _ parameter: Int, _ derivatives: [Grid<WindowCurvature.SecondDerivatives>]) -> Double {
      let response = matches.cells[index].curvatureResponse
      return (0..<6).reduce(0) {
        $0 + Double(response[parameter, $1]) * derivatives[$1 / 3].cells[index].values[$1 % 3]
      }
    }
    func biases(
      _ first: Int, _ derivatives: [Grid<WindowCurvature.SecondDerivatives>], _ curvature: WindowCurvature
    ) -> WindowCurvature.Bias {
      let values = matches.cells.indices.map { bias($0, first, derivatives) }
      return curvature.bias(
        Grid(rows: matches.rows, columns: matches.columns, cells: values), from: derivatives[first / 3])
    }
    var out = matches.map { $0.flag == .measured ? $0 : nil as LeastSquaresMatch? }
    let noise = matches.cells.indices.map { index in
      noiseShare(
        matches.cells[index].curvatureResponse.misfit, curvature.misfit(wide[0].cells[index].values),
        curvature.misfit(wide[1].cells[index].values))
    }
    for (var component, first) in zip(components, [0, 3]) {
      for index in noise.indices {
        component.variance.cells[index] *= noise[index][first / 3]
        component.gradientVariance.cells[index] *= noise[index][first / 3]
      }
      let own = biases(first, wide, curvature)
      let corrections = curvature.corrections(
        component, wide: own, near: nearer.flatMap { nearer in near.map { biases(first, $0, nearer) } })
      for index in out.cells.indices {
        guard var match = out.cells[index], !own.values.cells[index].isNaN else {
          out.cells[index] = nil
          continue
        }
        let correction = corrections.cells[index]
        let derivatives = correction.isNearer ? near ?? wide : wide
        match.covariance[first, first] = Float(correction.variance)
        match.covariance.scaleGradients(of: first, by: Float(noise[index][first / 3].squareRoot()))
        var p = Six(match.offset)
        for i in first..<first + 3 { p[i] -= correction.share * bias(index, i, derivatives) }
        match.offset = AffineOffset(p)
        out.cells[index] = match
      }
    }
    return out
  }

  /// Points on each side of a point that second derivatives are taken from: a part of a grid that is this much wider
  /// on all sides is corrected as the whole would be, but for how the mean square of the bias is averaged.
  ///
  /// - Parameters:
  ///   - spacing: distance between points, px.
  ///   - templateWindow: side of the template, px.
  public static func curvatureReach(spacing: Int, templateWindow: Int) -> Int {
    WindowCurvature.reach(spacing: Double(spacing), templateWindow: templateWindow)
  }

  /// Parts of the variances of dx and dy that are noise, where the motion leaves mean squares of `u` and `v`, px², over.
  private static func noiseShare(_ misfit: SIMD4<Float>, _ u: Double, _ v: Double) -> SIMD2<Double> {
    let misfit = SIMD4<Double>(misfit), left = SIMD2(repeating: 1) - misfit.evenHalf * u - misfit.oddHalf * v
    // The least that the covariance itself leaves of white noise; unknown curvature leaves all.
    return SIMD2(left.x >= 0.3 ? left.x : left.x.isNaN ? 1 : 0.3, left.y >= 0.3 ? left.y : left.y.isNaN ? 1 : 0.3)
  }

  private static func component(_ matches: Grid<LeastSquaresMatch>, first: Int) -> WindowCurvature.Component {
    WindowCurvature.Component(
      perColumn: matches.map { Six($0.offset)[first + 1] }, perRow: matches.map { Six($0.offset)[first + 2] },
      variance: matches.map { Double($0.covariance[first, first]) },
      gradientVariance: matches.map {
        Double($0.covariance[first + 1, first + 1] + $0.covariance[first + 2, first + 2]) / 2
      })
  }
}

extension AffineCovariance {
  /// What the covariance becomes when the sigmas of the two gradients behind parameter `first` are multiplied by `factor`.
  fileprivate mutating func scaleGradients(of first: Int, by factor: Float) {
    for i in first + 1...first + 2 {
      // The pair of both gradients comes twice, once as each's; a variance does not.
      for j in [1, 2, 4, 5] { self[i, j] *= factor }
      self[i, i] *= factor
    }
  }
}
