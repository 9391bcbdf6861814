// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Parameters
import Products
import RasterIO

/// The two images of a match, on the grid of the reference, with what is masked taken out.
package struct ImagePair: Sendable {
  let reference: RasterImage
  let secondary: RasterImage
  let aligned: AlignedImage
  let mask: MaskSource?
  let referenceFill: FillValue?
  let secondaryFill: FillValue?
  /// What the user should know.
  package var notices: [String]

  package var rows: Int { reference.rows }
  var columns: Int { reference.columns }
  package var scene: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }
  package var georeference: Georeference { reference.info.georeference }

  package init(_ p: MatchParameters) throws {
    reference = try RasterImage.open(p.reference.path, band: p.band)
    secondary = try RasterImage.open(p.secondary.path, band: p.band)
    notices = Self.together(reference, reference.notices, secondary, secondary.notices)
    for image in [reference, secondary] where min(image.rows, image.columns) < 16 {
      throw ServiceError(
        .imageTooSmall,
        "\(image.info.path) has \(image.rows) × \(image.columns) pixels; at least 16 × 16 are needed to match anything"
      )
    }
    referenceFill = try FillValue.find(reference, given: p.nodata)
    secondaryFill = try FillValue.find(secondary, given: p.nodata)
    if p.nodata == nil {
      notices += Self.together(
        reference, Self.words(referenceFill, reference), secondary, Self.words(secondaryFill, secondary))
    }
    aligned = try AlignedImage(
      FilledSource(source: secondary, fill: secondaryFill), at: secondary.info.georeference,
      onto: reference.info.georeference)
    notices += aligned.report.notices
    if case .resampled = aligned.report.method { notices.append(aligned.report.summary) }
    if let area = p.mask {
      let source = try MaskSource.open(area.text, on: reference.info.georeference)
      notices += source.notices
      mask = source
    } else {
      mask = nil
    }
    let window = p.templateWindow ?? 5
    if window > min(rows, columns) {
      throw ParameterError.conflict(
        "templateWindow",
        "`templateWindow` is \(window) px, larger than the reference image of \(rows) × \(columns) px; give a smaller one"
      )
    }
  }

  private static func words(_ fill: FillValue?, _ image: RasterImage) -> [String] {
    fill.map { ["\(fileName(image.info.path)): \($0.summary)"] } ?? []
  }

  /// What is to be said of both images, once where it is the same.
  private static func together(_ a: RasterImage, _ first: [String], _ b: RasterImage, _ second: [String]) -> [String]
  {
    func each(_ text: String, _ image: RasterImage) -> String {
      text.replacing(image.info.path, with: "each image").replacing(fileName(image.info.path), with: "each image")
    }
    let shared = Set(first.map { each($0, a) }).intersection(second.map { each($0, b) })
    return first.map { shared.contains(each($0, a)) ? each($0, a) : $0 }
      + second.filter { !shared.contains(each($0, b)) }
  }

  /// Reference pixels of a window; NaN is missing, masked or outside.
  func readReference(_ window: Window) throws -> Grid<Float> {
    var grid = try FilledSource(source: reference, fill: referenceFill).read(window)
    try takeOut(window, &grid)
    return grid
  }

  /// Secondary pixels on the grid of the reference.
  func readSecondary(_ window: Window) throws -> Grid<Float> {
    var grid = try aligned.read(window)
    try takeOut(window, &grid)
    return grid
  }

  private func takeOut(_ window: Window, _ grid: inout Grid<Float>) throws {
    guard let mask, !mask.bounds.intersection(window).isEmpty else { return }
    let isOut = try mask.read(window)
    for index in grid.cells.indices where isOut.cells[index] { grid.cells[index] = .nan }
  }
}

extension ImagePair {
  /// Both images as sources that show what matching sees.
  var referenceSource: any PixelSource { MaskedSource(rows: rows, columns: columns, reader: readReference) }
  var secondarySource: any PixelSource { MaskedSource(rows: rows, columns: columns, reader: readSecondary) }
}

private struct MaskedSource: PixelSource {
  let rows, columns: Int
  let reader: @Sendable (Window) throws -> Grid<Float>

  func read(_ window: Window) throws(RasterError) -> Grid<Float> {
    do { return try reader(window) } catch let error as RasterError { throw error } catch {
      throw RasterError(.readFailed, "\(error)")
    }
  }
}

extension Area {
  /// As it would be written on the command line.
  var text: String {
    switch self {
    case .box(let west, let south, let east, let north): "\(west),\(south),\(east),\(north)"
    case .polygons(let file): file.path
    }
  }
}

/// The last part of a path.
func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
