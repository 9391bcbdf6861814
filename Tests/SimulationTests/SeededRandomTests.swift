// SPDX-License-Identifier: Apache-2.0
import Foundation
import Simulation
import Testing

@Suite("Seeded random numbers")
struct SeededRandomTests {
  @Test("the sequence of seed 1234567 is the published one of SplitMix64")
  func published() {
    var random = SeededRandom(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
  }

  @Test("normal numbers of seed 1 equal those of a Python program with the same method within 1e-15")
  func secondImplementation() {
    var random = SeededRandom(seed: 1)
    for expected in [
      (0.42945220538400686, 1.5857725335739927), (0.4564552075888475, -0.05392224341748634),
      (-0.3268385200683801, 1.541644438276406),
    ] {
      let (a, b) = random.normalPair()
      #expect(abs(a - expected.0) < 1e-15 && abs(b - expected.1) < 1e-15)
    }
  }

  @Test("200 000 normal numbers: mean 0, variance 1, fourth moment 3 and 5 % tails within four standard errors")
  func moments() {
    var random = SeededRandom(seed: 8)
    let n = 200_000
    var sums = [0.0, 0, 0, 0], tail = 0.0, cross = 0.0
    for _ in 0..<n / 2 {
      let (a, b) = random.normalPair()
      cross += a * b
      for x in [a, b] {
        sums[0] += x
        sums[1] += x * x
        sums[2] += x * x * x
        sums[3] += x * x * x * x
        if abs(x) > 1.959964 { tail += 1 }
      }
    }
    let root = Double(n).squareRoot()
    #expect(abs(sums[0] / Double(n)) < 4 / root)
    #expect(abs(sums[1] / Double(n) - 1) < 4 * 2.0.squareRoot() / root)
    #expect(abs(sums[2] / Double(n)) < 4 * 15.0.squareRoot() / root)
    #expect(abs(sums[3] / Double(n) - 3) < 4 * 96.0.squareRoot() / root)
    #expect(abs(tail / Double(n) - 0.05) < 4 * 0.218 / root)
    #expect(abs(cross / Double(n / 2)) < 4 / Double(n / 2).squareRoot())
  }

  @Test("neighbouring pixels, seeds and streams are uncorrelated within four standard errors")
  func keyed() {
    func value(_ seed: UInt64, _ stream: UInt64, _ row: Int, _ column: Int) -> Double {
      var random = SeededRandom(seed: seed, stream: stream, row: row, column: column)
      return random.normalPair().0
    }
    var sums = [0.0, 0, 0, 0, 0]
    let n = 200
    for row in -n / 2..<n / 2 {
      for column in -n / 2..<n / 2 {
        let a = value(1, 0, row, column)
        for (i, b) in [
          value(1, 0, row, column + 1), value(1, 0, row + 1, column), value(2, 0, row, column),
          value(1, 1, row, column), value(1, 0, column, row) * (row == column ? 0 : 1),
        ].enumerated() { sums[i] += a * b }
      }
    }
    // The transposed pairs are counted twice, hence the wider limit.
    for sum in sums { #expect(abs(sum) / Double(n) < 4 * 2.0.squareRoot()) }
  }
}
