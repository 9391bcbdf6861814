// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import HTTP
import Jobs
import Parameters
import Processing
import Storage
import Synchronization
import Tiles

/// Everything that the server holds: the parts behind its interfaces, in one data folder.
///
/// | in the folder | what |
/// |---|---|
/// | `ogive.sqlite` | users, jobs, catalogue |
/// | `jobs/ID/` | a job: its file, its log, its run folder |
/// | `uploads/USER/`, `drawings/` | what users sent and drew |
/// | `catalogue/` | packages and downloaded images |
/// | `series/` | series of layers turned round for quick readings; may be removed at any time |
/// | `library/` | OpenLayers |
final class Platform: Sendable {
  let settings: PlatformSettings
  let tool: CommandLineTool
  let registry: ProcessRegistry
  let database: Database
  let accounts: AccountStore
  let jobs: JobStore
  let scheduler: JobScheduler
  let estimator: JobEstimator
  let catalogue: Catalogue
  let lineage: JobLineage
  let tiles: RasterTiles
  let imports = ImportRegistry()
  let looks = JobLooks()
  let offered: OfferedFolders
  let uploads: Uploads
  let drawings: Drawings
  /// Ten logins a minute from one address.
  let loginLimiter = RateLimiter(perSecond: 10.0 / 60, burst: 10)
  /// Where people may log in besides; nil where none is set up.
  let identityProvider: OIDCProvider?
  let started = Date()
  private let lock: DataFolderLock
  private let documents = Mutex<[String: JSONObject]>([:])
  private let names = Mutex<[String: String]>([:])

  /// Opens the data folder; makes it when it is not there.
  ///
  /// - Throws: `ServerError`, `StorageError` and what the parts throw when the folder can't be used.
  init(_ settings: PlatformSettings, tool: CommandLineTool, executor: any Executor) throws {
    self.settings = settings
    self.tool = tool
    registry = ProcessRegistry(tool)
    let folder = settings.folder
    for name in ["", "/jobs", "/uploads", "/drawings", "/incoming", "/catalogue"] {
      do {
        try FileManager.default.createDirectory(
          atPath: folder + name, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
      } catch {
        throw ServerError(
          .dataFolder, "the data folder \(folder) can't be made or written: \(error.localizedDescription)")
      }
    }
    lock = try DataFolderLock(folder)
    // What came in halfway when the server was last killed.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder + "/incoming")) ?? [] {
      try? FileManager.default.removeItem(atPath: "\(folder)/incoming/\(name)")
    }
    database = try Database(
      path: "\(folder)/ogive.sqlite",
      [
        AccountStore.schema, JobStore.schema, Catalogue.schema, Drawings.schema, DepositsAPI.schema,
        JobLineage.schema,
      ], reserve: 16 << 20)
    accounts = AccountStore(database)
    // The operator's own choice, often inside the institution: any address is fine.
    identityProvider = settings.oidc.map {
      OIDCProvider($0, client: HTTPClient(HTTPClientConfiguration(policy: .any)))
    }
    jobs = try JobStore(database, folder: "\(folder)/jobs")
    let accounts = accounts
    var policy = settings.policy
    policy.exception = { id in
      guard let user = try? accounts.user(id: id) else { return nil }
      return JobQuota(running: user.jobQuota, queued: nil, disk: user.byteQuota)
    }
    let client = HTTPClient(HTTPClientConfiguration(policy: AddressPolicy(allowing: settings.networks)))
    scheduler = JobScheduler(
      store: jobs, executor: executor, tool: tool, policy: policy, sender: HTTPCallbackSender(client),
      units: settings.units)
    estimator = JobEstimator(settings.program, folder: "\(folder)/incoming")
    catalogue = Catalogue(database, folder: "\(folder)/catalogue")
    lineage = JobLineage(database, catalogue)
    tiles = RasterTiles(
      cacheBytes: settings.tileCacheBytes, scratchFolder: "\(folder)/series", scratchBytes: settings.seriesBytes)
    offered = try OfferedFolders(settings.offeredFolders)
    uploads = Uploads(folder: "\(folder)/uploads")
    drawings = Drawings(database: database, folder: "\(folder)/drawings")
  }

