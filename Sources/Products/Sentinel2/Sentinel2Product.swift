// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Where the parts of a Sentinel-2 product in SAFE layout are: a folder, or a folder in a zip archive.
struct Sentinel2Product {
  /// The folder that paths in the metadata begin at.
  let root: String
  /// Metadata of the whole product.
  let document: String
  /// Folders of the tiles in it.
  let granules: [String]

  /// Whether a folder is, or an archive holds, a product in SAFE layout.
  static func isProduct(_ path: String) -> Bool { root(in: path) != nil }

  /// - Throws: `SceneError` of kind `.missing`, `.damaged`, `.unknown`, `.noGranule` or `.badMetadata`.
  init(_ path: String) throws(SceneError) {
    guard VirtualFile.kind(of: path) != nil else {
      throw SceneError(.missing, path, "\(path): there is no such file; check the path")
    }
    guard let root = Self.root(in: path) else {
      throw SceneError(.unknown, path, "\(path) holds no Sentinel-2 product (no folder GRANULE, no MTD_MSI*.xml)")
    }
    let names = VirtualFile.entries(of: root)
    self.root = root
    granules = VirtualFile.entries(of: root + "/GRANULE").map { "\(root)/GRANULE/\($0)" }
      .filter { VirtualFile.kind(of: $0) == .folder }
    guard !names.contains("annotation") else {
      throw SceneError(.unknown, path, "\(path) is a Sentinel-1 product: radar images are not read as scenes yet")
    }
    guard !granules.isEmpty else {
      throw SceneError(
        .noGranule, path, "\(path) has no granule: its folder GRANULE is absent or empty; fetch the product again")
    }
    guard let document = names.first(where: Self.isDocument) else {
      throw SceneError(
        .badMetadata, path,
        "\(path) has no metadata of the product (MTD_MSIL1C.xml or MTD_MSIL2A.xml); fetch it again"
      )
    }
    self.document = "\(root)/\(document)"
  }

  /// `MTD_MSIL1C.xml`, and before 2016 `S2A_OPER_MTD_SAFL1C_….xml`.
  static func isDocument(_ name: String) -> Bool {
    let upper = name.uppercased()
    return upper.hasSuffix(".XML") && (upper.hasPrefix("MTD_MSI") || upper.contains("_MTD_SAFL"))
  }

  /// Metadata of a tile: `MTD_TL.xml`, and before 2016 `S2A_OPER_MTD_L1C_TL_….xml`.
  static func document(ofGranule folder: String) -> String? {
    VirtualFile.entries(of: folder).first { name in
      let upper = name.uppercased()
      return upper.hasSuffix(".XML") && (upper == "MTD_TL.XML" || (upper.contains("_MTD_") && upper.contains("_TL_")))
    }.map { "\(folder)/\($0)" }
  }

  private static func root(in path: String) -> String? {
    let folder = Archive.root(of: path)
    func holdsProduct(_ folder: String) -> Bool {
      let names = VirtualFile.entries(of: folder)
      return names.contains("GRANULE") || names.contains(where: isDocument)
    }
    if folder.uppercased().hasSuffix(".SAFE") || holdsProduct(folder) { return folder }
    guard folder != path else { return nil }
    return VirtualFile.entries(of: folder).map { "\(folder)/\($0)" }
      .first { $0.uppercased().hasSuffix(".SAFE") || holdsProduct($0) }
  }
}

/// Archives that are read without being unpacked.
enum Archive {
  static func isArchive(_ path: String) -> Bool { prefix(of: path) != nil }

  /// The name under which GDAL lists what is in an archive; the path itself for anything else.
  static func root(of path: String) -> String { prefix(of: path).map { $0 + path } ?? path }

  private static func prefix(of path: String) -> String? {
    let lower = path.lowercased()
    if lower.hasPrefix("/vsi") { return nil }
    if lower.hasSuffix(".zip") { return "/vsizip/" }
    return [".tar", ".tar.gz", ".tgz"].contains(where: lower.hasSuffix) ? "/vsitar/" : nil
  }
}
