// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Parameters
import Processing

/// `ogive serve`: catalogue, jobs, interfaces and the page, out of one folder.
public struct ServeCommand: Command {
  public init() {}

  public let id = "serve"
  public let summary = "Run the server: catalogue, jobs, standard interfaces and the page"
  public let discussion =
    "Everything is in one data folder, which is made when it is absent; the first start prints a token for its "
    + "administrator. Jobs run as processes of their own and go on when the server stops or is killed; the next start finds "
    + "them. By default only this machine can reach the server: for others give `--bind` another address, with "
    + "`--certificate` and `--key`, or put a proxy in front."
  public let examples = [
    "serve", "serve --data /srv/ogive --share /data/sentinel2 --slots 4",
    "serve --bind 0.0.0.0:8443 --certificate server.pem --key server.key",
  ]

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let p = invocation.parameters, console = invocation.console
    // Files of strangers must not lead to other files or hosts: a raster that only names others is not opened, here and
    // in the workers, which inherit this.
    setenv("GDAL_SKIP", Self.driversThatLeadElsewhere, 1)
    // Before the rasters of maps are counted against it.
    HTTPListener.allowOpenFiles(16_384)
    let settings = try settings(p)
    let executor: any Executor =
      p.executor == .slurm
      ? SlurmExecutor(settings.program, slurm(p)) : ProcessExecutor(settings.program, slots: p.slots)
    let platform = try Platform(settings, tool: invocation.tool, executor: executor)
    let cancellation = Cancellation.watchingSignals()
    let listener = try HTTPListener(configuration(p), handler: frontDoor(platform, console))
    let address = settings.publicAddress ?? Self.shown(p, port: listener.port)
    if let secret = try platform.firstToken() {
      console.print("administrator's token, shown once: \(secret)")
      console.print("open \(address)/login#token=\(secret)")
    }
    let demo = ServerDemo(platform: platform, report: { console.printError($0) })
    let shown = try demo.show(runs: p.runs.map(\.path))
    if shown > 0 { console.print("\(shown) runs are shown as jobs") }
    console.print("serving \(settings.folder) at \(address)")
    let scheduler = platform.scheduler
    Self.waiting { await scheduler.start() }
    Task { try await platform.prepareNewSeries() }
    measureHost(settings)
    if p.demo, shown == 0 { Task { try await demo.simulate() } }
    while !cancellation.isCancelled { usleep(100_000) }
    console.print("stopping; running jobs go on")
    listener.stop()
    Self.waiting { await scheduler.stop() }
    return .done
  }

  /// Begins to measure how fast this machine is, where nobody knows: beside the server, which waits for nothing.
  private func measureHost(_ settings: PlatformSettings) {
    let program = settings.program
    Task { _ = try? await CommandOutput.of(program.path, ["measure-host"], within: 660) }
  }

  private static let driversThatLeadElsewhere =
    "VRT,DERIVED,WMS,WMTS,WCS,OGCAPI,OAPIF,WFS,CSW,HTTP,STACIT,STACTA,PLSCENES,PLMOSAIC,EEDA,EEDAI,NGW,DAAS,GMLAS,OGR_VRT"

  // MARK: - Setting up

  private func slurm(_ p: Parameters) -> SlurmSettings {
    var settings = SlurmSettings()
    settings.slots = p.slots
    settings.partition = p.partition
    settings.account = p.slurmAccount
    settings.throttle = p.throttle
    return settings
  }

  private func settings(_ p: Parameters) throws -> PlatformSettings {
    let folder = URL(filePath: p.data.path).standardizedFileURL.path
    var settings = PlatformSettings(folder: folder)
    settings.title = p.title
    settings.isDemo = p.demo
    settings.offeredFolders = p.share.map(\.path)
    settings.publicAddress = p.publicUrl.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    settings.archives = p.archives ?? []
    settings.networks = try p.networks.map { text in
      guard let network = IPNetwork(text) else {
        throw ParameterError(.wrongType, parameter: "networks", "'\(text)' is no network; write as in 10.0.0.0/8")
      }
      return network
    }
    settings.basemap = p.basemap.map { PlatformSettings.Basemap(url: $0, attribution: p.basemapAttribution) }
    settings.uploadLimit = p.uploadLimit << 20
    settings.requestsPerSecond = p.requestsPerSecond
    settings.policy.runningPerUser = p.runningPerUser
    settings.policy.queuedPerUser = p.queuedPerUser
    settings.policy.diskPerUser = p.diskPerUser.map { Int($0 * 1e9) }
    let day = 86_400.0
    if let days = p.forgetFailed {
      for state in [JobState.failed, .dismissed] { settings.policy.retention[state] = days * day }
    }
    if let days = p.forgetSuccessful { settings.policy.retention[.successful] = days * day }
    if let issuer = p.oidcIssuer, let client = p.oidcClient, let address = settings.publicAddress {
      var oidc = OIDCConfiguration(
        issuer: issuer, clientID: client, redirectAddress: address + OIDCLoginAPI.returnPath)
      oidc.clientSecret = try p.oidcSecret.map { try Self.firstLine(of: $0.path) }
      oidc.groupsClaim = p.oidcGroups.isEmpty ? nil : p.oidcGroups
      settings.oidc = oidc
      settings.oidcTitle = p.oidcTitle
      settings.loginMethods.append("oidc")
    }
    let cache = folder + "/units"
    settings.units = UnitCache(folder: cache, limit: Int(p.unitCache * 1e9))
    settings.program.environment["OGIVE_UNIT_CACHE"] = cache
    settings.program.environment["OGIVE_UNIT_CACHE_BYTES"] = "\(Int(p.unitCache * 1e9))"
    settings.libraryFolder = p.library?.path ?? Self.libraryFolder(data: folder)
    return settings
  }

  private static func firstLine(of path: String) throws -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let line = text.split(whereSeparator: \.isNewline).first
    else { throw ParameterError(.wrongType, parameter: "oidc-secret", "\(path) can't be read or is empty") }
    return String(line)
  }

  /// Where OpenLayers is: in the data folder, or where setup has put it beside the sources.
  private static func libraryFolder(data: String) -> String? {
    let program = URL(filePath: WorkerProgram.own.path)
    var places = ["\(data)/library"]
    var folder = program.deletingLastPathComponent()
    for _ in 0..<4 {
      places.append(folder.appending(path: "WebLibraries").path)
      folder = folder.deletingLastPathComponent()
    }
    places.append("/usr/share/ogive/library")
    return places.first { FileManager.default.fileExists(atPath: $0 + "/ol.js") }
  }

  private func configuration(_ p: Parameters) -> HTTPConfiguration {
    let (address, port) = Self.address(p.bind) ?? ("127.0.0.1", 8080)
    var configuration = HTTPConfiguration(address: address, port: port)
    configuration.certificateFile = p.certificate?.path
    configuration.keyFile = p.key?.path
    configuration.trustedProxies = Set(p.trustedProxies)
    return configuration
  }

  private func frontDoor(_ platform: Platform, _ console: Console) -> APIFrontDoor {
    var settings = APIFrontDoor.Settings(uploadFolder: platform.settings.folder + "/incoming")
    settings.publicAddress = platform.settings.publicAddress
    settings.uploadLimit = platform.settings.uploadLimit
    settings.requestsPerSecond = platform.settings.requestsPerSecond
    settings.requestBurst = 5 * platform.settings.requestsPerSecond
    return APIFrontDoor(
      platform.routes, accounts: platform.accounts, settings: settings, report: { console.printError($0) })
  }

  /// `127.0.0.1:8080`, `[::1]:8080`, `:8080`; nil for anything else.
  static func address(_ text: String) -> (address: String, port: Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    let address = text[..<colon].filter { $0 != "[" && $0 != "]" }
    return (address.isEmpty ? "0.0.0.0" : String(address), port)
  }

  private static func shown(_ p: Parameters, port: Int) -> String {
    let address = Self.address(p.bind)?.address ?? "127.0.0.1"
    let name = ["0.0.0.0", "::"].contains(address) ? ProcessInfo.processInfo.hostName : address
    return (p.certificate == nil ? "http://" : "https://") + (name.contains(":") ? "[\(name)]" : name) + ":\(port)"
  }

  private static func waiting(_ body: @escaping @Sendable () async -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task {
      await body()
      done.signal()
    }
    done.wait()
  }
}

extension Platform {
  /// A token for the administrator where there is no user yet; nil later.
  func firstToken() throws -> String? {
    guard try accounts.users().isEmpty else { return nil }
    let admin = try accounts.addUser(named: "admin", displayName: "Administrator", isAdmin: true)
    return try accounts.addToken(for: admin.id, named: "first start", scope: .admin).secret
  }
}
