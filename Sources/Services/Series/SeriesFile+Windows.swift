// SPDX-License-Identifier: Apache-2.0
import Grids
import TimeSeries

/// The series of all pixels of a part of a cube.
struct SeriesWindow: Sendable {
  struct Layers: Sendable {
    /// Date after date, all pixels of each.
    let values, sigmas: [Float]

    func pixel(_ pixel: Int, of pixels: Int) -> SeriesFile.DatedValues {
      func column(_ all: [Float]) -> [Double] {
        stride(from: pixel, to: all.count, by: pixels).map { Double(all[$0]) }
      }
      return .init(values: column(values), sigmas: column(sigmas))
    }
  }

  let window: Window
  let displacement, velocity: [Layers]
  let up: Layers?

  var pixels: Int { window.rows * window.columns }

  func track(_ pixel: Int) -> SeriesFile.Track {
    var track = SeriesFile.Track(
      displacement: displacement.map { $0.pixel(pixel, of: pixels) },
      velocity: velocity.map { $0.pixel(pixel, of: pixels) })
    track.up = up?.pixel(pixel, of: pixels)
    return track
  }
}

extension SeriesFile {
  private typealias Names = (displacement: String, sigma: String, velocity: String, error: String)

  private var names: [Names] {
    components == 2
      ? [
        ("east_displacement", "east_displacement_sigma", "vx", "errorx"),
        ("north_displacement", "north_displacement_sigma", "vy", "errory"),
      ] : [("displacement", "displacement_sigma", "v", "v_sigma")]
  }

  private static let upNames = ("up_displacement", "up_displacement_sigma")

  /// Whether the cube knows the motion upwards.
  var hasUp: Bool { file[Self.upNames.0] != nil && file[Self.upNames.1] != nil }

  /// Words for the components in tables.
  var headings: [String] { components == 2 ? ["east", "north"] : ["motion"] }

  /// The displacement along a component, date after date.
  func displacement(_ component: Int, _ window: Window) throws -> [Float] {
    try values(names[component].displacement, days.count, window)
  }

  func read(_ window: Window) throws -> SeriesWindow {
    func layers(_ values: String, _ sigmas: String, _ count: Int) throws -> SeriesWindow.Layers {
      .init(values: try self.values(values, count, window), sigmas: try self.values(sigmas, count, window))
    }
    return SeriesWindow(
      window: window, displacement: try names.map { try layers($0.displacement, $0.sigma, days.count) },
      velocity: try names.map { try layers($0.velocity, $0.error, intervals.count) },
      up: hasUp ? try layers(Self.upNames.0, Self.upNames.1, days.count) : nil)
  }

  private func values(_ name: String, _ count: Int, _ window: Window) throws -> [Float] {
    try file.floats(
      name, start: [0, window.row, window.column], count: [count, window.rows, window.columns])
  }

  func track(row: Int, column: Int) throws -> Track {
    try read(Window(row: row, column: column, rows: 1, columns: 1)).track(0)
  }

  /// The motion of many pixels, in their order: what is stored together is read once.
  func tracks(at places: [(row: Int, column: Int)]) throws -> [Track] {
    let across = (place.columns + block.columns - 1) / block.columns
    let groups = Dictionary(grouping: places.indices) {
      places[$0].row / block.rows * across + places[$0].column / block.columns
    }
    var out = [Track?](repeating: nil, count: places.count)
    for (_, group) in groups {
      let rows = group.map { places[$0].row }, columns = group.map { places[$0].column }
      let row = rows.min()!, column = columns.min()!
      let part = try read(
        Window(row: row, column: column, rows: rows.max()! - row + 1, columns: columns.max()! - column + 1))
      for index in group {
        out[index] = part.track((places[index].row - row) * part.window.columns + places[index].column - column)
      }
    }
    return out.compactMap { $0 }
  }
}
