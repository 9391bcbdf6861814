// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels

/// Beside a fault or a sharp margin no window around the point fits both sides; one beside the point does.
///
/// Where the models of opposite neighbours, carried on to the point, contradict each other, the point is looked at
/// again: of its own and the neighbours' models, those that explain a patch around the point about as well as the best
/// of them stay, and of these the one with the smallest predicted error is taken. What the others say differently,
/// weighted with how well they explain the patch, is added to the variance, so that a point too near the fault to tell
/// its side says so. The idea is that of shifted windows in stereo matching (Fusiello, Roberto & Trucco 1997), with
/// affine models in place of constant disparities. Checked by: `DenseDiscontinuityTests`.
struct OneSidedModels {
  /// Distances of the neighbours, lattice steps: clear of windows of 25, 51, 75, 101 and 151 px.
  private static let distances = [4, 8, 12, 16, 24]
  private static let axes = [(0, 1), (1, 0), (1, 1), (1, -1)]
  /// Least contradiction that is looked at, px, and how many times the sigma of its noise it must be.
  private static let leastDifference: Float = 0.05
  private static let significance: Float = 4
  /// How many times steeper than a cubic through its neighbours a point must be to count as a step: a step inside a
  /// window of 25 px gives 1.28 for neighbours four lattice steps away, and twice that for each doubling.
  private static func steepness(_ distance: Int) -> Float { distance <= 8 ? 1.15 : 1.5 }
  /// So many pixels count as one: what a wrong model leaves is correlated over the texture, not only over the noise.
  private static let correlatedPixels: Float = 10
  /// A model is refused when its log-likelihood lies this far below the best.
  private static let plausible: Float = 3

  /// How many times the misfit of its sides a ramp may leave.
  private static let rampMisfit: Float = 1.25

  let images: DenseImages
  let estimate: DenseEstimate
  /// Gain of the reference over the secondary, on the lattice.
  let gain: UnsafeMutablePointer<Float>

  private typealias Layer = DenseEstimate.Layer
  private typealias Gradient = (x: Float, y: Float)

  private struct Candidate {
    /// Lattice index of the point whose model it is.
    var index: Int
    var model: PatchResidual.Model
    /// Variances of the noise alone, and squared biases.
    var noiseX, noiseY, biasX, biasY: Float
    var misfit: Float = 0
    /// Squared height of the step that a steep own model may stand for, and the lattice points on its sides.
    var stepX: Float = 0, stepY: Float = 0
    var sides: [Int] = []
    var gradient: SIMD4<Float> { SIMD4(model.uX, model.uY, model.vX, model.vY) }
    var varianceX: Float { noiseX + biasX }
    var varianceY: Float { noiseY + biasY }
  }

  private struct Choice {
    let index: Int
    let best: Candidate
    /// What is added to the squared biases of the offset and of its four gradients.
    let spreadX, spreadY: Float
    let gradientSpread: SIMD4<Float>
  }

  /// Looks at every solved point. All choices are made from the estimate as it was, so their order does not matter.
  func run() {
    let residual = PatchResidual(images.patches), marks = marks()
    defer { withExtendedLifetime(marks) {} }
    var choices: [Choice] = []
    for row in 0..<estimate.rows {
      for column in 0..<estimate.columns where marks.base[row * estimate.stride + column] > 0 {
        var all = candidates(row, column)
        guard !all.isEmpty, judge(&all, residual, row, column) else { continue }
        if isRamp(all[0], residual) { (all[0].stepX, all[0].stepY) = (0, 0) }
        choices.append(choice(all, row * estimate.stride + column))
      }
    }
    let values = choices.map { choice in Layer.allCases.map { estimate.layer($0)[choice.best.index] } }
    for (choice, values) in zip(choices, values) { write(choice, values) }
  }

  /// Above 0 at all points that may have candidates.
  private func marks() -> FloatBuffer {
    let out = FloatBuffer(count: estimate.rows * estimate.stride + 8, pool: images.pool)
    let screen = StepScreen(
      estimate.arrays, rows: estimate.rows, columns: estimate.columns, stride: estimate.stride,
      least: Self.leastDifference, significance: Self.significance)
    for distance in Self.distances {
      let steepness = Self.steepness(distance)
      for axis in Self.axes {
        screen.mark(down: distance * axis.0, right: distance * axis.1, steepness: steepness, into: out.base)
      }
    }
    return out
  }

