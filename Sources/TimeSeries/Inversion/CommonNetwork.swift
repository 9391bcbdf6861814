// SPDX-License-Identifier: Apache-2.0
import Kernels

/// The factor that all pixels without missing pairs share, where pairs have one weight for the whole block.
final class CommonNetwork: @unchecked Sendable {
  /// One for each component; nil where weights differ from pixel to pixel or change with the residuals.
  let weights: [[Double]]?
  let factors, inverses, covariances: [UnsafeMutablePointer<WideLanes>]

  init(_ solver: NetworkSolver, _ block: PairDisplacements) {
    let layout = solver.system.layout
    let weights = Self.weights(solver, block)
    self.weights = weights
    func buffers(_ size: Int) -> [UnsafeMutablePointer<WideLanes>] {
      (weights ?? []).map { _ in
        let out = UnsafeMutablePointer<WideLanes>.allocate(capacity: max(1, size))
        out.initialize(repeating: WideLanes(repeating: 0), count: max(1, size))
        return out
      }
    }
    factors = buffers(layout.count)
    covariances = buffers(layout.count)
    inverses = buffers(layout.order)
    for (index, own) in (weights ?? []).enumerated() {
      own.map { WideLanes(repeating: $0) }.withUnsafeBufferPointer {
        solver.system.pairs.add(weights: $0.baseAddress!, to: factors[index])
      }
      layout.factor(factors[index], inverse: inverses[index])
      let scratch = UnsafeMutablePointer<WideLanes>.allocate(capacity: 2 * max(1, layout.order))
      layout.invert(factors[index], inverse: inverses[index], into: covariances[index], scratch: scratch)
      scratch.deallocate()
    }
  }

  deinit { for pointer in factors + inverses + covariances { pointer.deallocate() } }

  private static func weights(_ solver: NetworkSolver, _ block: PairDisplacements) -> [[Double]]? {
    guard case .leastSquares = solver.norm, solver.system.smoothing == nil, solver.times.parts().count == 1 else {
      return nil
    }
    var out: [[Double]] = []
    for component in block.components {
      let spans = (0..<block.pairs).map(solver.spanWeight)
      switch component.sigmas {
      case .perPixel where solver.parameters.weighting.usesSigmas: return nil
      case .perPair(let sigmas) where solver.parameters.weighting.usesSigmas:
        guard sigmas.allSatisfy({ $0 > 0 && $0 < .infinity }) else { return nil }
        out.append(zip(spans, sigmas).map { $0 / (Double($1) * Double($1)) })
      default: out.append(spans)
      }
    }
    return out
  }
}