  /// The routes of all interfaces.
  var routes: [APIRoute] {
    let people = [
      MeAPI(platform: self).routes, OIDCLoginAPI(platform: self).routes, PeopleAPI(platform: self).routes,
      GroupsAPI(platform: self).routes, HealthAPI(platform: self).routes,
    ]
    let jobs = [
      ProcessesAPI(platform: self).routes, JobsAPI(platform: self).routes, JobActionsAPI(platform: self).routes,
      JobFilesAPI(platform: self).routes, LayersAPI(platform: self).routes, DepositsAPI(platform: self).routes,
    ]
    let images = [
      StacRoutes(platform: self).routes, AssetAddresses(platform: self).routes, PackagesAPI(platform: self).routes,
      ImportsAPI(platform: self).routes, DownloadsAPI(platform: self).routes, FilesAPI(platform: self).routes,
      DrawingsAPI(platform: self).routes, AreasAPI(platform: self).routes,
    ]
    let all = [LandingAPI(platform: self).routes] + people + jobs + images + [PageAPI(platform: self).routes]
    return all.flatMap { $0 }
  }

  /// The OpenAPI document, made once for each address.
  func openAPI(base: String) -> JSONObject {
    if let known = documents.withLock({ $0[base] }) { return known }
    let made = OpenAPIDocument(routes: routes, schemas: APISchemas.all, version: tool.identity.version)
      .json(base: base)
    documents.withLock { if $0.count < 20 { $0[base] = made } }
    return made
  }

  // MARK: - What several interfaces ask

  /// - Throws: `jobs.not-found` for a job that is not there or not the viewer's to see.
  func job(_ id: String, viewer: Viewer, hasLink: Bool = false) throws -> Job {
    try jobs.job(id, for: viewer, hasLink: hasLink)
  }

  /// A job that who asks may change.
  func ownJob(_ id: String, _ request: APIRequest) throws -> Job { try jobs.ownJob(id, of: request.viewer) }

  var executorName: String { scheduler.executor.name }

  /// What somebody is called; the id itself for who has no account, such as the command line.
  func userName(_ id: String) -> String {
    if let known = names.withLock({ $0[id] }) { return known }
    let name = (try? accounts.user(id: id))?.name ?? id
    names.withLock { if $0.count < 10_000 { $0[id] = name } }
    return name
  }

  /// Bytes of all that somebody keeps here.
  func bytes(of user: User) throws -> Int { try jobs.diskUse(of: user.id) + uploads.bytes(of: user.id) }

  /// What somebody uses, and may.
  func usage(of user: User) throws -> JSONObject {
    var filter = JobFilter()
    filter.owner = user.id
    let counts = try jobs.counts(filter, for: .local)
    func count(_ states: [JobState]) -> Int {
      counts.filter { states.contains($0.state) }.reduce(0) { $0 + $1.count }
    }
    return [
      "bytes": .integer(try bytes(of: user)), "quotaBytes": JSONValue(user.byteQuota ?? settings.policy.diskPerUser),
      "running": .integer(count([.running])),
      "runningLimit": JSONValue(user.jobQuota ?? settings.policy.runningPerUser),
      "queued": .integer(count([.accepted, .paused])), "queuedLimit": JSONValue(settings.policy.queuedPerUser),
      "jobs": .integer(counts.reduce(0) { $0 + $1.count }),
    ]
  }

  func resultFolder(of jobID: String) -> String { jobs.folder(of: jobID).resultPath }

  /// What the page says about the server.
  var description: JSONObject {
    [
      "name": .string(settings.title), "version": .string(tool.identity.version), "demo": .bool(settings.isDemo),
      "login": .array(settings.loginMethods.map(JSONValue.string)), "oidcTitle": JSONValue(settings.oidcTitle),
      "uploadLimitBytes": .integer(settings.uploadLimit),
      "basemap": settings.basemap.map {
        ["url": .string($0.url), "attribution": .string($0.attribution)]
      } ?? .null,
      "language": JSONValue(settings.language),
    ]
  }
}
