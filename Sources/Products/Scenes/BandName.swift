// SPDX-License-Identifier: Apache-2.0

/// What a band sees, the same word for every sensor.
public enum BandName: String, CaseIterable, Hashable, Sendable, Codable {
  case coastal, blue, green, red
  /// Sentinel-2 B05, B06, B07 (705, 740, 783 nm); the first also Landsat MSS 0.7 to 0.8 µm.
  case redEdge1 = "red-edge-1"
  case redEdge2 = "red-edge-2"
  case redEdge3 = "red-edge-3"
  /// The widest near infrared of a sensor, at its finest resolution: Sentinel-2 B08, Landsat 8 B5.
  case nir
  /// Sentinel-2 B8A, 865 nm.
  case nirNarrow = "nir-narrow"
  case waterVapour = "water-vapour"
  case cirrus
  /// About 1.6 µm.
  case swir1
  /// About 2.2 µm.
  case swir2
  case panchromatic
  /// About 11 µm; on Landsat 7 the high-gain record is `thermal2`.
  case thermal1
  /// About 12 µm.
  case thermal2
  /// The only band of an image that says nothing about it.
  case grey
}
