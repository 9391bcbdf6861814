// SPDX-License-Identifier: Apache-2.0
import Parameters
import Processing

/// Small runs that tell how fast a host is: each kind of work of the services once, on a simulated pair. Some 15 seconds of a
/// core in all.
public enum HostProbes {
  private static let side = 512

  /// In the order in which they are to run; the first makes what the others read.
  public static let all: [HostProbe] =
    [
      HostProbe(
        "simulate",
        [
          "image": "texture", "rows": .integer(side), "columns": .integer(side), "maximumDisplacement": 3,
          "threads": 1,
        ], out: "pair")
    ] + matches + stacks

  private static let matches = [MatchMethod.dense, .ncc, .leastSquares, .orientation, .phase].map { method in
    HostProbe(
      "match",
      [
        "reference": "{folder}/pair/reference.tif", "secondary": "{folder}/pair/secondary.tif",
        "method": .string(method.rawValue), "threads": 1,
      ], out: "match-\(method.rawValue)")
  }

  private static let stacks = [StackMatcher.regularised, .dense, .flow].map { matcher in
    HostProbe(
      "mpic",
      ["scenes": ["{folder}/scenes"], "pixelSize": 10, "matcher": .string(matcher.rawValue), "threads": 1],
      out: "stack-\(matcher.rawValue)",
      copies: ["scenes/20200101.tif": "pair/reference.tif", "scenes/20200109.tif": "pair/secondary.tif"])
  }
}
