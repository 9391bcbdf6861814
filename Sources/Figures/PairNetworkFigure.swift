// SPDX-License-Identifier: Apache-2.0

/// Which scenes of a stack are matched with each other: the dates on a time axis, an arc for each pair, a colour and a
/// dash for each part that hangs together. Arcs above the axis are matches forward in time, those below backward.
public struct PairNetworkFigure: Sendable {
  /// One date of the axis.
  public struct Scene: Hashable, Sendable {
    /// Its date as text.
    public let label: String
    /// Days since any day, the same for all scenes.
    public let day: Double
    /// Which part of the network it belongs to, from 0; nil when no pair uses it.
    public let part: Int?

    public init(label: String, day: Double, part: Int?) { (self.label, self.day, self.part) = (label, day, part) }
  }

  /// One pair, by the places of its scenes.
  public struct Link: Hashable, Sendable {
    public let earlier, later: Int
    public let isBackward: Bool

    public init(earlier: Int, later: Int, isBackward: Bool = false) {
      (self.earlier, self.later, self.isBackward) = (earlier, later, isBackward)
    }
  }

  public let scenes: [Scene]
  public let links: [Link]
  public let size: ChartSize

  /// - Parameters:
  ///   - scenes: in any order.
  ///   - links: pairs of places in `scenes`.
  public init(scenes: [Scene], links: [Link], size: ChartSize = .wide) {
    precondition(
      links.allSatisfy { scenes.indices.contains($0.earlier) && scenes.indices.contains($0.later) },
      "a pair names a scene beyond the list")
    (self.scenes, self.links, self.size) = (scenes, links, size)
  }

  /// Looks that parts have; a fifth part looks like the first.
  static let looks = 4
  private static let margin = 16.0
  /// Height of the highest arc, and of any arc over its width: taller ones of short pairs stand like bars.
  private static let arcHeight = 150.0, arcSlimness = 0.9
  private static let labelHeight = 82.0
  /// Height that a figure without high arcs has above its axis.
  private static let leastHeight = 24.0
  /// Room that one turned date needs beside its neighbour.
  private static let labelWidth = 14.0

  public func svg() -> String {
    let hasBackward = links.contains(where: \.isBackward)
    let rows = partCount > 1 ? min(partCount, Self.looks + 2) : 0
    let highest = max(Self.leastHeight, links.map(height).max() ?? 0)
    let axis = highest + 12
    let labels = axis + (hasBackward ? highest + 8 : 0) + 14
    var canvas = Canvas(width: size.width, height: labels + Self.labelHeight + 16 * Double(rows))
    for link in links { draw(link, axis: axis, on: &canvas) }
    canvas.line(Self.margin, axis, size.width - Self.margin, axis, "base")
    if hasBackward {
      // In the corners, where arcs have not risen yet.
      canvas.label("forward", x: 0, y: 12, "axis", anchor: .start)
      canvas.label("backward", x: 0, y: axis + highest + 6, "axis", anchor: .start)
    }
    // Dots of many dates would make one bar.
    let radius = min(3.5, max(1.5, 0.35 * (size.width - 2 * Self.margin) / Double(max(1, scenes.count))))
    for scene in scenes {
      let style = scene.part.map { "part-dot-\($0 % Self.looks)" } ?? "part-out"
      canvas.circle(x: x(scene.day), y: axis, radius: radius, style)
    }
    drawDates(top: labels, on: &canvas)
    drawLegend(rows: rows, top: labels + Self.labelHeight, on: &canvas)
    return canvas.document(style: size.style, description: description)
  }

  /// The figure in words.
  public var description: String {
    let used = scenes.filter { $0.part != nil }.count
    guard let first = scenes.min(by: { $0.day < $1.day }), let last = scenes.max(by: { $0.day < $1.day }) else {
      return "Pair network: no scene."
    }
    let left = scenes.count - used
    let rest = left == 0 ? "" : "; \(left) \(left == 1 ? "scene is" : "scenes are") in no pair"
    let parts = partCount > 1 ? "in \(partCount) parts that no pair connects" : "all connected"
    return "Pair network: \(links.count) pairs of \(used) scenes, \(first.label) to \(last.label), "
      + "\(links.isEmpty ? "none connected" : parts)\(rest)."
  }

  private var partCount: Int { Set(scenes.compactMap(\.part)).count }

  // MARK: Parts of the drawing

  private func x(_ day: Double) -> Double {
    let days = scenes.map(\.day)
    let range = ValueRange(days.min() ?? 0, days.max() ?? 1)
    return Self.margin + range.position(of: day) * (size.width - 2 * Self.margin)
  }

  private func separation(_ link: Link) -> Double { max(0, scenes[link.later].day - scenes[link.earlier].day) }

  /// Grows with the root of the separation, so that short pairs still show.
  private func height(_ link: Link) -> Double {
    let longest = max(links.map(separation).max() ?? 1, 1e-9)
    let width = x(scenes[link.later].day) - x(scenes[link.earlier].day)
    return min(Self.arcHeight * (separation(link) / longest).squareRoot(), Self.arcSlimness * width)
  }

  /// Half an ellipse.
  private func draw(_ link: Link, axis: Double, on canvas: inout Canvas) {
    let from = scenes[link.earlier], to = scenes[link.later], height = height(link)
    let left = x(from.day), right = x(to.day)
    var outline = Outline()
    outline.move(left, axis)
    outline.arc(to: (right, axis), radii: ((right - left) / 2, height), isClockwise: !link.isBackward)
    canvas.path(outline.data, "part-\((from.part ?? 0) % Self.looks)")
  }

  /// Dates from the left as far as there is room for them.
  private func drawDates(top: Double, on canvas: inout Canvas) {
    var free = -Double.infinity
    for scene in scenes.sorted(by: { $0.day < $1.day }) where x(scene.day) >= free {
      canvas.label(scene.label, x: x(scene.day) + 4, y: top, "number", anchor: .end, turned: true)
      free = x(scene.day) + Self.labelWidth
    }
  }

  private func drawLegend(rows: Int, top: Double, on canvas: inout Canvas) {
    for part in 0..<rows {
      let y = top + 16 * Double(part)
      let members = scenes.filter { $0.part == part }.sorted { $0.day < $1.day }
      guard part < rows - 1 || partCount <= rows, let first = members.first, let last = members.last else {
        canvas.label("and \(partCount - part) more parts", x: Self.margin + 36, y: y + 4, "axis", anchor: .start)
        return
      }
      canvas.line(Self.margin, y, Self.margin + 28, y, "part-\(part % Self.looks)")
      canvas.label(
        "part \(part + 1): \(first.label) to \(last.label), \(members.count) scenes", x: Self.margin + 36, y: y + 4,
        "axis", anchor: .start)
    }
  }
}
