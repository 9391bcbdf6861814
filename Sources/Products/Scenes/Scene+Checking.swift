// SPDX-License-Identifier: Apache-2.0
import RasterIO

extension Scene {
  /// The scene with the bands and masks whose files are there and whole; what is absent or damaged is left out and named
  /// in `notices`.
  ///
  /// - Parameter readsImages: whether files are looked into for a broken end (`RasterFileCheck`), at the cost of opening
  ///   each; else only their presence is asked for.
  /// - Throws: `SceneError` of kind `.noImages` when no band is left because none is there, `.damaged` when none is whole.
  public func checked(readsImages: Bool = true) throws(SceneError) -> Scene {
    var absent: [String] = [], broken: [RasterError] = []
    let kept = bands.filter { band in
      guard VirtualFile.kind(of: band.path) == .file else {
        absent.append(band.id)
        return false
      }
      guard readsImages, let problem = RasterFileCheck.problem(of: band.path) else { return true }
      broken.append(problem)
      return false
    }
    let keptMasks = masks.filter { VirtualFile.kind(of: $0.path) == .file }
    guard !kept.isEmpty else {
      if let first = broken.first {
        throw SceneError(.damaged, path, "\(path): none of its images is whole: \(first.message)", cause: first.cause)
      }
      if let remote = bands.first(where: { VirtualFile.isRemote($0.path) }) {
        throw SceneError(
          .noImages, path,
          "\(id): none of its images can be reached, such as \(remote.path.replacingPrefix("/vsicurl/")); check the "
            + "address and the network")
      }
      throw SceneError(
        .noImages, path,
        "\(path) has metadata and no image; fetch the whole product, or give the folder that it is in")
    }
    var notices = notices
    if !absent.isEmpty { notices.append("\(id): no file for \(absent.joined(separator: ", ")); they are left out") }
    notices += broken.map { "\(id): \($0.message); the band is left out" }
    return Scene(
      id: id, path: path, mission: mission, platform: platform, level: level, date: date,
      relativeOrbit: relativeOrbit, isAscending: isAscending, tile: tile, pass: pass,
      processingBaseline: processingBaseline, bands: kept, masks: keptMasks, angles: angles, footprint: footprint,
      cloudCover: cloudCover, grids: grids, notices: notices)
  }
}
