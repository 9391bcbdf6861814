// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Grids
import RasterIO
import Synchronization

/// A square of values of a map tile; NaN where the raster has none.
public struct FloatTile: Sendable {
  /// Pixels on each side.
  public let size: Int
  /// Row by row from the upper left.
  public let values: [Float]

  public init(size: Int, values: [Float]) {
    precondition(values.count == size * size, "a tile of \(size) pixels has \(size * size) values")
    (self.size, self.values) = (size, values)
  }

  /// Whether nothing of the raster is seen.
  public var isEmpty: Bool { values.allSatisfy(\.isNaN) }

  /// The values as the web page takes them: 32-bit floats, the lowest byte first.
  public var bytes: [UInt8] {
    #if _endian(little)
      values.withUnsafeBytes { Array($0) }
    #else
      values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    #endif
  }
}

/// Map tiles and readings of raster files, fast enough for maps that are moved by hand.
///
/// Any raster that GDAL reads, in any reference system; one without a place on Earth is shown in its pixels
/// (`TileMatrix.pixel`). Pixels come from the stored overview that suits the zoom level, decoded blocks stay in a
/// cache of bounded size, files stay open, and a file that changes on the disk is read anew. Calls block while files
/// are read: make them from a thread of your own, not from a task. Any number of threads may call at once.
public final class RasterTiles: Sendable {
  let rasters: RasterPool
  let reader: BlockReader
  let statistics = StatisticsStore()
  let stacks: StackStore
  let catalogues = LayerCatalogues()
  /// One long series is prepared at a time, behind what users wait for.
  let preparing = DispatchQueue(label: "ogive.tiles.prepare", qos: .utility)
  /// The first layers of the series that wait for it.
  let waitingForPreparation = Mutex<Set<RasterLayerFile>>([])

  /// A tile pixel may show an overview's pixel that is this much larger than itself: half as many blocks are read
  /// than for pixels that are never larger, and the eye does not see it.
  static let largestMagnification = 1.3

  /// - Parameters:
  ///   - cacheBytes: what decoded blocks may take; GDAL keeps up to 128 MiB of its own beside.
  ///   - openFiles: how many files stay open; nil takes half of what the system allows.
  ///   - threads: that decode the blocks of one tile.
  ///   - scratchFolder: for prepared series, which the next process finds there; nil takes one for this process.
  ///   - scratchBytes: what those may take of its disk.
  public init(
    cacheBytes: Int = 256 << 20, openFiles: Int? = nil, threads: Int? = nil, scratchFolder: String? = nil,
    scratchBytes: Int = 4 << 30
  ) {
    stacks = StackStore(folder: scratchFolder, byteLimit: scratchBytes)
    rasters = RasterPool(limit: openFiles)
    reader = BlockReader(
      cache: BlockCache(byteLimit: cacheBytes),
      threads: threads ?? min(4, ProcessInfo.processInfo.activeProcessorCount))
  }

  /// Bytes of the blocks that are kept now.
  public var cachedBytes: Int { reader.cache.bytes }

  /// The values of a tile.
  ///
  /// Positions are exact to a tenth of a tile pixel. Amounts are interpolated bilinearly, names (`isCategorical`)
  /// picked.
  ///
  /// - Parameters:
  ///   - size: pixels on each side: 256, or 512 for fine screens.
  /// - Throws: `TilesError` of kind `.noSuchTile`, `.missing` or `.unreadable`.
  public func floatTile(
    _ file: RasterLayerFile, _ address: TileAddress, size: Int = 256
  ) throws(TilesError) -> FloatTile {
    precondition((1...1024).contains(size), "tiles have 1 to 1024 pixels on a side, not \(size)")
    let raster = try rasters.raster(file)
    var values = [Float](repeating: .nan, count: size * size)
    let tile = try raster.place.matrix.place(of: address, size: size)
    let window = raster.place.window(in: tile, size: size)
    if window.isEmpty { return FloatTile(size: size, values: values) }
    let lattice = try TileLattice(window, of: tile, in: raster.place)
    guard let scale = lattice.scale else { return FloatTile(size: size, values: values) }
    var level = raster.level(forFactor: scale * Self.largestMagnification)
    while true {
      let pyramid = raster.levels[level]
      let sampling = TileSampling(
        lattice: lattice, nodes: lattice.nodes(in: pyramid), isCategorical: file.isCategorical)
      guard let source = sampling.source(in: pyramid) else { break }
      // Where the scale differs much over the tile, as around a pole, its mean may stand for very many pixels.
      if source.rows * source.columns > Self.mostPixels, level + 1 < raster.levels.count {
        level += 1
        continue
      }
      let pixels = try reader.read(source, of: raster, level: level)
      sampling.fill(&values, size: size, from: pixels, at: source)
      break
    }
    return FloatTile(size: size, values: values)
  }

  private static let mostPixels = 16 << 20

  /// A tile as the bytes of a PNG picture; clear where the raster has no values.
  ///
  /// - Throws: as `floatTile`.
  public func png(
    _ file: RasterLayerFile, _ address: TileAddress, size: Int = 256, style: TileStyle = TileStyle()
  ) throws(TilesError) -> [UInt8] {
    let tile = try floatTile(file, address, size: size)
    let range = style.range == nil && style.classes.isEmpty ? try statistics(of: file).range(for: style.colours) : nil
    return try TilePicture(style, range: range).png(tile)
  }
}
