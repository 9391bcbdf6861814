// SPDX-License-Identifier: Apache-2.0
import Foundation
import RasterIO
import Synchronization

/// Open rasters, kept for the next request; the ones not asked for longest are closed first.
///
/// A file that was replaced or changed on the disk is opened anew.
final class RasterPool: Sendable {
  private struct State {
    var open: [RasterLayerFile: Entry] = [:]
    var clock = 0
  }

  private struct Entry {
    let raster: TiledRaster
    var lastUse: Int
  }

  private let state = Mutex(State())
  private let transformations = TransformationPool()
  private let limit: Int

  /// - Parameter limit: files that stay open; nil takes half of what the system allows this process, at most 4096.
  init(limit: Int?) { self.limit = max(1, limit ?? Self.systemLimit / 2) }

  private static var systemLimit: Int {
    var limits = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 512 }
    return Int(min(8192, limits.rlim_cur))
  }

  func raster(_ file: RasterLayerFile) throws(TilesError) -> TiledRaster {
    let mark = FileMark(file.path)
    let known = state.withLock { state -> TiledRaster? in
      guard let entry = state.open[file], entry.raster.mark == mark else { return nil }
      state.clock += 1
      state.open[file]?.lastUse = state.clock
      return entry.raster
    }
    if let known { return known }
    let image = try reading { () throws(RasterError) in try RasterImage.open(file.path, band: file.band) }
    let raster = TiledRaster(file, image, mark: mark, transformations)
    // What is closed here stays open for those who are still reading it. Files are closed outside of the lock.
    let closed = state.withLock { state -> [TiledRaster] in
      state.clock += 1
      let replaced = state.open.updateValue(Entry(raster: raster, lastUse: state.clock), forKey: file)
      return [replaced?.raster].compactMap { $0 } + shrink(&state)
    }
    withExtendedLifetime(closed) {}
    return raster
  }

  /// Takes out an eighth of the rasters when there are too many, so that the search for them is rare.
  private func shrink(_ state: inout State) -> [TiledRaster] {
    guard state.open.count > limit else { return [] }
    let oldest = state.open.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(max(1, limit / 8))
    for (file, _) in oldest { state.open[file] = nil }
    return oldest.map(\.value.raster)
  }
}
