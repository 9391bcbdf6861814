// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite(
  "The command match, by search",
  .enabled(if: OgiveTool.hasCommand("evaluate"), "needs a tool with the commands 'match' and 'evaluate'"))
struct SearchCommandTests {
  private let folder: RunScratch

  init() throws {
    folder = try RunScratch()
    let simulated = try OgiveTool.run(
      [
        "simulate", "texture", "--rows", "420", "--columns", "460", "--out", "truth", "--noise-variance", "0.01",
        "--field", "affine", "--quiet",
      ], in: folder.path)
    #expect(simulated.code == 0, "\(simulated)")
  }

  @Test(
    "of a search 0.85 to 1.15 times the error is claimed as sigma, whole-pixel pull and all",
    arguments: ["ncc", "orientation", "phase"])
  func sigma(method: String) throws {
    let matched = try OgiveTool.run(
      [
        "match", "truth/reference.tif", "truth/secondary.tif", "--out", "run", "--method", method,
        "--template-window", "41", "--quiet",
      ], in: folder.path)
    #expect(matched.code == 0, "\(matched)")
    let outcome = try OgiveTool.run(["evaluate", "run", "--truth", "truth", "--json"], in: folder.path)
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let found = try #require(object?["results"] as? [String: Double], "\(outcome)")
    #expect(found["valid"] ?? 0 > 0.9, "\(found)")
    for component in ["dx", "dy"] {
      let ratio = found[component + "_rms_error_over_sigma"] ?? .nan
      #expect(ratio > 0.85 && ratio < 1.15, "\(component): \(found)")
    }
  }
}
