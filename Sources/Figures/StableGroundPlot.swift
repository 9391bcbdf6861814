// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

extension StableGround {
  /// The apparent motion of stable ground as a cloud: density, outliers, the z = 2 ellipse, bias and zero.
  ///
  /// - Parameters:
  ///   - eastName: name of the horizontal axis.
  ///   - northName: name of the vertical axis.
  ///   - encodePNG: for the picture of the density.
  public func svg(
    eastName: String = "east", northName: String = "north", size: ChartSize = .half, encodePNG: PNGEncoder
  ) throws -> String {
    let side = size == .half ? 300.0 : 220.0
    // One scale for both axes, and zero in sight.
    let reach = max(
      abs(biasEast) * 1.15, abs(biasNorth) * 1.15, abs(biasEast - medianEast) + 2.1 * spreadEast,
      abs(biasNorth - medianNorth) + 2.1 * spreadNorth, 1e-9)
    let middleEast = abs(biasEast) + spreadEast < reach ? 0 : biasEast / 2
    let middleNorth = abs(biasNorth) + spreadNorth < reach ? 0 : biasNorth / 2
    let frame = PlotFrame(
      width: size.width, plotHeight: side, leftMargin: (size.width - side) / 2 + 14,
      rightMargin: (size.width - side) / 2 - 14, horizontal: ValueRange(middleEast - reach, middleEast + reach),
      vertical: ValueRange(middleNorth - reach, middleNorth + reach))
    var canvas = Canvas(width: frame.width, height: frame.height)
    frame.draw(
      horizontalName: eastName, horizontalUnit: unit, verticalName: northName, verticalUnit: unit, on: &canvas)
    canvas.add(try densityPicture(in: frame, encodePNG: encodePNG))
    drawOutliers(in: frame, on: &canvas)
    if frame.horizontal.low < 0 && frame.horizontal.high > 0 {
      canvas.line(frame.x(0), frame.top, frame.x(0), frame.bottom, "guide")
    }
    if frame.vertical.low < 0 && frame.vertical.high > 0 {
      canvas.line(frame.left, frame.y(0), frame.right, frame.y(0), "guide")
    }
    canvas.path(ellipse(in: frame), "contour")
    let x = frame.x(biasEast), y = frame.y(biasNorth)
    var cross = Outline()
    cross.move(x - 7, y)
    cross.line(x + 7, y)
    cross.move(x, y - 7)
    cross.line(x, y + 7)
    canvas.path(cross.data, "cross-halo")
    canvas.path(cross.data, "cross")
    return canvas.document(style: size.style, description: description)
  }

  /// The chart in words.
  public var description: String {
    func text(_ value: Double) -> String { NumberText.with(unit: unit, NumberText.significant(value, digits: 2)) }
    return "Apparent motion of \(NumberText.decimal(Double(count))) stable points: bias \(text(biasEast)) and "
      + "\(text(biasNorth)), spread (z = 2) \(text(spreadEast)) and \(text(spreadNorth)), "
      + "\(NumberText.percent(outlierShare)) outliers."
  }

  private func densityPicture(in frame: PlotFrame, encodePNG: PNGEncoder) throws -> String {
    let largest = max(1e-9, density.cells.max() ?? 0)
    // Row 0 of a picture is on top, of the density at the bottom.
    var turned = density
    for row in 0..<density.rows {
      for column in 0..<density.columns { turned[row, column] = density[density.rows - 1 - row, column] }
    }
    let picture = PixelImage(turned) { value in
      let share = Double(value / largest)
      return Colour(red: 0x1F, green: 0x83, blue: 0xC4, alpha: UInt8(230 * share.squareRoot()))
    }
    // An inner drawing clips what reaches beyond the axes.
    let n = NumberText.coordinate, width = frame.right - frame.left, height = frame.bottom - frame.top
    var inner = Canvas(width: width, height: height)
    inner.image(
      try picture.dataAddress(encodePNG: encodePNG), x: frame.x(rangeEast.low), y: frame.y(rangeNorth.high),
      width: frame.x(rangeEast.high) - frame.x(rangeEast.low),
      height: frame.y(rangeNorth.low) - frame.y(rangeNorth.high))
    return "<svg x=\"\(n(frame.left))\" y=\"\(n(frame.top))\" width=\"\(n(width))\" height=\"\(n(height))\" "
      + "viewBox=\"\(n(frame.left)) \(n(frame.top)) \(n(width)) \(n(height))\">\n\(inner.body)</svg>"
  }

  /// At most about 500 outliers, evenly taken from all.
  private func drawOutliers(in frame: PlotFrame, on canvas: inout Canvas) {
    let all = points.indices.filter { isOutlier[$0] }
    var dots = Outline()
    for index in stride(from: 0, to: all.count, by: max(1, (all.count + 499) / 500)) {
      let x = frame.x(points[all[index]].east), y = frame.y(points[all[index]].north)
      guard x > frame.left && x < frame.right && y > frame.top && y < frame.bottom else { continue }
      dots.move(x, y)
      dots.line(x + 0.1, y)
    }
    if !dots.data.isEmpty { canvas.path(dots.data, "dots") }
  }

  /// The z = 2 ellipse from the covariance of the points inside the contour.
  private func ellipse(in frame: PlotFrame) -> String {
    var n = 0.0, xx = 0.0, yy = 0.0, xy = 0.0
    for (point, isOut) in zip(points, isOutlier) where !isOut {
      let x = point.east - biasEast, y = point.north - biasNorth
      n += 1
      xx += x * x
      yy += y * y
      xy += x * y
    }
    let rho = n > 0 && xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
    var outline = Outline()
    for step in 0..<72 {
      // An ellipse with the given half-widths and correlation.
      let angle = Double(step) * .pi / 36
      let x = biasEast + spreadEast * cos(angle)
      let y = biasNorth + spreadNorth * (rho * cos(angle) + (1 - rho * rho).squareRoot() * sin(angle))
      if step == 0 { outline.move(frame.x(x), frame.y(y)) } else { outline.line(frame.x(x), frame.y(y)) }
    }
    outline.close()
    return outline.data
  }
}
