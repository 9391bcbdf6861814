// SPDX-License-Identifier: Apache-2.0

/// A figure of this module as a file of its own.
public enum SVGDocument {
  /// The figure with the looks that a page would give it, in light colours.
  ///
  /// - Parameter svg: an SVG element, as the figures and charts of this module make it.
  public static func standalone(_ svg: String) -> String {
    guard let start = svg.firstRange(of: "<svg "), let end = svg[start.upperBound...].firstIndex(of: ">") else {
      return svg
    }
    let head = svg[start.upperBound..<end]
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" \(head)>\n<style>\n"
      + HTML.escaped(StyleSheet.drawing) + "</style>\n" + svg[svg.index(after: end)...] + "\n"
  }
}