  private func write(_ choice: Choice, _ values: [Float]) {
    let at = choice.index, best = choice.best
    let biasX = best.biasX + choice.spreadX, biasY = best.biasY + choice.spreadY
    for (layer, value) in zip(Layer.allCases, values) { estimate.layer(layer)[at] = value }
    estimate.layer(.dx)[at] = best.model.u
    estimate.layer(.dy)[at] = best.model.v
    estimate.layer(.dxVariance)[at] = best.noiseX
    estimate.layer(.dyVariance)[at] = best.noiseY
    estimate.layer(.dxBias)[at] = biasX
    estimate.layer(.dyBias)[at] = biasY
    estimate.layer(.error)[at] = best.noiseX + best.noiseY + biasX + biasY
    for (k, layer) in Self.gradientBiases.enumerated() { estimate.layer(layer)[at] += choice.gradientSpread[k] }
  }

  private static let gradientBiases: [Layer] = [.dxPerColumnBias, .dxPerRowBias, .dyPerColumnBias, .dyPerRowBias]

  /// Variances of the four gradients at a lattice point, with their squared biases.
  private func gradientVariances(_ index: Int) -> SIMD4<Float> {
    let noise = SIMD4([Layer.c00, .c11, .c22, .c33].map { estimate.layer($0)[index] })
    return noise + SIMD4(Self.gradientBiases.map { estimate.layer($0)[index] })
  }
}

// MARK: - Candidates

extension OneSidedModels {
  /// The own model, then the pairs of opposite neighbours that contradict each other; empty where none does.
  ///
  /// Curvature changes both carried-on models of a pair alike, so that only a step tells them apart.
  private func candidates(_ row: Int, _ column: Int) -> [Candidate] {
    guard var own = candidate(row, column, right: 0, down: 0) else { return [] }
    var out: [Candidate] = []
    for distance in Self.distances {
      for axis in Self.axes {
        let down = distance * axis.0, right = distance * axis.1
        guard let before = candidate(row - down, column - right, right: right, down: down),
          let after = candidate(row + down, column + right, right: -right, down: -down),
          isContradiction(before, after),
          isSteep(own, before, after, right: right, down: down, times: Self.steepness(distance))
        else { continue }
        let du = before.model.u - after.model.u, dv = before.model.v - after.model.v
        own.stepX = max(own.stepX, du * du)
        own.stepY = max(own.stepY, dv * dv)
        own.sides = [before.index, after.index]
        out += [before, after]
      }
    }
    return out.isEmpty ? [] : [own] + out
  }

  /// The model of a lattice point, carried on so many lattice steps to the right and down.
  private func candidate(_ row: Int, _ column: Int, right: Int, down: Int) -> Candidate? {
    guard row >= 0, column >= 0, row < estimate.rows, column < estimate.columns else { return nil }
    let i = row * estimate.stride + column
    guard estimate.layer(.error)[i] < .infinity else { return nil }
    func value(_ layer: Layer) -> Float { estimate.layer(layer)[i] }
    let x = Float(right * WindowSums.step), y = Float(down * WindowSums.step)
    let model = PatchResidual.Model(
      u: value(.dx) + x * value(.dxPerColumn) + y * value(.dxPerRow), uX: value(.dxPerColumn), uY: value(.dxPerRow),
      v: value(.dy) + x * value(.dyPerColumn) + y * value(.dyPerRow), vX: value(.dyPerColumn), vY: value(.dyPerRow))
    return Candidate(
      index: i, model: model,
      noiseX: value(.dxVariance) + x * x * value(.c00) + 2 * x * y * value(.c10) + y * y * value(.c11),
      noiseY: value(.dyVariance) + x * x * value(.c22) + 2 * x * y * value(.c32) + y * y * value(.c33),
      biasX: value(.dxBias) + x * x * value(.dxPerColumnBias) + y * y * value(.dxPerRowBias),
      biasY: value(.dyBias) + x * x * value(.dyPerColumnBias) + y * y * value(.dyPerRowBias))
  }

  private func isContradiction(_ a: Candidate, _ b: Candidate) -> Bool {
    let du = a.model.u - b.model.u, dv = a.model.v - b.model.v
    let floor = Self.leastDifference * Self.leastDifference, k = Self.significance * Self.significance
    return du * du > max(floor, k * (a.noiseX + b.noiseX)) || dv * dv > max(floor, k * (a.noiseY + b.noiseY))
  }

