// SPDX-License-Identifier: Apache-2.0
import Parameters

/// `ogive ice`: the velocity of glaciers.
public struct IceCommand: StackCommand {
  public typealias Parameters = IceParameters

  public init() {}

  public let id = "ice"
  public let summary = "Measure the velocity of glaciers in a stack of images"
  public let discussion =
    "`ogive mpic` with defaults and choices for ice: outlines keep the corrections off the glaciers, and what looks like "
    + "a cloud only for a time loses weight, so that ice is not cut out with it. " + stackRunsOn
  public let examples = [
    "ice scenes --out result --moving outlines.gpkg", "ice scenes --out result --preset outlet --area box.gpkg",
  ]
}

/// `ogive slide`: the velocity of landslides.
public struct SlideCommand: StackCommand {
  public typealias Parameters = SlideParameters

  public init() {}

  public let id = "slide"
  public let summary = "Measure the velocity of landslides in a stack of images"
  public let discussion =
    "`ogive mpic` with defaults and choices for slopes: small features that need not hold together with the ground around "
    + "them. " + stackRunsOn
  public let examples = [
    "slide scenes --out result --preset creep", "slide scenes --out result --preset failure --split-date 2021-07-14",
  ]
}

/// `ogive quake`: the motion of an earthquake.
public struct QuakeCommand: StackCommand {
  public typealias Parameters = QuakeParameters

  public init() {}

  public let id = "quake"
  public let summary = "Measure the ground motion of an earthquake from images before and after it"
  public let discussion =
    "`ogive mpic` over all pairs across one date. Stripes and waves of the satellite are taken out; with the direction of the "
    + "fault neighbours hold together along it and may part across it. The motion is in `products/east-displacement.tif` and "
    + "`products/north-displacement.tif`; `ogive fault-profile` reads the slip across the fault from them. "
    + stackRunsOn
  public let examples = [
    "quake scenes --out result --split-date 2016-11-13",
    "quake scenes --out result --split-date 2016-11-13 --fault-direction 60",
  ]
}

/// `ogive survey`: the motion of a wide area.
public struct SurveyCommand: StackCommand {
  public typealias Parameters = SurveyParameters

  public init() {}

  public let id = "survey"
  public let summary = "Measure the motion of a wide area from many tiles and orbits"
  public let discussion =
    "`ogive mpic` for wide areas: tiles of one pass are laid together, clouds are counted on the area, and pairs are formed "
    + "within each orbit, so that the view is the same. Clouds, memory and the folder stay small enough for regions. "
    + stackRunsOn
  public let examples = [
    "survey items.json --out result --area valley.gpkg --preset slope",
    "survey scenes --out result --area 300000,5080000,360000,5140000 --dry-run",
  ]
}
