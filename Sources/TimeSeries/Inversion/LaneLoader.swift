// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Brings up to eight pixels of a block into the lanes of a batch.
struct LaneLoader {
  let block: PairDisplacements
  /// Places in the block, one a lane.
  let pixels: [Int]
  private let isNeighbours: Bool

  init(_ block: PairDisplacements, pixels: [Int]) {
    precondition(pixels.count <= SmoothMotion.lanes, "more pixels than lanes")
    self.block = block
    self.pixels = pixels
    isNeighbours = pixels.count == SmoothMotion.lanes && zip(pixels, pixels.dropFirst()).allSatisfy { $0 + 1 == $1 }
  }

  /// Neighbouring pixels from one on, up to the end of the block.
  init(_ block: PairDisplacements, at pixel: Int) {
    self.init(block, pixels: Array(pixel..<min(pixel + SmoothMotion.lanes, block.pixels)))
  }

  /// One direction's displacements and 1 / variance of one pair, 0 where either is missing.
  func load(_ component: PairDisplacements.Component, _ pair: Int) -> (value: WideLanes, precision: WideLanes) {
    let values = lanes(component.values, pair), sigmas = sigmas(component, pair)
    let zero = WideLanes(repeating: 0)
    let isThere = (values .== values) .& (sigmas .> zero) .& (sigmas .< WideLanes(repeating: .infinity))
    return (zero.replacing(with: values, where: isThere), zero.replacing(with: 1 / (sigmas * sigmas), where: isThere))
  }

  /// Fills a batch with all directions.
  ///
  /// - Returns: pairs that are there, of each lane.
  func fill(_ batch: MotionBatch) -> WideLanes {
    let zero = WideLanes(repeating: 0)
    var counts = zero
    for pair in 0..<block.pairs {
      let loaded = block.components.map { load($0, pair) }
      var isMissing = loaded[0].precision .== zero
      if loaded.count > 1 { isMissing = isMissing .| (loaded[1].precision .== zero) }
      for index in loaded.indices {
        batch.data[index][pair] = loaded[index].value.replacing(with: zero, where: isMissing)
        batch.precision[index][pair] = loaded[index].precision.replacing(with: zero, where: isMissing)
      }
      counts += WideLanes(repeating: 1).replacing(with: zero, where: isMissing)
    }
    return counts
  }

  private func lanes(_ values: [Float], _ pair: Int) -> WideLanes {
    let place = pair * block.pixels
    var out = WideLanes(repeating: .nan)
    if isNeighbours {
      let first = place + pixels[0]
      for lane in 0..<SmoothMotion.lanes { out[lane] = Double(values[first + lane]) }
    } else {
      for (lane, pixel) in pixels.enumerated() { out[lane] = Double(values[place + pixel]) }
    }
    return out
  }

  private func sigmas(_ component: PairDisplacements.Component, _ pair: Int) -> WideLanes {
    switch component.sigmas {
    case .unknown: WideLanes(repeating: 1)
    case .perPair(let sigmas): WideLanes(repeating: Double(sigmas[pair]))
    case .perPixel(let sigmas): lanes(sigmas, pair)
    }
  }
}

extension PairDisplacements {
  /// Whether all directions have the same stated sigmas.
  var sharesSigmas: Bool {
    guard components.count == 2 else { return true }
    return switch (components[0].sigmas, components[1].sigmas) {
    case (.unknown, .unknown): true
    case (.perPair(let a), .perPair(let b)): a == b
    default: false
    }
  }

  /// Whether any direction comes with sigmas.
  var statesSigmas: Bool {
    components.contains {
      if case .unknown = $0.sigmas { false } else { true }
    }
  }
}
