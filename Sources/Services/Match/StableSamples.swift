// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing

/// Offsets or other pairs of products on stable ground, read a band of rows at a time.
struct StableSamples {
  private let isStable: GridFile<UInt8>
  private let x, y: GridFile<Float>
  private let xSigma, ySigma: GridFile<Float>?

  /// The offsets; nil where no ground is known to be stable.
  init?(_ outcome: MatchEvaluation.Outcome) { self.init(outcome, x: "dx", y: "dy") }

  /// Two products with their standard deviations.
  init?(_ outcome: MatchEvaluation.Outcome, x: String, y: String) {
    let products = outcome.products
    guard let stable = outcome.stable, let x = products[x], let y = products[y] else { return nil }
    isStable = stable
    (self.x, self.y) = (x.file, y.file)
    (xSigma, ySigma) = (products[x.name + "_sigma"]?.file, products[y.name + "_sigma"]?.file)
  }

  func forEach(_ body: (OffsetSamples) -> Void) throws {
    for rows in isStable.bands() {
      let field = OffsetGrids(
        dx: try x.read(rows), dy: try y.read(rows), dxSigma: try xSigma?.read(rows), dySigma: try ySigma?.read(rows))
      body(OffsetSamples(field, isUsed: try isStable.read(rows).map { $0 == 1 }))
    }
  }
}

/// Some of many values, evenly spread over them: as many as `thinned(to:)` of an array leaves, and the same ones.
struct EvenSample<Value> {
  private(set) var values: [Value] = []
  /// How many values there were.
  private(set) var count = 0

  init() {}

  /// - Parameter replay: hands all values to its argument; the same ones both times.
  init(limit: Int, _ replay: (_ take: (Value) -> Void) throws -> Void) throws {
    var count = 0
    try replay { _ in count += 1 }
    // Odd, so that a grid with an even number of columns does not give the same ones again and again.
    let step = count > limit ? (count / limit) | 1 : 1
    var index = 0, values: [Value] = []
    try replay { value in
      if index % step == 0 { values.append(value) }
      index += 1
    }
    (self.values, self.count) = (values, count)
  }
}
