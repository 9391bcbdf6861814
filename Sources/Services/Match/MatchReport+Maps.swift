// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Matching

/// The grids of the report: products of a run, thinned where there are more points than maps and distributions need.
struct ReportGrids {
  let result: MatchResult
  /// Every how many rows and columns of the lattice a point is shown.
  let every: Int
  private let products: ProductList

  /// Points up to which the report shows all of them: the usual ones of a whole Sentinel-2 tile.
  private static let mostPoints = 2_000_000

  /// - Parameter limit: points up to which all are shown.
  init(_ result: MatchResult, limit: Int = Self.mostPoints) throws {
    self.result = result
    let rows = result.products.rows, columns = result.products.columns
    var every = 1
    while ((rows + every - 1) / every) * ((columns + every - 1) / every) > limit { every += 1 }
    self.every = every
    let shown =
      [Self.motionName(result)] + Self.componentNames(result) + Self.strainNames(result).map(\.product)
      + ["dx", "dy", "ncc", "window"]
    products = try result.products.load(shown + shown.map { $0 + "_sigma" }, every: every)
  }

  private static func motionName(_ result: MatchResult) -> String {
    ["speed", "displacement"].first { result.products[$0] != nil } ?? "dx"
  }

  private static func componentNames(_ result: MatchResult) -> [String] {
    [["east_velocity", "north_velocity"], ["east", "north"]].first { result.products[$0[0]] != nil } ?? ["dx", "dy"]
  }

  private static func strainNames(_ result: MatchResult) -> [(product: String, title: String)] {
    let isRate = result.dates.separation != nil
    return [
      ("strain_longitudinal", "Longitudinal strain"), ("strain_transverse", "Transverse strain"),
      ("strain_shear", "Shear strain"), ("strain_vertical", "Vertical strain"), ("rotation", "Rotation"),
    ].filter { result.products[$0.0] != nil }.map { ($0.0, isRate ? $0.1 + " rate" : $0.1) }
  }

  private func values(_ name: String) -> Grid<Float> {
    products[name] ?? Grid(rows: 0, columns: 0, filledWith: .nan)
  }

  var dx: Grid<Float> { values("dx") }
  var dy: Grid<Float> { values("dy") }

  private func quantity(_ name: String, _ title: String) -> Quantity {
    let unit = result.products.unit(name)
    return Quantity(title, unit: unit == "1" ? "" : unit, values: values(name), sigma: products[name + "_sigma"])
  }

  /// What the main map shows: the length of the offset in pixels for images without map coordinates.
  var motion: Quantity {
    let name = Self.motionName(result)
    guard name == "dx" else { return quantity(name, name.capitalizedFirst) }
    return Self.offsetLength(dx, dy, products["dx_sigma"], products["dy_sigma"])
  }

  /// Length of the offset, px.
  static func offsetLength(
    _ dx: Grid<Float>, _ dy: Grid<Float>, _ sx: Grid<Float>?, _ sy: Grid<Float>?
  ) -> Quantity {
    var length = dx, sigma = dx
    for i in dx.cells.indices {
      let x = dx.cells[i], y = dy.cells[i], l = (x * x + y * y).squareRoot()
      let u = sx?.cells[i] ?? .nan, v = sy?.cells[i] ?? .nan
      length.cells[i] = l
      let a = x * u, b = y * v
      sigma.cells[i] = l > 0 ? (a * a + b * b).squareRoot() / l : max(u, v)
    }
    return Quantity("Offset", unit: "px", values: length, sigma: sigma)
  }

  var components: [Quantity] {
    let names = Self.componentNames(result)
    let titles =
      names[0] == "dx"
      ? ["Offset right", "Offset down"]
      : names[0] == "east" ? ["East displacement", "North displacement"] : ["East velocity", "North velocity"]
    return zip(names, titles).map { quantity($0, $1) }
  }

  var strain: [Quantity] { Self.strainNames(result).map { quantity($0.product, $0.title) } }

  var quality: [Quantity] { [quantity("ncc", "Peak correlation"), quantity("window", "Window side")] }

  /// Why points are missing; those not asked for count as there.
  var flags: MatchReportContent.Flags {
    get throws {
      .init(
        values: try result.flags(every: every).map { $0 == MatchWriter.notAsked ? 0 : $0 },
        reasons: MatchFlag.allCases.filter { $0 != .measured }.map(\.reason))
    }
  }

  /// Counts of all points, where not all are shown.
  var counts: MatchReportContent.Counts? {
    guard every > 1 else { return nil }
    var byFlag = result.found.survey.counts
    let all = result.products.rows * result.products.columns
    byFlag[Int(MatchFlag.measured.rawValue)] += all - result.quality.asked
    return .init(byFlag: byFlag, measured: result.quality.measured, all: all)
  }

  /// Apparent motion of stable ground in the unit of the components.
  var stableGround: StableGround? {
    get throws {
      guard let stable = result.quality.stable, stable.count > 0 else { return nil }
      let names = Self.componentNames(result)
      guard let samples = StableSamples(result.found, x: names[0], y: names[1]) else { return nil }
      let pairs = try EvenSample<(Float, Float)>(limit: StableGround.enough) { take in
        try samples.forEach { part in
          for index in part.dx.indices where part.dx[index].isFinite && part.dy[index].isFinite {
            take((part.dx[index], part.dy[index]))
          }
        }
      }
      return StableGround(
        east: pairs.values.map(\.0), north: pairs.values.map(\.1), unit: result.products.unit(names[0]),
        outOf: pairs.count)
    }
  }
}
