// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Parameters
import Processing

/// The files of a run and those that it was made from, as its catalogue and its lock file list them: with checksums, each
/// read once.
struct CatalogueFiles {
  private let folder: RunFolder
  private let cancellation: Cancellation
  let checksums: ChecksumCache

  init(_ folder: RunFolder, _ cancellation: Cancellation) {
    (self.folder, self.cancellation, checksums) = (folder, cancellation, folder.checksums)
  }

  /// Works out the checksums of files of the run on several threads.
  func hash(_ names: [String], threads: Int) throws {
    _ = try parallelMap(names, threads: threads) {
      try checksums.checksum(ofFile: folder.path(of: $0), cancellation: cancellation)
    }
  }

  /// A file of the run; a folder that is one product has no checksum.
  func file(_ name: String, title: String) throws -> RunCatalogue.File {
    let url = URL(filePath: name), path = folder.path(of: name)
    var file = RunCatalogue.File(url.deletingPathExtension().lastPathComponent, path: name, title: title)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
      return file
    }
    file.checksum = try checksums.checksum(ofFile: path, cancellation: cancellation)
    file.bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    return file
  }

  /// A raster of the run with 32-bit values.
  func raster(_ name: String, title: String, unit: String) throws -> RunCatalogue.File {
    var file = try file(name, title: title)
    (file.unit, file.cellType) = (unit, "float32")
    return file
  }

  /// A file that the run was made from, or the address of something remote, which has no checksum.
  func input(_ path: String, title: String? = nil) throws -> RunCatalogue.Input {
    RunCatalogue.Input(
      href: path, title: title ?? URL(filePath: path).lastPathComponent,
      checksum: try checksums.checksum(ofLocal: path, cancellation: cancellation))
  }

  /// The files that a run was made from, each once, for `config.lock.json`.
  func lockEntries(_ paths: [String]) throws -> JSONValue {
    var seen: Set<String> = []
    return .array(
      try paths.filter { seen.insert($0).inserted }.map { path in
        let checksum = try checksums.checksum(ofLocal: path, cancellation: cancellation)
        return ["path": .string(path), "sha256": checksum.map { .string($0.hexadecimal) } ?? .null]
      })
  }
}

extension RunFolder {
  /// Writes a small picture of a product, for folder views and pages.
  func write(quicklook name: String, _ picture: PixelImage) throws {
    let bytes = try MatchWriter.encodePNG(picture.rgba, picture.rows, picture.columns)
    try write("quicklook/\(name).png") { try Data(bytes).write(to: URL(filePath: $0)) }
  }
}