  /// Whether the point lies on a slope too steep for a smooth field.
  ///
  /// For an odd cubic a·s + c·s³ around the point, the carried-on models of the neighbours at ±Δ differ by 4cΔ³, and
  /// their mean slope exceeds the point's own by 3cΔ². A step makes the own slope the steeper one by far more.
  private func isSteep(_ own: Candidate, _ a: Candidate, _ b: Candidate, right: Int, down: Int, times: Float) -> Bool
  {
    func isSteep(_ own: Gradient, _ a: Gradient, _ b: Gradient, _ difference: Float) -> Bool {
      let x = Float(right * WindowSums.step), y = Float(down * WindowSums.step)
      let excess = (own.x - 0.5 * (a.x + b.x)) * x + (own.y - 0.5 * (a.y + b.y)) * y
      return abs(excess) * 4 / 3 > times * abs(difference)
    }
    let m = own.model, p = a.model, q = b.model
    let du = p.u - q.u, dv = p.v - q.v
    return abs(du) > abs(dv)
      ? isSteep((m.uX, m.uY), (p.uX, p.uY), (q.uX, q.uY), du) : isSteep((m.vX, m.vY), (p.vX, p.vY), (q.vX, q.vY), dv)
  }
}

// MARK: - Choice

extension OneSidedModels {
  /// Fills the misfits; false where the patch of the point's own model cannot be read.
  private func judge(_ all: inout [Candidate], _ residual: PatchResidual, _ row: Int, _ column: Int) -> Bool {
    let gain = gain[row * estimate.stride + column]
    for k in all.indices {
      let model = all[k].model
      let misfit =
        isReadable(model)
        ? residual.meanSquare(
          row: row * WindowSums.step, column: column * WindowSums.step, model: model, gain: gain) : nil
      if k == 0 && misfit == nil { return false }
      all[k].misfit = misfit ?? .infinity
    }
    return true
  }

  /// Whether the secondary reaches as far as a model goes within its patch: where windows hold little but noise, gradients
  /// of more than a pixel a pixel occur.
  private func isReadable(_ model: PatchResidual.Model) -> Bool {
    let limit = DenseImages.limit(slack: images.slack) - 2
    let half = Float(PatchResidual.side / 2 + WindowSums.step)
    return abs(model.u) + half * (abs(model.uX) + abs(model.uY)) <= limit
      && abs(model.v) + half * (abs(model.vX) + abs(model.vY)) <= limit
  }

  /// Whether the own model leaves no more in its patch than the models on both sides leave in theirs. A step would.
  private func isRamp(_ own: Candidate, _ residual: PatchResidual) -> Bool {
    var most: Float = 0
    for index in own.sides {
      let row = index / estimate.stride, column = index % estimate.stride
      guard let side = candidate(row, column, right: 0, down: 0), isReadable(side.model),
        let misfit = residual.meanSquare(
          row: row * WindowSums.step, column: column * WindowSums.step, model: side.model, gain: gain[index])
      else { return false }
      most = max(most, misfit)
    }
    return own.misfit < Self.rampMisfit * most
  }

  private func choice(_ all: [Candidate], _ index: Int) -> Choice {
    let least = max(all.lazy.map(\.misfit).min() ?? 0, 1e-8)
    let pixels = PatchResidual.effectivePixels / Self.correlatedPixels
    // How far the log-likelihood lies below the best.
    func depth(_ c: Candidate) -> Float { 0.5 * pixels * (c.misfit / least - 1) }
    var best = all[0], lowest = Float.infinity
    for c in all where depth(c) < Self.plausible && c.varianceX + c.varianceY < lowest {
      best = c
      lowest = c.varianceX + c.varianceY
    }
    var weight: Float = 0, x: Float = 0, y: Float = 0, gradient = SIMD4<Float>.zero
    let variances = gradientVariances(best.index)
    for c in all where c.misfit < .infinity {
      let share = exp(-depth(c)), du = c.model.u - best.model.u, dv = c.model.v - best.model.v
      weight += share
      x += share * max(0, du * du - c.varianceX - best.varianceX)
      y += share * max(0, dv * dv - c.varianceY - best.varianceY)
      let dg = c.gradient - best.gradient, excess = dg * dg - gradientVariances(c.index) - variances
      gradient += share * excess.replacing(with: 0, where: excess .< 0)
    }
    // Between two sides the own model is a ramp; the truth may lie anywhere between them.
    return Choice(
      index: index, best: best, spreadX: max(x / weight, best.stepX / 12), spreadY: max(y / weight, best.stepY / 12),
      gradientSpread: gradient / weight)
  }
}
