// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Finds the scenes in folders, archives, lists and single files.
///
/// A folder may hold anything in any depth: Sentinel-2 products as `.SAFE` folders or zip archives, Landsat products
/// unpacked or as tar or zip, and rasters. Whatever gives no scene becomes a problem with a message; the rest goes on.
public struct SceneFinder: Sendable {
  /// How plain rasters get their date and the names of their bands, and how much is looked at.
  public struct Options: Sendable {
    /// Where the date stands in names; nil takes what `AcquisitionDate.find` finds.
    public var datePattern: DatePattern?
    /// Dates of files, which go before pattern and name.
    public var dates: SceneList?
    /// What the bands of plain rasters are, in their order.
    public var bandNames: [BandName] = []
    /// Whether images are looked into for a broken end.
    public var checksImages = true

    public init() {}
  }

  public let options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// The scenes under some paths, sorted by time, each once.
  ///
  /// - Parameter paths: folders, archives, lists (`.txt`, `.csv`, `.lst`), STAC items (`.json`, `.geojson`), metadata files
  ///   or rasters. STAC items inside a folder are passed over: they mostly lie beside the product that they describe.
  public func find(_ paths: [String]) -> SceneCollection {
    var found = SceneCollection()
    if let dates = options.dates { found.problems += dates.problems }
    for path in paths { found.append(look(at: path.removingSuffix("/"), date: nil)) }
    return ordered(found)
  }

  /// Folders in folders, no deeper: a link may lead in a circle.
  private static let deepest = 8
  private static let rasterEndings: Set<String> = ["tif", "tiff", "jp2", "png", "jpg", "jpeg", "img", "vrt", "ntf"]
  private static let listEndings: Set<String> = ["txt", "csv", "lst"]
  private static let stacEndings: Set<String> = ["json", "geojson"]

  // MARK: - One path

