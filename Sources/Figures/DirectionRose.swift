// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How much moves in which direction: a circle of sectors whose areas are shares of the whole.
public struct DirectionRose: Sendable {
  /// Share of the weight in each sector, clockwise, the first one centred on north (or on up).
  public let shares: [Double]
  /// Mean direction of the weighted unit vectors, degrees clockwise from north (or up), 0..<360; NaN without motion, and
  /// where directions cancel.
  public let meanDirection: Double
  /// Length of the mean of the weighted unit vectors: 1 when all point the same way, 0 when they cancel.
  public let steadiness: Double
  /// Whether "up" in the chart is north; else it is the top of the image.
  public let isGeographic: Bool
  public let size: ChartSize

  /// Below this the circular standard deviation √(−2 ln steadiness) passes a right angle (Mardia & Jupp 2000, section
  /// 2.3.2): the two sides of a fault, say, have no mean direction worth a mark.
  static let leastSteadiness = exp(-Double.pi * .pi / 8)

  /// Counts directions.
  ///
  /// - Parameters:
  ///   - east: motion to the east (or to the right), any unit; NaN = missing.
  ///   - north: motion to the north (or up, so minus `dy`), same unit.
  ///   - weights: weight of each point, e.g. its speed, or nil to count points.
  ///   - sectors: count of sectors.
  public init(
    east: [Float], north: [Float], weights: [Float]?, sectors: Int = 24, isGeographic: Bool, size: ChartSize = .narrow
  ) {
    precondition(east.count == north.count && (weights?.count ?? east.count) == east.count, "one value per point")
    var sums = [Double](repeating: 0, count: sectors)
    var total = 0.0, sumEast = 0.0, sumNorth = 0.0
    for index in east.indices {
      let e = Double(east[index]), n = Double(north[index]), weight = weights.map { Double($0[index]) } ?? 1
      let length = (e * e + n * n).squareRoot()
      guard length > 0 && length.isFinite && weight.isFinite && weight > 0 else { continue }
      let turn = atan2(e, n) / (2 * .pi)
      let sector = Int(((turn < 0 ? turn + 1 : turn) * Double(sectors)).rounded()) % sectors
      sums[sector] += weight
      total += weight
      sumEast += weight * e / length
      sumNorth += weight * n / length
    }
    shares = sums.map { total > 0 ? $0 / total : 0 }
    let angle = atan2(sumEast, sumNorth) * 180 / .pi
    steadiness = total > 0 ? (sumEast * sumEast + sumNorth * sumNorth).squareRoot() / total : .nan
    meanDirection = steadiness >= Self.leastSteadiness ? (angle < 0 ? angle + 360 : angle) : .nan
    self.isGeographic = isGeographic
    self.size = size
  }

  /// The chart; a mark on the outer ring points to the mean direction, where there is one.
  public func svg() -> String {
    let width = size.width, height = min(width, 250.0)
    let x = width / 2, y = height / 2, reach = height / 2 - 26
    var canvas = Canvas(width: width, height: height)
    let largest = max(1e-9, shares.max() ?? 0)
    // The area of a sector is its share: the radius goes with the root.
    let outer = Ticks.step(span: largest, atMost: 2)
    for ring in [0.25, 0.5, 0.75, 1] {
      canvas.circle(x: x, y: y, radius: reach * ring.squareRoot(), "grid-ring")
    }
    for (name, dx, dy) in compass {
      canvas.label(name, x: x + dx * (reach + 14), y: y + dy * (reach + 14) + 4, "axis")
    }
    for (sector, share) in shares.enumerated() where share > 0 {
      let middle = 2 * Double.pi * Double(sector) / Double(shares.count)
      let half = 0.88 * Double.pi / Double(shares.count)
      let radius = reach * (share / outer).squareRoot()
      canvas.path(
        wedge(x, y, radius, middle - half, middle + half), "mark")
    }
    if meanDirection.isFinite {
      let angle = meanDirection * .pi / 180
      var pointer = Outline()
      for (ahead, aside) in [(reach - 1, 0.0), (reach + 9, 0.065), (reach + 9, -0.065)] {
        let px = x + ahead * sin(angle + aside), py = y - ahead * cos(angle + aside)
        if pointer.data.isEmpty { pointer.move(px, py) } else { pointer.line(px, py) }
      }
      pointer.close()
      canvas.path(pointer.data, "pointer")
    }
    canvas.label(
      "outer ring " + NumberText.percent(outer, places: outer < 0.02 ? 1 : 0), x: width - 2, y: height - 4, "number",
      anchor: .end)
    return canvas.document(style: size.style, description: description)
  }

  /// The chart in words.
  public var description: String {
    guard steadiness.isFinite else { return "Direction of motion: no moving point." }
    let from = isGeographic ? "north" : "the top of the image"
    let mean =
      meanDirection.isFinite
      ? "mean \(NumberText.decimal(meanDirection))° clockwise from \(from)" : "none in common"
    return "Direction of motion: \(mean), steadiness \(NumberText.decimal(steadiness, places: 2)) of 1."
  }

  private var compass: [(String, Double, Double)] {
    isGeographic
      ? [("N", 0, -1), ("E", 1, 0), ("S", 0, 1), ("W", -1, 0)]
      : [("up", 0, -1), ("right", 1.12, 0), ("down", 0, 1), ("left", -1.08, 0)]
  }

  private func wedge(_ x: Double, _ y: Double, _ radius: Double, _ from: Double, _ to: Double) -> String {
    var outline = Outline()
    outline.move(x, y)
    for step in 0...6 {
      let angle = from + (to - from) * Double(step) / 6
      outline.line(x + radius * sin(angle), y - radius * cos(angle))
    }
    outline.close()
    return outline.data
  }
}
