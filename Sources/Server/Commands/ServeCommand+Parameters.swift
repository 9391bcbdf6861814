// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Who runs the jobs of a server.
public enum ExecutorChoice: String, ParameterChoice {
  case local, slurm

  public var summary: String {
    switch self {
    case .local: "processes on this machine"
    case .slurm: "the cluster that sbatch reaches from here; the data folder must be seen by its nodes"
    }
  }
}

extension ServeCommand {
  /// Choices of `ogive serve`.
  public struct Parameters: ParameterSet {
    @Parameter("Data folder of the server; made when absent") public var data = OutputFolder("ogive-data")
    @Parameter("Address and port to listen at") public var bind = "127.0.0.1:8080"
    @Parameter("Folders of this machine whose files jobs may read") public var share: [InputFolder] = []
    @Parameter("Folders of finished runs to show as public jobs, or folders that hold some")
    public var runs: [InputFolder] = []
    @Parameter("Show --runs; without them simulate and measure a glacier to look at") public var demo = false
    @Parameter("Jobs that run at once", in: 1...1000) public var slots = 2
    @Parameter("Who runs jobs") public var executor = ExecutorChoice.local
    @Parameter("Partition of the cluster, for Slurm", .absent("the default one")) public var partition: String?
    @Parameter("Account that the cluster books on, for Slurm", .absent("none")) public var slurmAccount: String?
    @Parameter("Parts of one job that run at once on the cluster", in: 1...10_000, .absent("no limit"))
    public var throttle: Int?
    @Parameter(
      "Space for what jobs leave to each other, so that the same is not computed twice", unit: "GB", in: 0...)
    public var unitCache = 20.0
    @Parameter("Certificate file (PEM) for HTTPS", .absent("plain HTTP")) public var certificate: InputFile?
    @Parameter("Key file (PEM) of the certificate", .absent("plain HTTP")) public var key: InputFile?
    @Parameter("Hosts that images may be read from, .example.org for all below", .absent("the public internet"))
    public var archives: [String]?
    @Parameter("Networks of your own that imports may ask, as in 10.0.0.0/8") public var networks: [String] = []
    @Parameter("Name of the server on its pages") public var title = "Ogive"
    @Parameter("Address that clients use, where a proxy stands in front", .absent("what each client calls"))
    public var publicUrl: String?
    @Parameter("Addresses of proxies whose X-Forwarded headers are believed") public var trustedProxies: [String] = []
    @Parameter("Identity provider (OpenID Connect) that people may log in with", .absent("none"))
    public var oidcIssuer: String?
    @Parameter("What the identity provider calls this server", .absent("no login by a provider"))
    public var oidcClient: String?
    @Parameter("File whose first line is the secret shared with the identity provider", .absent("a public client"))
    public var oidcSecret: InputFile?
    @Parameter("What the login page calls the identity provider") public var oidcTitle = "OpenID Connect"
    @Parameter("Claim that lists groups; those of that name here are joined. Empty for none")
    public var oidcGroups = "groups"
    @Parameter("Address of background map tiles, as in https://…/{z}/{x}/{y}.png", .absent("a graticule"))
    public var basemap: String?
    @Parameter("Who made the background map, as its licence wants it shown") public var basemapAttribution = ""
    @Parameter("Largest file that can be sent up", unit: "MB", in: 1...1_000_000) public var uploadLimit = 8192
    @Parameter(
      "Requests per second that one user or address may make on average; bursts may have five times as many", in: 1...
    )
    public var requestsPerSecond = 200.0
    @Parameter("Jobs of one user that run at once", .absent("no limit")) public var runningPerUser: Int?
    @Parameter("Jobs of one user that wait", .absent("no limit")) public var queuedPerUser: Int?
    @Parameter("Space for the jobs and files of one user", unit: "GB", .absent("no limit"))
    public var diskPerUser: Double?
    @Parameter("Days after which the files of failed and dismissed jobs are removed", .absent("never"))
    public var forgetFailed: Double?
    @Parameter("Days after which the files of successful jobs are removed", .absent("never"))
    public var forgetSuccessful: Double?
    @Parameter("Folder of the page's libraries (OpenLayers)", .absent("where Scripts/setup puts them"))
    public var library: InputFolder?

    public init() {}

    public func validate() throws(ParameterError) {
      if (certificate == nil) != (key == nil) {
        throw ParameterError(.conflict, "--certificate and --key go together")
      }
      if (oidcIssuer == nil) != (oidcClient == nil) || oidcIssuer != nil && publicUrl == nil {
        throw ParameterError(.conflict, "--oidc-issuer, --oidc-client and --public-url go together")
      }
      if ServeCommand.address(bind) == nil {
        throw ParameterError(
          .wrongType, parameter: "bind", "--bind takes an address and a port, as in 127.0.0.1:8080, not '\(bind)'")
      }
    }
  }
}
