// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Testing

/// `ogive invert --sun-bias` over hills whose false motion is known.
@Suite(
  "Inversion without the sun's motion", .serialized,
  .enabled(if: OgiveTool.hasCommand("invert"), "needs the built tool"))
struct SunCommandTests {
  /// Mean of the seasons' amplitudes, m/yr, on still ground and on ground that slides.
  private func seasons(_ scratch: SunScratch, _ out: String) throws -> (still: Float, sliding: Float) {
    let season = try scratch.values("\(out)/products/season-amplitude.tif")
    var sums = (still: Float(0), sliding: Float(0)), counts = sums
    for row in 0..<scratch.rows {
      for column in 0..<scratch.columns where season[row, column].isFinite {
        if column < SunScratch.edge {
          sums.still += season[row, column]
          counts.still += 1
        } else {
          sums.sliding += abs(season[row, column] - 2 * 2 * .pi)
          counts.sliding += 1
        }
      }
    }
    return (sums.still / counts.still, sums.sliding / counts.sliding)
  }

  private func document(_ scratch: SunScratch, _ name: String) throws -> JSONValue {
    let text = try #require(scratch.folder.text(name))
    return try JSONValue(parsing: Array(text.utf8), named: name)
  }

  @Test(
    "the false season goes from still ground; the true one of the ground that slides comes out to 0.6 m/yr of 12.6")
  func takenOff() throws {
    let scratch = try SunScratch()
    let plain = try scratch.invert([], out: "plain"),
      taken = try scratch.invert(["--sun-bias", "--dem", "dem.tif"], out: "sun")
    #expect(plain.code == 0 && taken.code == 0, "\(plain) \(taken)")
    #expect(taken.output.contains("sun: Taken off"), "\(taken.output)")
    let before = try seasons(scratch, "plain"), after = try seasons(scratch, "sun")
    #expect(before.still > 1.5 && after.still < 0.25 * before.still, "\(before) \(after)")
    #expect(before.sliding > 1.5 && after.sliding < 0.6, "\(before) \(after)")
    let found = try document(scratch, "sun/illumination.json")
    #expect(found["isApplied"]?.boolValue == true && found["form"]?.stringValue != "none")
    let terms = try #require(found["trials"]?.arrayValue?.first?["terms"]?.arrayValue)
    for (term, truth) in zip(terms, [-1.5, 0.5]) {
      let length = try #require(term["length"]?.doubleValue)
      #expect(abs(length - truth) < 0.12 * abs(truth), "\(terms)")
    }
    // What the raster says was taken is what the truth swings by, to a tenth.
    let amplitude = try scratch.values("sun/products/illumination-amplitude.tif")
    let year = (0..<36).map { part -> SIMD2<Double> in scratch.bias(5, 7, SunScratch.start + part * 365 / 36) }
    let north = year.enumerated().reduce(SIMD2<Double>.zero) { sum, next in
      let angle = 2 * Double.pi * Double(next.offset) / 36
      return sum + next.element.y / 18 * SIMD2(cos(angle), sin(angle))
    }
    let least = 2 * .pi * (north * north).sum().squareRoot()
    #expect(
      Double(amplitude[5, 7]) > 0.9 * least && Double(amplitude[5, 7]) < 1.6 * least, "\(amplitude[5, 7]) \(least)")
    let table = scratch.folder.text("sun/illumination.csv")?.split(separator: "\n") ?? []
    #expect(table.count == 88 && table[1].split(separator: ",").count == 6, "\(table.count)")
    #expect(scratch.folder.text("sun/report.html")?.contains("False motion that goes with the sun") == true)
    let small = try scratch.invert(
      ["--sun-bias", "--dem", "dem.tif", "--threads", "1", "--memory", "1"], out: "small")
    #expect(small.code == 0)
    #expect(
      scratch.folder.data("small/products/east-velocity.tif") == scratch.folder.data("sun/products/east-velocity.tif")
    )
  }

  @Test("where the sun feigns nothing the option is refused, and the run is that without it, byte for byte")
  func refused() throws {
    let scratch = try SunScratch(shadow: 0, tilt: 0)
    let taken = try scratch.invert(["--sun-bias", "--dem", "dem.tif"], out: "sun"),
      plain = try scratch.invert([], out: "plain")
    #expect(taken.code == 0 && taken.output.contains("sun: Refused"), "\(taken)")
    #expect(plain.code == 0 && !scratch.folder.has("plain/illumination.json"))
    #expect(!scratch.folder.has("sun/products/illumination-amplitude.tif"))
    #expect(
      scratch.folder.data("sun/products/east-velocity.tif") == scratch.folder.data("plain/products/east-velocity.tif")
    )
    #expect(try document(scratch, "sun/illumination.json")["isApplied"]?.boolValue == false)
  }

  @Test("without heights it says that slopes are not known; without stable ground it is no question")
  func incomplete() throws {
    let scratch = try SunScratch()
    let flat = try scratch.invert(["--sun-bias"], out: "flat")
    #expect(
      flat.code == 0 && flat.output.contains("sun: Without --dem nothing that depends on slope is known"), "\(flat)")
    let found = try document(scratch, "flat/illumination.json")
    #expect(found["isApplied"]?.boolValue == false && found["uniform"] != nil)
    let none = try OgiveTool.run(["invert", "pairs", "--out", "x", "--sun-bias"], in: scratch.folder.path)
    #expect(none.code != 0 && none.errors.contains("--stable-terrain"), "\(none)")
    let alone = try OgiveTool.run(["invert", "pairs", "--out", "x", "--dem", "dem.tif"], in: scratch.folder.path)
    #expect(alone.code != 0 && alone.errors.contains("--sun-bias"), "\(alone)")
  }
}
