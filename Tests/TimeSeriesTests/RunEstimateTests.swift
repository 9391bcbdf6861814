// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing
import TimeSeries

@Suite("Run estimate")
struct RunEstimateTests {
  private static func rates(_ rate: Double, runs: Int = 5) -> RateTable {
    var table = RateTable()
    for _ in 0..<runs { table.record("dense", megapixels: rate, coreSeconds: 1) }
    return table
  }

  private static func work(_ side: Int, pairs: Int, threads: Int = 1) -> StackWorkload {
    var work = StackWorkload(
      pairs: pairs, scenes: pairs + 1, rows: side, columns: side, stages: [.init("dense", per: .pair)])
    (work.tileSide, work.tileMargin, work.threads) = (1000, 0, threads)
    return work
  }

  @Test("without margins: pixels, tiles, memory, disk and time are plain products")
  func products() throws {
    var work = Self.work(2000, pairs: 3, threads: 2)
    (work.bytesPerTilePixel, work.baseMemory, work.layersPerPair, work.spacing) = (100, 1e6, 5, 2)
    let estimate = try RunEstimate(work, rates: Self.rates(2))
    #expect(estimate.tilesPerPair == 4 && estimate.tiles == 12 && estimate.pairs == 3)
    #expect(estimate.megapixels == 12 && estimate.megapixelsWithMargins == 12)
    #expect(estimate.memory == 1e6 + 2 * 1e6 * 100)
    #expect(estimate.disk.high == 3 * 1000 * 1000 * 5 * 4 && abs(estimate.disk.low - 0.4 * estimate.disk.high) < 1)
    let time = try #require(estimate.seconds)
    #expect(abs(time.likely - 3) < 1e-9)  // 12 Mpx at 2 Mpx/s on 2 threads
    #expect(abs(time.high - 3 * 1.15) < 1e-9 && abs(time.low - 3 / 1.15) < 1e-9)
  }

  @Test("margins are worked on, but not beyond the raster; whole rounds of tiles count")
  func margins() throws {
    var work = Self.work(2000, pairs: 1, threads: 3)
    work.tileMargin = 100
    let estimate = try RunEstimate(work, rates: Self.rates(1))
    #expect(abs(estimate.megapixelsWithMargins - 2.2 * 2.2) < 1e-9)
    // Four tiles of 1.21 Mpx on three threads take two rounds.
    let time = try #require(estimate.seconds)
    #expect(abs(time.likely - 2 * 1.21) < 1e-9)
  }

  @Test("the work of the services' guide: 1000 pairs of 10980² points are 1.2e11 points")
  func guide() throws {
    let estimate = try RunEstimate(Self.work(10_980, pairs: 1000), rates: RateTable())
    #expect(abs(estimate.megapixels - 120_560.4) < 0.1)
    #expect(estimate.seconds == nil && estimate.unknownRates == ["dense"])
  }

  @Test("one run alone gives a range of a factor of 2, and nothing to do is refused")
  func ranges() throws {
    let time = try #require(try RunEstimate(Self.work(1000, pairs: 1), rates: Self.rates(1, runs: 1)).seconds)
    #expect(time.low == 0.5 && time.likely == 1 && time.high == 2)
    #expect(throws: TimeSeriesError.self) { try RunEstimate(Self.work(0, pairs: 1), rates: RateTable()) }
  }
}

@Suite("Rate table")
struct RateTableTests {
  @Test("the first runs count equally, later ones by a fifth: a machine of twice the speed is learnt in ten runs")
  func decay() throws {
    var table = RateTable()
    table.record("dense", megapixels: 1, coreSeconds: 1)
    table.record("dense", megapixels: 4, coreSeconds: 1)
    let first = try #require(table.rate(of: "dense"))
    #expect(abs(first.megapixelsPerSecond - 2) < 1e-12)  // geometric mean
    for _ in 0..<10 { table.record("dense", megapixels: 1, coreSeconds: 1) }
    for _ in 0..<10 { table.record("dense", megapixels: 2, coreSeconds: 1) }
    let rate = try #require(table.rate(of: "dense"))
    #expect(abs(rate.megapixelsPerSecond - 2) < 0.2 && rate.runs == 22)
    #expect(table.rate(of: "search") == nil)
  }

  @Test("the spread of the runs is found within a quarter")
  func spread() throws {
    var table = RateTable()
    for run in 0..<200 { table.record("a", megapixels: exp(run % 2 == 0 ? 0.2 : -0.2), coreSeconds: 1) }
    let sigma = try #require(table.rate(of: "a")).logVariance.squareRoot()
    #expect(sigma > 0.15 && sigma < 0.25)
  }

  @Test("runs without pixels or time teach nothing; a table survives its JSON to the bit")
  func json() throws {
    var table = RateTable()
    table.record("a", megapixels: 0, coreSeconds: 1)
    table.record("a", megapixels: 1, coreSeconds: .nan)
    #expect(table.rates.isEmpty)
    for index in 1...7 { table.record("dense, window \(index % 2)", megapixels: Double(index), coreSeconds: 3) }
    #expect(try RateTable(json: JSONValue(parsing: table.json.text())) == table)
    #expect(throws: TimeSeriesError.self) { try RateTable(json: ["rates": [["algorithm": "a"]]]) }
    #expect(throws: TimeSeriesError.self) { try RateTable(json: [1, 2]) }
  }
}
