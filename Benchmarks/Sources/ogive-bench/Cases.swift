// SPDX-License-Identifier: Apache-2.0
import OgiveKit

/// What is measured, in the order of the table. A case has the name of the peers' case that it stands beside.
enum Cases {
  static let all: [BenchmarkCase] = [robustSpread]

  /// Robust spread of noise of known spread: the one case that needs no matcher, to try the harness with.
  private static let robustSpread = BenchmarkCase(name: "nmad") { size in
    var random = Random(seed: 3)
    let values = (0..<size * size).map { _ in Float(random.normal()) }
    return { _ in
      let spread = nmad(values)
      return .init(
        work: Double(values.count), workUnit: "px", error: Double(abs(spread - 1)), errorUnit: "of the true spread")
    }
  }
}
