// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Testing

@Suite("Match report page")
struct MatchReportPageTests {
  private static let full: Result<String, any Error> = Result {
    try MatchReportPage(SampleReport().content(), encodePNG: StoredPNG.encode).html()
  }

  @Test("a full report is written to the temporary folder for people to look at")
  func sample() throws {
    let html = try Self.full.get()
    let path = ProcessInfo.processInfo.environment["OGIVE_SAMPLE_REPORT"]
    let url =
      path.map { URL(filePath: $0) }
      ?? FileManager.default.temporaryDirectory.appending(path: "ogive-sample-report.html")
    try html.write(to: url, atomically: true, encoding: .utf8)
    #expect(html.hasPrefix("<!DOCTYPE html>"))
  }
}
