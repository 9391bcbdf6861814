// SPDX-License-Identifier: Apache-2.0
import Grids
import Processing

/// Why a stack gave no value at all: looked for only when that has happened.
struct NothingMeasured {
  let reason: String

  init(_ context: StackContext, images: GridStage.Outcome, folder: String) throws {
    let tiles = context.plan.sceneTiles
    let hasPixels = try images.images.contains { image in
      guard let image else { return false }
      return try (0..<tiles.count).contains { index in
        try image.floats([GridStage.field], tiles[index])[0].cells.contains(where: \.isFinite)
      }
    }
    let masks = context.parameters.masks
    if hasPixels {
      reason = "no point could be measured; \(folder)/report.html shows the dates and what to try next"
    } else if masks.mask != nil || !masks.leaveOut.isEmpty {
      reason =
        "no pixel is left to match: "
        + (masks.mask.map { "the mask \($0.text) covers all of every date" }
          ?? "the classes that are left out cover all of every date") + "; give less to leave out"
    } else {
      reason = "no pixel is left to match: all dates are without data on the common grid; give another area"
    }
  }
}
