// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Forms the correlation surfaces of a block of points and hands each to the peak analysis.
struct SearchEngine: Sendable {
  let images: SearchImages
  let parameters: TemplateSearch.Parameters
  /// Gradient directions, for the orientation method.
  let orientation: (reference: OrientationImage, secondary: OrientationImage)?
  /// Least variance of a window that has texture.
  let referenceFloor, secondaryFloor: Double

  init(_ images: SearchImages, _ parameters: TemplateSearch.Parameters) {
    precondition(parameters.templateWindow % 2 == 1, "templateWindow is \(parameters.templateWindow); it must be odd")
    self.images = images
    self.parameters = parameters
    orientation =
      parameters.method == .orientation
      ? (OrientationImage(images.reference), OrientationImage(images.secondary)) : nil
    let a = images.referenceContrast.floor(steps: parameters.minimumContrast)
    let b = images.secondaryContrast.floor(steps: parameters.minimumContrast)
    referenceFloor = a * a
    secondaryFloor = b * b
  }

  /// Searches all points of a block and writes their matches to `out`, row-major over the plan's lattice.
  func search(
    _ block: SearchBlock, _ plan: SearchPlan, _ scratch: SearchScratch, _ out: UnsafeMutablePointer<TemplateMatch>
  ) {
    let regions = BlockRegions(block, plan, scratch)
    if let orientation {
      regions.loadOrientation(orientation)
      regions.formStatistics(floor: parameters.minimumValidShare * Double(area), isCentred: false)
    } else if block.isMasked {
      regions.loadMasked(images)
    } else {
      regions.loadValues(images)
      regions.formStatistics(floor: secondaryFloor * Double(area), isCentred: true)
    }
    let analysis = PeakAnalysis(parameters: parameters)
    for i in 0..<block.rows {
      for j in 0..<block.columns {
        let index = (block.row + i) * plan.lattice.columns + block.column + j
        let centre = plan.lattice.pixel(row: block.row + i, column: block.column + j)
        let range = range(centre, Int(plan.priorX[index]), Int(plan.priorY[index]))
        guard isInside(centre), let range else {
          out[index] = .missing(.offImage)
          continue
        }
        out[index] = match(regions, i, j, range, analysis)
      }
    }
  }

  private var area: Int { parameters.templateWindow * parameters.templateWindow }

  private func isInside(_ point: SearchPoint) -> Bool {
    let h = parameters.half
    return point.row >= h && point.column >= h && point.row + h < images.reference.rows
      && point.column + h < images.reference.columns
  }

  /// Offsets around the prior whose target lies inside the secondary image; nil when there are none.
  private func range(_ point: SearchPoint, _ priorX: Int, _ priorY: Int) -> OffsetRange? {
    let h = parameters.half
    let range = OffsetRange(
      left: max(priorX - parameters.radiusColumns, h - point.column),
      right: min(priorX + parameters.radiusColumns, images.secondary.columns - 1 - h - point.column),
      top: max(priorY - parameters.radiusRows, h - point.row),
      bottom: min(priorY + parameters.radiusRows, images.secondary.rows - 1 - h - point.row))
    return range.left <= range.right && range.top <= range.bottom ? range : nil
  }

  private func match(
    _ regions: BlockRegions, _ i: Int, _ j: Int, _ range: OffsetRange, _ analysis: PeakAnalysis
  ) -> TemplateMatch {
    let surface: CorrelationSurface
    if regions.block.isMasked {
      let valid = regions.templateCount(i, j)
      if Double(valid) < parameters.minimumValidShare * Double(area) { return .missing(.masked) }
      if regions.maskedTemplateVariance(i, j) <= referenceFloor { return .missing(.noTexture) }
      surface = regions.maskedSurface(
        i, j, range, least: Float(parameters.minimumValidShare * Double(area)),
        floor: Float(min(referenceFloor, secondaryFloor)))
    } else {
      let moments = regions.templateMoments(i, j, isCentred: orientation == nil)
      let floor = orientation == nil ? referenceFloor * Double(area) : parameters.minimumValidShare * Double(area)
      if moments.spread <= floor {
        let isMasked = orientation != nil && regions.isTemplateMissing(i, j, images)
        return .missing(isMasked ? .masked : .noTexture)
      }
      surface = regions.surface(i, j, range, sum: moments.sum, scale: 1 / moments.spread.squareRoot())
    }
    return analysis.match(surface, range)
  }
}

/// Whole-pixel offsets from … to, inclusive.
struct OffsetRange: Hashable {
  let left, right, top, bottom: Int
  var columns: Int { right - left + 1 }
  var rows: Int { bottom - top + 1 }
}

/// Unit vectors of the gradient direction of an image and their lengths (1, or 0 where there is no gradient).
struct OrientationImage: Sendable {
  let x, y, length: Grid<Float>

  init(_ image: Grid<Float>) {
    let rows = image.rows, columns = image.columns
    var x = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
    var y = x, length = x
    image.cells.withUnsafeBufferPointer { cells in
      x.cells.withUnsafeMutableBufferPointer { x in
        y.cells.withUnsafeMutableBufferPointer { y in
          for row in 1..<max(1, rows - 1) {
            let p = cells.baseAddress! + row * columns
            SearchKernels.orientationRow(
              above: p - columns, row: p, below: p + columns, columns: columns,
              x: x.baseAddress! + row * columns, y: y.baseAddress! + row * columns)
          }
        }
      }
    }
    for k in 0..<rows * columns where x.cells[k] != 0 || y.cells[k] != 0 { length.cells[k] = 1 }
    self.x = x
    self.y = y
    self.length = length
  }
}
