// SPDX-License-Identifier: Apache-2.0
import Figures
import Matching

extension MatchFlag {
  /// Name, meaning and cure of a reason, for the report.
  var reason: MatchReportContent.Reason {
    func make(_ name: String, _ meaning: String, _ cure: String) -> MatchReportContent.Reason {
      .init(number: rawValue, name: name, meaning: meaning, cure: cure)
    }
    switch self {
    case .measured: return make("measured", "The point was measured.", "")
    case .noTexture:
      return make("no texture", "The ground is too smooth to be found again.", "Try a larger template window.")
    case .masked:
      return make("masked", "Too much of the window is missing or masked.", "Check the mask and the nodata value.")
    case .offImage:
      return make("off image", "The window or its target leaves the image.", "Use images that reach further.")
    case .ambiguous:
      return make(
        "ambiguous", "The correlation is too low, or two places fit alike.",
        "Use images closer in time, or another matching method.")
    case .noConvergence:
      return make(
        "no convergence", "The refinement found no resting place.", "Check the search radius; try another method.")
    case .imprecise:
      return make(
        "imprecise", "The standard deviation is above the limit.", "Try a larger template window or a higher limit.")
    case .inconsistent:
      return make(
        "inconsistent", "The offset contradicts its neighbours or the match backward.",
        "Usually a wrong match; check the search radius.")
    }
  }

  /// The reason as it stands in `summary.json`.
  var key: String { "\(self)" }
}
