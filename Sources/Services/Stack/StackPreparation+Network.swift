// SPDX-License-Identifier: Apache-2.0
import Parameters
import TimeSeries

extension StackPreparation {
  /// The pairs that would be matched, for a drawing before the run: scenes by their dates, pairs by places in that list,
  /// with whether each suits the expected speeds.
  var networkJSON: JSONObject {
    let scenes = network.scenes.map { scene -> JSONValue in
      ["name": .string(scene.id), "date": .string(scene.date.description), "cloud": JSONValue(scene.cloudShare)]
    }
    let pairs = network.pairs.map { pair -> JSONValue in
      var object: JSONObject = [
        "first": .integer(pair.earlier), "second": .integer(pair.later), "days": .number(pair.separation),
        "backward": .bool(pair.isBackward),
      ]
      let reason = unsuitability(pair)
      object["useful"] = .bool(reason == nil)
      if let reason { object["reason"] = .string(reason) }
      return .object(object)
    }
    let notes = network.remarks + (review?.hints ?? [])
    return ["scenes": .array(scenes), "pairs": .array(pairs), "notes": .array(notes.map(JSONValue.string))]
  }

  private func unsuitability(_ pair: ScenePair) -> String? {
    guard let suitable, !suitable.contains(pair.separation) else { return nil }
    return pair.separation < suitable.lowerBound
      ? "too short: the slowest motion is smaller than its error" : "too long: the fastest motion leaves the search"
  }
}
