// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Numbers as a reader wants to see them: the same text on every machine, whatever its language settings.
public enum NumberText {
  /// A number with a fixed count of decimals, a true minus sign and thin spaces from 10 000 on; NaN is "–".
  public static func decimal(_ value: Double, places: Int = 0) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
    let (whole, fraction, isNegative) = digits(value, places: places)
    var grouped = whole
    if whole.count > 4 {
      grouped = ""
      for (index, digit) in whole.enumerated() {
        if index > 0 && (whole.count - index) % 3 == 0 { grouped.append("\u{202F}") }
        grouped.append(digit)
      }
    }
    return (isNegative ? "−" : "") + grouped + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// A number rounded to a count of significant digits, e.g. 0.01234 → "0.0123" and 1234.5 → "1235" for three;
  /// below 0.0001 and from ten million on with a power of ten.
  public static func significant(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite && value != 0 else { return decimal(value) }
    let exponent = Int(log10(abs(value)).rounded(.down))
    if exponent < -4 || exponent >= 7 {
      return decimal(value / pow(10, Double(exponent)), places: digits - 1) + "\u{202F}×\u{202F}10"
        + superscript(exponent)
    }
    return decimal(value, places: max(0, digits - 1 - exponent))
  }

  /// A round number without needless zeros, e.g. "0.5", "2", "500".
  public static func round(_ value: Double) -> String {
    var text = significant(value, digits: 6)
    guard text.contains(".") && !text.contains("×") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// A share 0...1 in percent, e.g. "98.2 %".
  public static func percent(_ share: Double, places: Int = 1) -> String {
    decimal(share * 100, places: places) + "\u{202F}%"
  }

  /// A number and its unit, a number alone where there is no unit.
  public static func with(unit: String, _ number: String) -> String {
    unit.isEmpty ? number : number + "\u{202F}" + unit
  }

  /// An exponent in raised digits.
  public static func superscript(_ exponent: Int) -> String {
    let raised: [Character: Character] = [
      "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹", "-": "⁻",
    ]
    return String(String(exponent).compactMap { raised[$0] })
  }

  /// A coordinate inside a drawing: at most two decimals, no needless zeros.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    var (whole, fraction, isNegative) = digits(value, places: 2)
    while fraction.last == "0" { fraction.removeLast() }
    if whole == "0" && fraction.isEmpty { isNegative = false }
    if !fraction.isEmpty { whole += "." + fraction }
    return (isNegative ? "-" : "") + whole
  }

  private static func digits(_ value: Double, places: Int) -> (whole: String, fraction: String, isNegative: Bool) {
    let scale = pow(10, Double(places))
    let scaled = (abs(value) * scale).rounded()
    // Beyond 2^63 no digit after the point is known anyway.
    guard scaled < 9e18 else { return (String(abs(value)), "", value < 0) }
    let integer = UInt64(scaled)
    var text = String(integer)
    if text.count <= places { text = String(repeating: "0", count: places + 1 - text.count) + text }
    return (String(text.dropLast(places)), String(text.suffix(places)), value < 0 && integer > 0)
  }
}
