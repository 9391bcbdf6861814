// SPDX-License-Identifier: Apache-2.0

/// A value along a line, with its band of plus and minus one sigma.
public struct ProfileChart: Sendable {
  /// Distance from the start of the line, rising.
  public let distances: [Double]
  /// One value for each distance; NaN leaves a gap.
  public let values: [Float]
  /// One sigma for each distance, or nil.
  public let sigmas: [Float]?
  public let distanceUnit, name, unit: String
  public let size: ChartSize

  public init(
    distances: [Double], values: [Float], sigmas: [Float]? = nil, distanceUnit: String, name: String, unit: String,
    size: ChartSize = .wide
  ) {
    precondition(
      distances.count == values.count && (sigmas?.count ?? values.count) == values.count,
      "a profile has one value per distance")
    self.distances = distances
    self.values = values
    self.sigmas = sigmas
    self.distanceUnit = distanceUnit
    self.name = name
    self.unit = unit
    self.size = size
  }

  public func svg(plotHeight: Double = 180) -> String {
    let isSigned = values.contains { $0 < 0 }
    let ends = ValueRange.percentiles(values, [0, 1])
    let low = isSigned ? ends[0] : 0, high = ends[1]
    let margin = 0.08 * max(1e-12, high - low)
    let range = high.isFinite ? ValueRange(isSigned ? low - margin : 0, high + margin) : ValueRange(0, 1)
    let across = ValueRange(distances.first ?? 0, distances.last ?? 1)
    let frame = PlotFrame(width: size.width, plotHeight: plotHeight, horizontal: across, vertical: range)
    var canvas = Canvas(width: frame.width, height: frame.height)
    frame.draw(
      horizontalName: "distance", horizontalUnit: distanceUnit, verticalName: name, verticalUnit: unit, on: &canvas)
    for run in runs {
      if let sigmas {
        var band = Outline()
        for (position, index) in run.enumerated() {
          let y = clipped(Double(values[index] + sigmas[index]), frame)
          if position == 0 {
            band.move(frame.x(distances[index]), y)
          } else {
            band.line(frame.x(distances[index]), y)
          }
        }
        for index in run.reversed() {
          band.line(frame.x(distances[index]), clipped(Double(values[index] - sigmas[index]), frame))
        }
        band.close()
        canvas.path(band.data, "band")
      }
      var line = Outline()
      for (position, index) in run.enumerated() {
        let x = frame.x(distances[index]), y = frame.y(Double(values[index]))
        if position == 0 { line.move(x, y) } else { line.line(x, y) }
      }
      canvas.path(line.data, "curve")
    }
    return canvas.document(style: size.style, description: description)
  }

  /// The chart in words.
  public var description: String {
    let ends = ValueRange.percentiles(values, [0, 1]).map { NumberText.significant($0) }
    return "Profile of \(name) along a line: from \(ends[0]) to \(NumberText.with(unit: unit, ends[1]))."
  }

  /// Unbroken stretches of measured values.
  private var runs: [Range<Int>] {
    var out: [Range<Int>] = [], start: Int?
    for index in values.indices {
      let isMeasured = values[index].isFinite && (sigmas?[index].isFinite ?? true)
      if isMeasured && start == nil { start = index }
      if !isMeasured, let first = start {
        out.append(first..<index)
        start = nil
      }
    }
    if let first = start { out.append(first..<values.count) }
    return out.filter { $0.count > 1 }
  }

  private func clipped(_ value: Double, _ frame: PlotFrame) -> Double {
    min(frame.bottom, max(frame.top, frame.y(value)))
  }
}
