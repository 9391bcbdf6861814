// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Processing
import RasterIO
import Simulation

/// The image that a simulated pair is made from: a part of a raster, or a generated texture.
struct SimulationSource: Sendable {
  private enum Pixels: Sendable {
    case raster(RasterImage)
    case texture(GeneratedTexture, TextureStatistics)
  }

  private let pixels: Pixels
  /// The part that is used, in pixels of the file.
  let window: Window
  /// Where the part lies.
  let georeference: Georeference
  /// What the user should know about how the file is read.
  let notices: [String]
  private let storage: GreyStorage

  var rows: Int { window.rows }
  var columns: Int { window.columns }

  /// - Throws: `RasterError` when the file can't be read or the area lies outside it.
  init(_ parameters: SimulateCommand.Parameters) throws {
    let isFloat = parameters.greyType == .float
    guard !parameters.isTexture else {
      let texture = parameters.texture
      let statistics = TextureStatistics(
        mean: texture.textureMean, variance: texture.textureDeviation * texture.textureDeviation)
      pixels = .texture(GeneratedTexture(parameters: texture), statistics)
      window = Window(row: 0, column: 0, rows: parameters.rows, columns: parameters.columns)
      georeference = Georeference(name: "texture", rows: parameters.rows, columns: parameters.columns)
      notices = []
      storage = isFloat ? .float : .bytes
      return
    }
    let image = try RasterImage.open(parameters.image.path, band: parameters.band)
    let info = image.info
    var window = image.window, notices = image.notices
    if let area = parameters.area {
      let mask = try MaskSource.open(area.text, on: info.georeference)
      window = try mask.trimmedBounds()
      notices += mask.notices
    }
    pixels = .raster(image)
    self.window = window
    self.notices = notices
    georeference = Georeference(
      name: info.path, rows: window.rows, columns: window.columns,
      transform: info.transform?.grid(row: Double(window.row), column: Double(window.column), spacing: 1),
      crs: info.crs)
    storage = isFloat ? .float : GreyStorage(source: info.dataType)
  }

  /// Pixels of a window of the part.
  @Sendable func read(_ part: Window) throws -> Grid<Float> {
    switch pixels {
    case .texture(let texture, _): return texture.read(part)
    case .raster(let image):
      return try image.read(
        Window(
          row: window.row + part.row, column: window.column + part.column, rows: part.rows, columns: part.columns))
    }
  }

  /// Mean and variance of the grey levels, and how they are to be stored.
  ///
  /// A file is read once from top to bottom: the noise is a share of the variance, and only so is it known whether
  /// pixels are missing.
  func survey(
    _ progress: ProgressReporter, _ cancellation: Cancellation
  ) throws -> (statistics: TextureStatistics, storage: GreyStorage) {
    guard case .raster(let image) = pixels else {
      if case .texture(_, let statistics) = pixels { return (statistics, storage) }
      preconditionFailure("a source is a raster or a texture")
    }
    progress.begin("reading grey values", total: rows * columns, unit: "px")
    defer { progress.end() }
    let statistics = try TextureStatistics(rows: rows, columns: columns) { part in
      try cancellation.check()
      defer { progress.advance(by: part.rows * part.columns) }
      return try read(part)
    }
    let name = georeference.name
    guard statistics.count > 0 else {
      throw ServiceError(
        .noTexture, "\(name): every pixel of the used part is missing; choose another --area or --band")
    }
    guard statistics.variance > 0 else {
      throw ServiceError(
        .noTexture,
        "\(name) is constant in the used part: nothing can be seen to move; choose another --area or --band")
    }
    let isWhole = statistics.count == rows * columns
    return (statistics, isWhole ? storage : storage.withMissing(image.info.nodata))
  }

  /// The source as provenance: path, checksum, part.
  func json(checksum: Checksum?) -> JSONObject {
    let size: JSONObject = ["rows": .integer(rows), "columns": .integer(columns)]
    guard case .raster(let image) = pixels else {
      let kind: JSONObject = ["kind": "texture"]
      return kind.merged(with: size)
    }
    let part: JSONObject = [
      "kind": "file", "path": .string(image.info.path), "band": .integer(image.info.band),
      "firstRow": .integer(window.row), "firstColumn": .integer(window.column),
    ]
    var object = part.merged(with: size)
    if let checksum { object["sha256"] = .string(checksum.hexadecimal) }
    return object
  }

  /// The file whose checksum identifies the source; nil for a texture.
  var file: String? {
    if case .raster(let image) = pixels { image.info.path } else { nil }
  }
}

extension MaskSource {
  /// `bounds` without border rows and columns that are false throughout: a box that ends on the edges of pixels would
  /// else get a row and a column of pixels whose centres lie outside it.
  fileprivate func trimmedBounds() throws -> Window {
    var window = bounds
    func isFalse(_ part: Window) throws -> Bool { try !read(part).cells.contains(true) }
    while window.rows > 1,
      try isFalse(Window(row: window.row, column: window.column, rows: 1, columns: window.columns))
    {
      window = Window(row: window.row + 1, column: window.column, rows: window.rows - 1, columns: window.columns)
    }
    while window.rows > 1,
      try isFalse(Window(row: window.endRow - 1, column: window.column, rows: 1, columns: window.columns))
    {
      window.rows -= 1
    }
    while window.columns > 1,
      try isFalse(Window(row: window.row, column: window.column, rows: window.rows, columns: 1))
    {
      window = Window(row: window.row, column: window.column + 1, rows: window.rows, columns: window.columns - 1)
    }
    while window.columns > 1,
      try isFalse(Window(row: window.row, column: window.endColumn - 1, rows: window.rows, columns: 1))
    {
      window.columns -= 1
    }
    return window
  }
}
