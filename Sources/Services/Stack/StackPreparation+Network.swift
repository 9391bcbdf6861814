// SPDX-License-Identifier: Apache-2.0
import Parameters
import TimeSeries

extension StackPreparation {
  /// The pairs that would be matched, for a drawing before the run: scenes by their dates, pairs by places in that list,
  /// with whether each suits the expected speeds; and what was taken out by name, for putting it back.
  var networkJSON: JSONObject {
    let scenes = network.scenes.map { scene -> JSONValue in
      ["name": .string(scene.id), "date": .string(scene.date.description), "cloud": JSONValue(clouds[scene.id])]
    }
    let pairs = network.pairs.map { pair -> JSONValue in
      var object = Self.json(pair)
      let reason = unsuitability(pair)
      object["useful"] = .bool(reason == nil)
      if let reason { object["reason"] = .string(reason) }
      return .object(object)
    }
    let notes = network.remarks + (review?.hints ?? [])
    return [
      "scenes": .array(scenes), "pairs": .array(pairs),
      "removed": .array(network.removed.map { .object(Self.json($0)) }),
      "leftOut": .array(
        network.leftOut.map {
          ["scene": .integer($0.scene), "isRemoved": .bool($0.reason == .removed), "reason": .string($0.text)]
        }), "pixelSize": JSONValue(pixelSize), "notes": .array(notes.map(JSONValue.string)),
    ]
  }

  private static func json(_ pair: ScenePair) -> JSONObject {
    [
      "first": .integer(pair.earlier), "second": .integer(pair.later), "days": .number(pair.separation),
      "backward": .bool(pair.isBackward),
    ]
  }

  private func unsuitability(_ pair: ScenePair) -> String? {
    guard let suitable, !suitable.contains(pair.separation) else { return nil }
    return pair.separation < suitable.lowerBound
      ? "too short: the slowest motion is smaller than its error" : "too long: the fastest motion leaves the search"
  }
}
