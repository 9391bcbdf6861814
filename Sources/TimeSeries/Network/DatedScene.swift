// SPDX-License-Identifier: Apache-2.0
import Parameters

/// One image of a stack as far as the choice of pairs is concerned.
public struct DatedScene: Hashable, Sendable {
  /// Name that no other scene of the stack has.
  public let id: String
  public let date: CalendarDate
  /// Relative orbit (Sentinel) or path (Landsat); nil where it is not known.
  public let relativeOrbit: Int?
  /// Share of the area of interest under cloud, 0…1; nil where nobody has looked.
  public let cloudShare: Double?
  /// Name of the tile of a tiled product, names of several joined by `+`; nil for images that are not tiled.
  public let tile: String?

  public init(
    id: String, date: CalendarDate, relativeOrbit: Int? = nil, cloudShare: Double? = nil, tile: String? = nil
  ) {
    (self.id, self.date, self.relativeOrbit, self.cloudShare, self.tile) = (id, date, relativeOrbit, cloudShare, tile)
  }
}

extension DatedScene {
  /// Whether both have a tile in common, or none is known of either.
  func sharesTile(with other: DatedScene) -> Bool {
    guard let own = tile, let its = other.tile else { return tile == other.tile }
    return !Set(own.split(separator: "+")).isDisjoint(with: its.split(separator: "+"))
  }
}

/// Two scenes that are matched with each other, by their places in `PairNetwork.scenes`.
public struct ScenePair: Hashable, Sendable {
  /// The earlier and the later scene, whichever of the two the templates are taken from.
  public let earlier, later: Int
  /// Whether the templates are taken from the later scene: the measured motion then has the opposite sign.
  public let isBackward: Bool
  /// Time between the scenes, d, above 0.
  public let separation: Double

  public init(earlier: Int, later: Int, isBackward: Bool = false, separation: Double) {
    precondition(separation > 0, "a pair needs time between its scenes")
    (self.earlier, self.later, self.isBackward, self.separation) = (earlier, later, isBackward, separation)
  }
}
