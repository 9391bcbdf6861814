// SPDX-License-Identifier: Apache-2.0

/// The colours of a page by their roles, for light or for dark rooms.
///
/// Every pair that carries text keeps a contrast of at least 4.5 : 1, every pair that carries marks 3 : 1
/// (WCAG 2.2 AA). Checked by: `ThemeTests`.
public struct Theme: Sendable {
  /// The page, and the cards and plots that lie on it.
  public let paper, card: Colour
  /// Text, and text of less weight.
  public let ink, muted: Colour
  /// Hair lines that carry no meaning.
  public let line: Colour
  /// Links, curves and bars; and the filling of a band around a curve.
  public let accent, band: Colour
  /// What callouts are marked with: fine, to know, take care, poor.
  public let good, note, warning, poor: Colour
  /// Map areas without image and without values.
  public let ground: Colour

  public static let light = Theme(
    paper: Colour(hex: 0xFFFFFF), card: Colour(hex: 0xF5F7F9), ink: Colour(hex: 0x16202A),
    muted: Colour(hex: 0x4E5D6B), line: Colour(hex: 0xD6DDE3), accent: Colour(hex: 0x0B639B),
    band: Colour(hex: 0xBFDCEE), good: Colour(hex: 0x17693B), note: Colour(hex: 0x0B639B),
    warning: Colour(hex: 0x8A5200), poor: Colour(hex: 0xA92A1D), ground: Colour(hex: 0xE4E8EC))

  public static let dark = Theme(
    paper: Colour(hex: 0x0F151B), card: Colour(hex: 0x182029), ink: Colour(hex: 0xE8EDF2),
    muted: Colour(hex: 0xA6B3BF), line: Colour(hex: 0x2E3A46), accent: Colour(hex: 0x74BCF0),
    band: Colour(hex: 0x234A66), good: Colour(hex: 0x78CF95), note: Colour(hex: 0x74BCF0),
    warning: Colour(hex: 0xEDB45A), poor: Colour(hex: 0xFF988C), ground: Colour(hex: 0x27313B))

  /// The roles as declarations of CSS variables.
  var declarations: String {
    [
      ("paper", paper), ("card", card), ("ink", ink), ("muted", muted), ("line", line), ("accent", accent),
      ("band", band), ("good", good), ("note", note), ("warning", warning), ("poor", poor), ("ground", ground),
    ].map { "--\($0.0):\($0.1.hex)" }.joined(separator: ";")
  }
}
