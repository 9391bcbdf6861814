// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO

/// Which rasters of a folder belong to which pair.
struct RasterPairFolder {
  struct Entry {
    let name: RasterPairName
    var east: String?
    var north: String?
    var eastSigma: String?
    var northSigma: String?
    var correlation: String?

    var paths: [String] { [east, north, eastSigma, northSigma, correlation].compactMap { $0 } }
  }

  /// In the order of their names.
  private(set) var entries: [Entry] = []
  private(set) var notices: [String] = []
  /// Whether components run along axes of their own.
  let isSingle: Bool
  /// Whether this is a run of ours, whose rasters are offsets in pixels at points this far apart.
  let isOwnRun: Bool
  let spacing, pixelSize: Double?
  /// The file of that run that says so.
  let lock: String?

  /// - Throws: `CubeError` of kind `.noPairs` or `.ambiguous`.
  init(_ path: String) throws(CubeError) {
    var root = path
    while root.count > 1, root.hasSuffix("/") { root.removeLast() }
    let hasPairs = VirtualFile.kind(of: "\(root)/pairs") == .folder
    let parent = root.lastIndex(of: "/").map { String(root[..<$0]) } ?? "."
    lock = [root, parent].map { "\($0)/config.lock.json" }.first { VirtualFile.kind(of: $0) == .file }
    let inputs = lock.flatMap { try? VirtualFile.read($0) }
      .flatMap { try? JSONValue(parsing: $0, named: "config.lock.json") }?["inputs"]
    isOwnRun = inputs != nil
    spacing = inputs?["spacing"]?.doubleValue
    pixelSize = inputs?["pixelSize"]?.doubleValue
    if isOwnRun, !hasPairs, lock?.hasPrefix(root) == true {
      throw CubeError(
        .noPairs, path, "\(path) is a run without rasters of its pairs; run it again with --pair-products all")
    }
    let files = Self.files(hasPairs ? root + "/pairs" : root)
    let named = files.compactMap { file in file.found.map { (file.path, $0) } }
    isSingle = !named.contains { $0.1.component == .east && !$0.1.isSigma }
    var places: [String: Int] = [:]
    for (file, name) in named where name.component != .correlation && (name.component == .single) == isSingle {
      let place = places[name.group] ?? entries.count
      if place == entries.count {
        entries.append(Entry(name: name))
        places[name.group] = place
      }
      try entries[place].add(file, name, path)
    }
    for (file, name) in named where name.component == .correlation {
      if let place = places[name.group] { try entries[place].add(file, name, path) }
    }
    let complete = entries.filter { $0.east != nil && (isSingle || $0.north != nil) }
    if complete.count < entries.count {
      notices.append("\(entries.count - complete.count) pairs lack a component and are left out")
    }
    entries = complete
    let unused = files.count - named.count
    // Our own runs may have more beside the offsets.
    if unused > 0, !isOwnRun {
      notices.append("\(unused) rasters have no two dates or no component in their names and are not used")
    }
    guard !entries.isEmpty else {
      throw CubeError(
        .noPairs, path,
        "\(path) holds no rasters of pairs: names need two dates and a component, such as "
          + "20200101_20200113_vx.tif and 20200101_20200113_vy.tif, or 2020-01-01_2020-01-13/dx.tif and dy.tif")
    }
  }

  private static func files(_ root: String) -> [(path: String, found: RasterPairName?)] {
    let folder = root.split(separator: "/").last.map(String.init) ?? root
    var out: [(String, RasterPairName?)] = []
    for entry in VirtualFile.entries(of: root) {
      if isRaster(entry) {
        out.append(("\(root)/\(entry)", RasterPairName(file: entry, folder: folder)))
      } else if VirtualFile.kind(of: "\(root)/\(entry)") == .folder {
        for file in VirtualFile.entries(of: "\(root)/\(entry)") where isRaster(file) {
          out.append(("\(root)/\(entry)/\(file)", RasterPairName(file: file, folder: entry)))
        }
      }
    }
    return out
  }

  private static func isRaster(_ name: String) -> Bool {
    [".tif", ".tiff", ".vrt"].contains { name.lowercased().hasSuffix($0) }
  }
}

extension RasterPairFolder.Entry {
  init(name: RasterPairName) { self.name = name }

  fileprivate mutating func add(_ file: String, _ found: RasterPairName, _ path: String) throws(CubeError) {
    let place: WritableKeyPath<Self, String?> =
      switch (found.component, found.isSigma) {
      case (.correlation, _): \.correlation
      case (.north, false): \.north
      case (.north, true): \.northSigma
      case (_, false): \.east
      case (_, true): \.eastSigma
      }
    if let other = self[keyPath: place] {
      throw CubeError(
        .ambiguous, path,
        "\(path): \(other) and \(file) are the same component of the same pair; keep one of them in the "
          + "folder")
    }
    self[keyPath: place] = file
  }
}
