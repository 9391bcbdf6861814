// SPDX-License-Identifier: Apache-2.0
import Jobs
import Tiles

/// Series of many single rasters are turned round in the background, so that a click gives them at once.
extension Platform {
  func prepareSeries(of catalogue: LayerCatalogue) {
    for series in catalogue.series {
      tiles.prepareLater(series.layers.compactMap { try? catalogue.layer($0) }, in: catalogue)
    }
  }

  /// Goes on until the scheduler stops: what a job leaves is prepared when it has ended.
  func prepareNewSeries() async throws {
    for await event in try await scheduler.events(of: nil) {
      guard case .changed(let job) = event, job.state == .successful else { continue }
      if let catalogue = try? LayerCatalogue(resultFolder(of: job.id)) { prepareSeries(of: catalogue) }
    }
  }
}
