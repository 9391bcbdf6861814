// SPDX-License-Identifier: Apache-2.0

/// How strong the walk and the seasons are.
extension MotionBatch {
  /// One step of the strengths up the evidence.
  ///
  /// - Parameter mayStop: whether pixels whose strengths hardly move any more are finished.
  func strengthen(_ component: Int, _ limits: MotionLimits, mayStop: Bool) {
    let values = solution[component], spread = covariance[component]
    var climb = Climb(unit: unit[component], limits: limits, active: active, order: system.layout.order)
    measureStretches(component)
    var trace = WideLanes(repeating: 0), square = trace
    for (stretch, steadiness) in estimate.steadiness[component].enumerated() {
      trace.addProduct(steadiness, stretchTraces[stretch])
      square.addProduct(steadiness, stretchSquares[stretch])
    }
    let before = estimate.smoothness[component]
    let aim = climb.step(
      &estimate.smoothness[component], system.roughnessRank, trace, square, limits.smoothness)
    if system.stretches.count > 1 { climb.change = climb.change.greater(steady(component, from: before, to: aim)) }
    for (harmonic, unknowns) in system.seasons.enumerated() {
      var square = WideLanes(repeating: 0), trace = square
      for unknown in unknowns {
        square.addProduct(values[unknown], values[unknown])
        trace += spread[system.layout.place(unknown, unknown)]
      }
      climb.step(&estimate.seasonality[component][harmonic], unknowns.count, trace, square, limits.seasonality)
    }
    freedom[component] = climb.used
    settled[component] = mayStop ? climb.change .< WideLanes(repeating: limits.tolerance) : .init(repeating: false)
  }

  /// What one round moves.
  private struct Climb {
    let unit: WideLanes
    let limits: MotionLimits
    let active: SIMDMask<SIMD8<Int64>>
    /// Unknowns that the data determine.
    var used: WideLanes
    /// Largest change of a logarithm.
    var change = WideLanes(repeating: 0)

    init(unit: WideLanes, limits: MotionLimits, active: SIMDMask<SIMD8<Int64>>, order: Int) {
      self.unit = unit
      self.limits = limits
      self.active = active
      used = WideLanes(repeating: Double(order - 1))
    }

    /// - Returns: the fixed point that the step goes towards.
    @discardableResult
    mutating func step(
      _ strength: inout WideLanes, _ rank: Int, _ trace: WideLanes, _ square: WideLanes, _ range: ClosedRange<Double>
    ) -> WideLanes {
      let taken = strength * trace
      used -= taken
      let free = (WideLanes(repeating: Double(rank)) - taken).greater(MotionBatch.leastFreedom)
      let aim = free / square.greater(WideLanes(repeating: 1e-300))
      let ratio = (aim / strength).logarithm * limits.relaxation
      let bounded = ratio.greater(WideLanes(repeating: -3)).lesser(WideLanes(repeating: 3))
      let next = (strength * bounded.exponential)
        .greater(unit * range.lowerBound).lesser(unit * range.upperBound)
      let moved = (next / strength).logarithm
      change = change.greater(moved).greater(-moved)
      strength.replace(with: next, where: active)
      return aim
    }
  }

  private static let leastFreedom = WideLanes(repeating: 1e-3)

  // MARK: - Stretches

  private func measureStretches(_ component: Int) {
    let values = solution[component], spread = covariance[component]
    for (stretch, bends) in system.stretches.enumerated() {
      var trace = WideLanes(repeating: 0), square = trace
      for element in system.elements(of: bends) { trace.addProduct(element.whole, spread[element.place]) }
      for bend in bends {
        // Second differences, not the quadratic form of the matrix: that one loses all digits for smooth motion.
        let size = values[bend] - 2 * values[bend + 1] + values[bend + 2]
        square.addProduct(size, size)
      }
      stretchTraces[stretch] = trace
      stretchSquares[stretch] = square
    }
  }

  /// One step of each stretch towards the roughness that its own bends show.
  ///
  /// A stretch's variance has an inverse-gamma prior about that of the series: what its bends say counts with the number
  /// of them that the data determine, against `stretchBelief`. The fixed point is judged from where the series' strength
  /// goes, so that the two do not both take the same step.
  ///
  /// - Returns: how far the logarithms moved, by how much that matters.
  private func steady(_ component: Int, from smoothness: WideLanes, to aimed: WideLanes) -> WideLanes {
    var change = WideLanes(repeating: 0)
    for (stretch, bends) in system.stretches.enumerated() {
      let old = estimate.steadiness[component][stretch], rank = WideLanes(repeating: Double(bends.count))
      let free = (rank - smoothness * old * stretchTraces[stretch]).greater(Self.leastFreedom)
      let aim = (free + Self.stretchBelief) / (aimed * stretchSquares[stretch] + Self.stretchBelief)
      let moved = ((aim / old).logarithm * Self.stretchPace)
        .greater(WideLanes(repeating: -3)).lesser(WideLanes(repeating: 3))
      let next = (old * moved.exponential)
        .greater(WideLanes(repeating: Self.steadinessRange.lowerBound))
        .lesser(WideLanes(repeating: Self.steadinessRange.upperBound))
      estimate.steadiness[component][stretch].replace(with: next, where: active)
      change = change.greater(moved * Self.stretchSay).greater(-moved * Self.stretchSay)
    }
    return change
  }

  /// How many bends' worth the roughness of the series is believed in a stretch. More of it and the years beside a surge
  /// err more (8 % with 2, 25 % with 4); less of it and a glacier without surges does (2 % with 0.5).
  private static let stretchBelief = 1.0
  /// Below 1: with more, steps of neighbouring stretches play against each other.
  private static let stretchPace = 0.6
  /// A stretch that moves by itself changes the motion less than a strength of the whole.
  private static let stretchSay = 0.3
  private static let steadinessRange = 1e-6...1e3
}
