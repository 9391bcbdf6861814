// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Where files of items may lie: what an item says of its files comes from strangers, and GDAL opens whatever it is
/// told.
public struct AssetRules: Sendable {
  /// Folders below which local files may lie, without symbolic links that lead out.
  public let folders: [String]
  /// Whether a remote host may be asked; nil refuses all.
  public let allowsHost: (@Sendable (String) -> Bool)?

  public init(folders: [String], allowsHost: (@Sendable (String) -> Bool)? = nil) {
    self.folders = folders.map { URL(filePath: $0).resolvingSymlinksInPath().path }
    self.allowsHost = allowsHost
  }

  /// Everything: for the command line, whose user may read all that it can.
  public static let everything = AssetRules(folders: ["/"], allowsHost: { _ in true })

  /// The name by which GDAL opens a file, read in place.
  ///
  /// Allowed are files below the folders, also inside of zip and tar archives, `http` and `https`, and `s3`.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.forbidden`.
  public func name(of href: String) throws(CatalogueError) -> String {
    func refused(_ reason: String) -> CatalogueError {
      CatalogueError(.forbidden, "\(href.prefix(200)) may not be read: \(reason)")
    }
    guard !href.contains("\0"), !href.contains("\n") else { throw refused("its name has control characters") }
    if href.hasPrefix("http://") || href.hasPrefix("https://") {
      guard let host = URL(string: href)?.host(), let allowsHost, allowsHost(host) else {
        throw refused("this server does not ask that host")
      }
      return "/vsicurl/" + href
    }
    if href.hasPrefix("s3://") {
      let bucket = href.dropFirst(5).prefix { $0 != "/" }
      guard let allowsHost, !bucket.isEmpty, allowsHost("\(bucket).s3.amazonaws.com") else {
        throw refused("this server does not ask that store")
      }
      return "/vsis3/" + href.dropFirst(5)
    }
    var prefix = "", path = href.hasPrefix("file://") ? String(href.dropFirst(7)) : href
    for archive in ["/vsizip/", "/vsitar/"] where path.hasPrefix(archive) {
      prefix = archive
      path = String(path.dropFirst(archive.count))
    }
    guard path.hasPrefix("/"), !path.hasPrefix("/vsi") else { throw refused("it is no file and no web address") }
    guard isBelowFolders(path) else { throw refused("it lies outside of the folders that are offered") }
    return prefix + path
  }

  /// Whether a path, symbolic links followed, lies below a folder that is offered.
  func isBelowFolders(_ path: String) -> Bool {
    let real = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    return folders.contains { $0 == "/" || real == $0 || real.hasPrefix($0 + "/") }
  }
}
