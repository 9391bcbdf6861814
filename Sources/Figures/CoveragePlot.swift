// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Whether stated uncertainties mean what they say: the share of errors inside an interval against the share that a
/// normal distribution promises. Points on the diagonal are honest; below it the stated sigma is too small.
public struct CoveragePlot: Sendable {
  /// Share of the errors within one stated sigma; 0.683 when the sigmas are honest.
  public let shareWithinSigma: Double
  /// Root mean square of error over sigma; 1 when the sigmas are honest.
  public let rootMeanSquare: Double
  public let count: Int
  public let size: ChartSize
  private let points: [(promised: Double, found: Double)]

  /// Share of a normal distribution within one standard deviation.
  public static let normalShare = erf(0.5.squareRoot())

  /// - Parameters:
  ///   - normalisedErrors: error divided by its stated sigma; NaN is left out.
  ///   - count: how many errors there are, where these are an even sample of them.
  public init(normalisedErrors: [Float], outOf count: Int? = nil, size: ChartSize = .half) {
    let finite = normalisedErrors.filter(\.isFinite)
    let sizes = finite.thinned(to: 200_000).map { abs(Double($0)) }.sorted()
    self.count = count ?? finite.count
    self.size = size
    let all = Double(max(1, sizes.count))
    var index = 0
    var curve: [(Double, Double)] = []
    for step in 0...60 {
      let limit = Double(step) * 0.05
      while index < sizes.count && sizes[index] <= limit { index += 1 }
      curve.append((erf(limit / 2.0.squareRoot()), Double(index) / all))
    }
    points = curve
    shareWithinSigma = sizes.isEmpty ? .nan : Double(sizes.prefix { $0 <= 1 }.count) / all
    rootMeanSquare = sizes.isEmpty ? .nan : (sizes.reduce(0) { $0 + $1 * $1 } / all).squareRoot()
  }

  init(_ calibration: MatchReportContent.Calibration) {
    self.init(normalisedErrors: calibration.normalisedErrors, outOf: calibration.count)
  }

  public func svg(plotHeight: Double = 210) -> String {
    let unit = ValueRange(0, 1)
    let frame = PlotFrame(width: size.width, plotHeight: plotHeight, horizontal: unit, vertical: unit)
    var canvas = Canvas(width: frame.width, height: frame.height)
    frame.draw(
      horizontalName: "promised by sigma", horizontalUnit: "", verticalName: "found", percentAxes: (true, true),
      on: &canvas)
    canvas.line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "guide")
    var outline = Outline()
    for (index, point) in points.enumerated() {
      if index == 0 {
        outline.move(frame.x(point.promised), frame.y(point.found))
      } else {
        outline.line(frame.x(point.promised), frame.y(point.found))
      }
    }
    canvas.path(outline.data, "curve")
    if shareWithinSigma.isFinite {
      let x = frame.x(Self.normalShare), y = frame.y(shareWithinSigma)
      canvas.circle(x: x, y: y, radius: 4.5, "curve-dot")
      canvas.label(
        "1 sigma: \(NumberText.percent(shareWithinSigma))", x: x + 9, y: y + 16, "axis strong", anchor: .start)
    }
    canvas.label("sigma too large", x: frame.left + 10, y: frame.top + 16, "axis", anchor: .start)
    canvas.label("sigma too small", x: frame.right - 8, y: frame.bottom - 10, "axis", anchor: .end)
    return canvas.document(style: size.style, description: description)
  }

  /// The chart in words.
  public var description: String {
    "Coverage: \(NumberText.percent(shareWithinSigma)) of \(NumberText.decimal(Double(count))) errors lie within one "
      + "sigma (a normal distribution has 68.3 %), root mean square of error over sigma "
      + "\(NumberText.decimal(rootMeanSquare, places: 2))."
  }
}
