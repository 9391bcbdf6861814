// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Processing

/// How a server is set up: what `ogive serve` was told.
struct PlatformSettings: Sendable {
  /// A background map from elsewhere; tiles are fetched by the browser.
  struct Basemap: Sendable {
    let url: String
    let attribution: String
  }

  /// The data folder.
  let folder: String
  var title = "Ogive"
  /// Hosts that images are read from; empty for all of the public internet.
  var archives: [String] = []
  /// Networks of the operator's own that imports and jobs may ask besides.
  var networks: [IPNetwork] = []
  var isDemo = false
  var offeredFolders: [String] = []
  var publicAddress: String?
  var basemap: Basemap?
  /// `en`, `fr`; nil takes the browser's.
  var language: String?
  /// Bytes of one file that is sent up.
  var uploadLimit = 8 << 30
  /// Of one user or address, on average.
  var requestsPerSecond = 200.0
  /// What decoded blocks of map layers may take.
  var tileCacheBytes = 256 << 20
  /// What series that are turned round for quick readings may take of the disk.
  var seriesBytes = 16 << 30
  var loginMethods = ["token", "password"]
  /// An identity provider that people may log in with, and what the page calls it.
  var oidc: OIDCConfiguration?
  var oidcTitle: String?
  var policy = JobPolicy()
  /// What runs jobs.
  var program = WorkerProgram.own
  /// Units that jobs leave to each other; the program's environment names the same folder.
  var units: UnitCache?
  /// Folder of OpenLayers and what else the page needs from others; nil where it was not fetched.
  var libraryFolder: String?

  init(folder: String) { self.folder = folder }
}
