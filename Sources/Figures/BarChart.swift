// SPDX-License-Identifier: Apache-2.0

/// Counts of named things as horizontal bars with the numbers written beside them.
public struct BarChart: Sendable {
  /// One bar.
  public struct Bar: Sendable {
    public let name: String
    public let count: Int
    public let colour: Colour

    public init(name: String, count: Int, colour: Colour) {
      self.name = name
      self.count = count
      self.colour = colour
    }
  }

  public let bars: [Bar]
  /// What 100 % is.
  public let total: Int
  public let description: String
  public let size: ChartSize

  public init(_ bars: [Bar], total: Int, description: String, size: ChartSize = .half) {
    self.bars = bars
    self.total = total
    self.description = description
    self.size = size
  }

  public func svg() -> String {
    let rowHeight = 26.0, names = 12 + 6.9 * Double(bars.map(\.name.count).max() ?? 0), numbers = 112.0
    var canvas = Canvas(width: size.width, height: rowHeight * Double(bars.count) + 6)
    let room = max(40, size.width - names - numbers)
    let largest = Double(max(1, bars.map(\.count).max() ?? 1))
    for (index, bar) in bars.enumerated() {
      let y = 3 + rowHeight * Double(index)
      canvas.label(bar.name, x: names - 10, y: y + 17, "axis", anchor: .end)
      let width = room * Double(bar.count) / largest
      canvas.rectangle(
        x: names, y: y + 5, width: max(bar.count > 0 ? 1.5 : 0, width), height: 16, "mark-edge", fill: bar.colour)
      let share = total > 0 ? Double(bar.count) / Double(total) : 0
      canvas.label(
        "\(NumberText.decimal(Double(bar.count))) (\(NumberText.percent(share)))", x: names + width + 6, y: y + 17,
        "number", anchor: .start)
    }
    canvas.line(names, 3, names, 3 + rowHeight * Double(bars.count), "base")
    return canvas.document(style: size.style, description: description)
  }
}