  /// What a path that the user named holds.
  private func look(at path: String, date: AcquisitionDate?) -> SceneCollection {
    switch VirtualFile.kind(of: path) {
    case nil:
      return failure(.missing, path, "\(path): there is no such file or folder; check the path")
    case .folder:
      let found = folder(path, depth: 0)
      guard found.scenes.isEmpty, found.problems.isEmpty else { return found }
      return failure(.unknown, path, "\(path) holds no scene: no Sentinel-2 or Landsat product and no raster")
    case .file:
      if Archive.isArchive(path) { return archive(path) }
      if isLandsat(path) { return landsat([path]) }
      if Sentinel2Product.isDocument(Self.name(path)) {
        return sentinel2(path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) : ".")
      }
      if Self.listEndings.contains(Self.ending(path)) { return list(path) }
      if Self.stacEndings.contains(Self.ending(path)) { return stac(path) }
      return plain(path, date: date)
    }
  }

  private func folder(_ path: String, depth: Int) -> SceneCollection {
    // Whoever asks for a product asks for it by this name, even where its inside is lost.
    if path.uppercased().hasSuffix(".SAFE") || Sentinel2Product.isProduct(path) { return sentinel2(path) }
    let entries = VirtualFile.entries(of: path).map { "\(path)/\($0)" }
    let documents = entries.filter(isLandsat)
    var found = landsat(documents)
    let claimed = Set(documents.map(product))
    for entry in entries {
      switch VirtualFile.kind(of: entry) {
      case .folder:
        if depth < Self.deepest { found.append(folder(entry, depth: depth + 1)) }
      case .file:
        if Archive.isArchive(entry) {
          found.append(archive(entry))
        } else if Self.rasterEndings.contains(Self.ending(entry)),
          !claimed.contains(where: { Self.name(entry).hasPrefix($0) })
        {
          found.append(plain(entry, date: nil))
        }
      case nil: break
      }
    }
    return found
  }

  private func archive(_ path: String) -> SceneCollection {
    let root = Archive.root(of: path)
    guard !VirtualFile.entries(of: root).isEmpty else {
      return failure(
        .damaged, path, "\(path) is no readable archive: it is damaged, cut off or empty; fetch it again")
    }
    if Sentinel2Product.isProduct(path) { return sentinel2(path) }
    let found = folder(root, depth: 0)
    guard found.scenes.isEmpty, found.problems.isEmpty else { return found }
    return failure(.unknown, path, "\(path) holds no Sentinel-2 or Landsat product and no raster")
  }

  private func list(_ path: String) -> SceneCollection {
    do throws(SceneError) {
      let list = try SceneList(path)
      var found = SceneCollection(problems: list.problems)
      for entry in list.entries { found.append(look(at: entry.path.removingSuffix("/"), date: entry.date)) }
      guard found.scenes.isEmpty, found.problems.isEmpty else { return found }
      return failure(.badList, path, "\(path) names no file")
    } catch {
      return SceneCollection(problems: [error])
    }
  }

  // MARK: - Products

  private func sentinel2(_ path: String) -> SceneCollection { checked(Sentinel2Reader.read(path)) }

  /// The scenes of metadata files, one for each product: where one of the three forms cannot be read, the next is.
  private func landsat(_ documents: [String]) -> SceneCollection {
    var found = SceneCollection()
    for product in Set(documents.map(product)).sorted() {
      var failures: [SceneError] = []
      for document in documents where self.product(document) == product {
        do throws(SceneError) {
          found.scenes.append(try LandsatReader.read(document))
          failures = []
          break
        } catch {
          failures.append(error)
        }
      }
      found.problems += failures.prefix(1)
    }
    return checked(found)
  }

  private func stac(_ path: String) -> SceneCollection {
    do throws(SceneError) { return checked(try StacReader.read(path)) } catch {
      return SceneCollection(problems: [error])
    }
  }

  private func plain(_ path: String, date: AcquisitionDate?) -> SceneCollection {
    do throws(SceneError) {
      let known = date ?? options.dates?.date(of: path)
      if known == nil, let pattern = options.datePattern, pattern.date(in: path) == nil {
        throw SceneError(.noDate, path, "\(path) has no date: its name does not fit the pattern \(pattern.text)")
      }
      let scene = try PlainSceneReader.read(
        path, date: known ?? options.datePattern?.date(in: path), bandNames: options.bandNames)
      if options.checksImages, let problem = RasterFileCheck.problem(of: path) {
        throw SceneError(.damaged, path, problem.message, cause: problem.cause)
      }
      return SceneCollection(scenes: [scene])
    } catch {
      return SceneCollection(problems: [error])
    }
  }

  private func checked(_ found: SceneCollection) -> SceneCollection {
    var out = SceneCollection(problems: found.problems)
    for scene in found.scenes {
      do throws(SceneError) {
        out.scenes.append(try scene.checked(readsImages: options.checksImages))
      } catch {
        out.problems.append(error)
      }
    }
    return out
  }

  // MARK: - Order

  private func ordered(_ found: SceneCollection) -> SceneCollection {
    var out = SceneCollection(problems: found.problems)
    var seen: [String: String] = [:]
    for scene in found.scenes {
      // Plain rasters of one name in two folders are two scenes.
      let key = scene.mission == .plain ? scene.path : scene.id
      if let first = seen[key] {
        if first != scene.path {
          out.problems.append(
            SceneError(.duplicate, scene.path, "\(scene.path) is the same product as \(first), which is used"))
        }
        continue
      }
      seen[key] = scene.path
      out.scenes.append(scene)
    }
    out.scenes.sort { ($0.date.seconds, $0.id, $0.path) < ($1.date.seconds, $1.id, $1.path) }
    return out
  }

  // MARK: - Names

  private func isLandsat(_ path: String) -> Bool {
    Self.name(path).contains(/_MTL\.(json|txt|xml)$/.ignoresCase())
  }

  /// The name of the product that a metadata file of Landsat belongs to, by which its other files begin.
  private func product(_ path: String) -> String {
    let name = Self.name(path)
    return name.firstRange(of: "_MTL.").map { String(name[..<$0.lowerBound]) } ?? name
  }

  private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  private static func ending(_ path: String) -> String {
    let name = name(path)
    return name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
  }

  private func failure(_ kind: SceneError.Kind, _ path: String, _ message: String) -> SceneCollection {
    SceneCollection(problems: [SceneError(kind, path, message)])
  }
}
