// SPDX-License-Identifier: Apache-2.0
import Parameters

/// `ogive mpic`: the mean motion of a stack of images.
public struct MpicCommand: StackCommand {
  public typealias Parameters = MpicParameters

  public init() {}

  public let id = "mpic"
  public let summary = "Measure the mean motion in a stack of images of one place"
  public let discussion =
    "Scenes are put on one grid, matched pair by pair, corrected for the satellite's own distortions and fused into a mean "
    + "velocity with its uncertainty, spread and coherence: rasters in `products/` and `pairs/`, `summary.json`, "
    + "`network.svg`, and `report.html` to look at. " + stackRunsOn
  public let examples = [
    "mpic scenes --out result", "mpic scenes --out result --maximum-range 3 --search-range 8 --moving glaciers.gpkg",
    "mpic a.tif b.tif c.tif --out result --pixel-size 10 --matcher flow",
  ]
}
