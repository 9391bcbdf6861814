// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing

/// The layers of the runs that were asked for last, so that a tile does not list its run anew.
///
/// A list is made anew when something in the run's folders was added, taken away or put in another's place.
package final class LayerCatalogues: Sendable {
  private struct Entry: Sendable {
    let catalogue: LayerCatalogue
    /// The folders that were listed.
    let marks: [String: FileMark]
  }

  /// Lists of a thousand layers have about a megabyte.
  private let known = RecentlyUsed<String, Entry>(most: 64)

  private let settled: Double

  /// - Parameter settled: seconds for which nothing must have changed before a list is kept, since the clock of a disk may be
  ///   coarser than two changes are apart.
  package init(settled: Double = 2) { self.settled = settled }

  /// - Throws: `TilesError.missing` when there is no such folder.
  package func catalogue(of folder: String) throws(TilesError) -> LayerCatalogue {
    if let entry = known[folder], entry.marks.allSatisfy({ FileMark($0.key) == $0.value }) { return entry.catalogue }
    let before = Date(timeIntervalSinceNow: -settled)
    var marks: [String: FileMark] = [:]
    var isSettled = true
    // Before the layers are listed: what comes meanwhile then shows as a change.
    for path in LayerCatalogue.folders(of: folder) {
      guard let mark = FileMark(path) else { continue }
      marks[path] = mark
      isSettled = isSettled && mark.changedBefore(before)
    }
    let catalogue = try LayerCatalogue(folder)
    known[folder] = isSettled ? Entry(catalogue: catalogue, marks: marks) : nil
    return catalogue
  }
}

extension RasterTiles {
  /// The layers of a run; remembered as long as nothing in its folders changes.
  ///
  /// - Throws: `TilesError.missing` when there is no such folder.
  public func catalogue(of folder: String) throws(TilesError) -> LayerCatalogue {
    try catalogues.catalogue(of: folder)
  }
}
