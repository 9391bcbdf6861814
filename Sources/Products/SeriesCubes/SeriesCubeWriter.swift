// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO
import Synchronization

/// Rows of a cube of displacements at dates; all arrays date after date (or interval after interval), row after row.
public struct SeriesBlock: Sendable {
  /// First row, and how many.
  public let row, rows: Int

  /// One component; arrays are empty where the file has no dates or no intervals.
  public struct Component: Sendable {
    /// Metres since the first date, and their standard deviations; NaN where unknown.
    public var displacement: [Float] = [], displacementSigma: [Float] = []
    /// Metres per year over the intervals, and their standard deviations.
    public var velocity: [Float] = [], velocitySigma: [Float] = []

    public init() {}
  }

  public var components: [Component]

  public init(row: Int, rows: Int, components: [Component]) {
    (self.row, self.rows, self.components) = (row, rows, components)
  }
}

/// Writes displacements at dates, and velocities between them, as a NetCDF-4 file or a Zarr store, whole or not at all.
///
/// The velocities stand under the names of cubes of pairs, TICOI's (`vx`, `vy`, `errorx`, `errory`, `date1`, `date2`,
/// `sensor`) and ITS_LIVE's (`vx_error`, `vy_error`, `acquisition_date_img1` and so on), so that programs for either, and
/// `PairCubes`, read the file. Follows CF 1.8 where CF knows the projection. Blocks may come in any order and from any
/// thread. Memory: the block, and with Zarr those stored blocks that are not whole yet.
public final class SeriesCubeWriter: Sendable {
  public let layout: SeriesCubeLayout
  private let writer: any ArrayWriter
  /// Sums of squared standard deviations and their counts, for each component and interval.
  private let sums: Mutex<[[(sum: Double, count: Int)]]>

  /// Blocks of so many rows, or a multiple, are written fastest.
  public static let rowsPerBand = SeriesCubeLayout.blockRows

  /// - Parameter format: nil takes it from the ending, `.nc` or `.zarr`.
  /// - Throws: `RasterError`.
  public init(_ path: String, _ layout: SeriesCubeLayout, format: ArrayFormat? = nil) throws(RasterError) {
    guard let format = format ?? ArrayFormat(path: path) else {
      throw RasterError(.notWritable, "\(path): the name has to end in .nc or .zarr, which say how it is stored")
    }
    self.layout = layout
    writer = try format.writer(path, try layout.arrays())
    sums = Mutex(layout.names.map { _ in layout.intervals.map { _ in (0, 0) } })
    do throws(RasterError) { try writeCoordinates() } catch {
      writer.cancel()
      throw error
    }
  }

  private func writeCoordinates() throws(RasterError) {
    let place = layout.place, intervals = layout.intervals
    if place.crs != nil { try writer.write([0], to: "mapping") }
    if let transform = place.transform {
      try writer.write((0..<place.columns).map { transform.coordinate(row: 0, column: Double($0)).east }, to: "x")
      try writer.write((0..<place.rows).map { transform.coordinate(row: Double($0), column: 0).north }, to: "y")
    }
    if !layout.dates.isEmpty { try writer.write(layout.dates, to: "time") }
    if intervals.isEmpty { return }
    try writer.write(intervals.map { ($0.earlier + $0.later) / 2 }, to: "mid_date")
    try writer.write(intervals.flatMap { [$0.earlier, $0.later] }, to: SeriesCubeLayout.bounds)
    for name in ["date1", "acquisition_date_img1"] { try writer.write(intervals.map(\.earlier), to: name) }
    for name in ["date2", "acquisition_date_img2"] { try writer.write(intervals.map(\.later), to: name) }
    for name in ["sensor", "mission_img1"] { try writer.write(intervals.map(layout.sensor), to: name) }
    try writer.write(intervals.map { _ in "" }, to: "satellite_img1")
  }

  /// - Throws: `RasterError` of kind `.diskFull` or `.writeFailed`.
  public func write(_ block: SeriesBlock) throws(RasterError) {
    let place = layout.place, names = layout.names
    precondition(
      block.components.count == names.count && block.row >= 0 && block.row + block.rows <= place.rows,
      "rows \(block.row) to \(block.row + block.rows) of \(block.components.count) components do not fit the cube")
    for (name, component) in zip(names, block.components) {
      if !layout.dates.isEmpty {
        try put(component.displacement, name.displacement, layout.dates.count, block)
        try put(component.displacementSigma, name.displacementSigma, layout.dates.count, block)
      }
      if !layout.intervals.isEmpty {
        try put(component.velocity, name.velocity, layout.intervals.count, block)
        try put(component.velocitySigma, name.velocitySigma, layout.intervals.count, block)
      }
    }
    count(block)
  }

  private func put(_ values: [Float], _ name: String, _ count: Int, _ block: SeriesBlock) throws(RasterError) {
    try writer.write(values, to: name, start: [0, block.row, 0], count: [count, block.rows, layout.place.columns])
  }

  private func count(_ block: SeriesBlock) {
    let pixels = block.rows * layout.place.columns
    sums.withLock { sums in
      for (index, component) in block.components.enumerated() where !component.velocitySigma.isEmpty {
        for interval in layout.intervals.indices {
          for value in component.velocitySigma[interval * pixels..<(interval + 1) * pixels] where value.isFinite {
            sums[index][interval].sum += Double(value) * Double(value)
            sums[index][interval].count += 1
          }
        }
      }
    }
  }

  /// Puts the whole file in its place. The writer is used up.
  ///
  /// - Throws: `RasterError`; nothing is left behind then.
  public func finish() throws(RasterError) {
    if !layout.intervals.isEmpty {
      let sums = sums.withLock { $0 }
      for (name, own) in zip(layout.names, sums) {
        try writer.write(
          own.map { $0.count > 0 ? ($0.sum / Double($0.count)).squareRoot() : .nan }, to: name.pairSigma)
      }
    }
    try writer.finish(as: nil)
  }

  /// Removes everything written so far. Does nothing after `finish`.
  public func cancel() { writer.cancel() }
}
