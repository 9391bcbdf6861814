// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Local copies of both images under a block of points, and the sums of products formed from them.
struct BlockRegions {
  let block: SearchBlock
  let layout: WindowLayout
  private let scratch: SearchScratch
  /// First pixel of the regions in the images.
  private let aRow, aColumn, bRow, bColumn: Int
  private let aStride, bStride, targetStride: Int
  private let aCount, bCount: Int
  private let window: Int
  /// Transforms serve the plain correlation of a lone window; gradient directions need two products.
  private let allowsFourier: Bool

  init(_ block: SearchBlock, _ plan: SearchPlan, _ scratch: SearchScratch) {
    self.block = block
    self.scratch = scratch
    layout = plan.layout(block)
    window = plan.parameters.templateWindow
    allowsFourier = !plan.hasOrientation
    let first = plan.lattice.pixel(row: block.row, column: block.column)
    aRow = first.row - plan.parameters.half
    aColumn = first.column - plan.parameters.half
    bRow = aRow + block.top
    bColumn = aColumn + block.left
    aStride = Self.stride(layout.aColumns)
    bStride = Self.stride(layout.bColumns)
    targetStride = Self.stride(layout.targetColumns - window + 1)
    aCount = layout.aRows * aStride
    bCount = layout.bRows * bStride
  }

  /// Odd multiple of eight, so that rows below each other do not fall on the same cache sets.
  private static func stride(_ columns: Int) -> Int { ((columns + 7) / 8 | 1) * 8 }

  // MARK: - Loading

  func loadValues(_ images: SearchImages) {
    let a = scratch.a.reserve(aCount), b = scratch.b.reserve(bCount)
    copyA(images.reference, to: a, centre: centre(images.reference, aRow, aColumn, layout.aRows, layout.aColumns))
    copyB(
      images.secondary, to: b,
      centre: centre(images.secondary, bRow, bColumn, layout.targetRows, layout.targetColumns))
    products(a, b, plane: 0, adding: false)
  }

  /// Planes of `a`: value, mask, square; of `b` the same. Six sums: n, Σa, Σa², Σb, Σb², Σab.
  func loadMasked(_ images: SearchImages) {
    let a = scratch.a.reserve(3 * aCount), b = scratch.b.reserve(3 * bCount)
    copyA(images.reference, to: a, centre: centre(images.reference, aRow, aColumn, layout.aRows, layout.aColumns))
    copyB(
      images.secondary, to: b,
      centre: centre(images.secondary, bRow, bColumn, layout.targetRows, layout.targetColumns))
    copy(images.reference, aRow, aColumn, layout.aRows, layout.aColumns, aStride, to: a + aCount, centre: nil)
    copy(images.secondary, bRow, bColumn, layout.bRows, layout.bColumns, bStride, to: b + bCount, centre: nil)
    SearchKernels.square(a, count: aCount, to: a + 2 * aCount)
    SearchKernels.square(b, count: bCount, to: b + 2 * bCount)
    let value = (a: a, b: b), mask = (a: a + aCount, b: b + bCount), square = (a: a + 2 * aCount, b: b + 2 * bCount)
    products(mask.a, mask.b, plane: 0, adding: false)
    products(value.a, mask.b, plane: 1, adding: false)
    products(square.a, mask.b, plane: 2, adding: false)
    products(mask.a, value.b, plane: 3, adding: false)
    products(mask.a, square.b, plane: 4, adding: false)
    products(value.a, value.b, plane: 5, adding: false)
  }

  /// Sums of the products of both components; afterwards the regions hold the lengths, for the normalisation.
  func loadOrientation(_ images: (reference: OrientationImage, secondary: OrientationImage)) {
    let a = scratch.a.reserve(aCount), b = scratch.b.reserve(bCount)
    copyA(images.reference.x, to: a, centre: 0)
    copyB(images.secondary.x, to: b, centre: 0)
    products(a, b, plane: 0, adding: false)
    copyA(images.reference.y, to: a, centre: 0)
    copyB(images.secondary.y, to: b, centre: 0)
    products(a, b, plane: 0, adding: true)
    copyA(images.reference.length, to: a, centre: 0)
    copyB(images.secondary.length, to: b, centre: 0)
  }

  func formStatistics(floor: Double, isCentred: Bool) {
    let positions = (layout.targetRows - window + 1) * targetStride + 8
    SearchKernels.windowStatistics(
      scratch.b.reserve(bCount), stride: bStride, rows: layout.targetRows, columns: layout.targetColumns,
      window: window, floor: floor, isCentred: isCentred,
      table: scratch.table.reserve(
        SearchKernels.statisticsCount(rows: layout.targetRows, columns: layout.targetColumns)),
      mean: scratch.mean.reserve(positions), inverse: scratch.inverse.reserve(positions), outStride: targetStride)
  }

  private var planeCount: Int { layout.rows * layout.columns * layout.surfaceCount }

  private func products(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, plane: Int, adding: Bool
  ) {
    let sums = scratch.products.reserve((block.isMasked ? 6 : 1) * planeCount)
    if !block.isMasked && !adding && allowsFourier && FourierProducts.pays(layout) {
      scratch.fourierProducts(layout).form(
        a, aStride: aStride, b, bStride: bStride, layout: layout, scratch: scratch, out: sums)
      return
    }
    SearchKernels.windowProducts(
      a, aStride: aStride, b, bStride: bStride, layout: layout,
      work: scratch.work.reserve(SearchKernels.workCount(layout)), out: sums + plane * planeCount, adding: adding)
  }

  private func copyA(_ image: Grid<Float>, to: UnsafeMutablePointer<Float>, centre: Float) {
    copy(image, aRow, aColumn, layout.aRows, layout.aColumns, aStride, to: to, centre: centre)
  }

  private func copyB(_ image: Grid<Float>, to: UnsafeMutablePointer<Float>, centre: Float) {
    copy(image, bRow, bColumn, layout.bRows, layout.bColumns, bStride, to: to, centre: centre)
  }

  /// Copies a region less `centre`, or its mask when there is no centre; 0 outside the image and where missing.
  private func copy(
    _ image: Grid<Float>, _ row: Int, _ column: Int, _ rows: Int, _ columns: Int, _ stride: Int,
    to: UnsafeMutablePointer<Float>, centre: Float?
  ) {
    let inside = Window(row: row, column: column, rows: rows, columns: columns).intersection(image.window)
    if inside.rows < rows || inside.columns < stride { to.update(repeating: 0, count: rows * stride) }
    guard !inside.isEmpty else { return }
    image.cells.withUnsafeBufferPointer { cells in
      for y in inside.row..<inside.endRow {
        let from = cells.baseAddress! + y * image.columns + inside.column
        let target = to + (y - row) * stride + inside.column - column
        if let centre {
          SearchKernels.copyRow(from, centre: centre, columns: inside.columns, to: target)
        } else {
          SearchKernels.copyMask(from, columns: inside.columns, to: target)
        }
      }
    }
  }

  /// Mean of a region's pixels: subtracting it keeps the sums of products small, so single precision suffices.
  private func centre(_ image: Grid<Float>, _ row: Int, _ column: Int, _ rows: Int, _ columns: Int) -> Float {
    let inside = Window(row: row, column: column, rows: rows, columns: columns).intersection(image.window)
    guard !inside.isEmpty else { return 0 }
    let total = image.cells.withUnsafeBufferPointer {
      SearchKernels.regionMean(
        $0.baseAddress! + inside.row * image.columns + inside.column, stride: image.columns, rows: inside.rows,
        columns: inside.columns)
    }
    return total.count > 0 ? Float(total.sum / Double(total.count)) : 0
  }

  // MARK: - Surfaces of one point

  private func surfaceMemory(_ range: OffsetRange) -> (base: UnsafeMutablePointer<Float>, stride: Int) {
    let stride = (range.columns + 7) / 8 * 8
    return (scratch.surface.reserve(range.rows * stride), stride)
  }

  /// Place of the first wanted offset in the sums of point (i, j).
  private func start(_ i: Int, _ j: Int, _ range: OffsetRange) -> Int {
    (i * layout.columns + j) * layout.surfaceCount + (range.top - block.top) * layout.paddedShiftColumns
      + range.left - block.left
  }

  func surface(_ i: Int, _ j: Int, _ range: OffsetRange, sum: Double, scale: Double) -> CorrelationSurface {
    let memory = surfaceMemory(range)
    let target =
      (i * layout.spacing + range.top - block.top) * targetStride + j * layout.spacing + range.left - block.left
    SearchKernels.normalise(
      products: scratch.products.reserve(0) + start(i, j, range), stride: layout.paddedShiftColumns,
      mean: scratch.mean.reserve(0) + target, inverse: scratch.inverse.reserve(0) + target,
      targetStride: targetStride, sum: Float(sum), scale: Float(scale), rows: range.rows, columns: range.columns,
      out: memory.base, outStride: memory.stride)
    return CorrelationSurface(values: memory.base, stride: memory.stride, rows: range.rows, columns: range.columns)
  }

  func maskedSurface(_ i: Int, _ j: Int, _ range: OffsetRange, least: Float, floor: Float) -> CorrelationSurface {
    let memory = surfaceMemory(range)
    SearchKernels.normaliseMasked(
      planes: scratch.products.reserve(0) + start(i, j, range), planeStride: planeCount,
      stride: layout.paddedShiftColumns, least: max(least, 2), floor: floor, rows: range.rows,
      columns: range.columns, out: memory.base, outStride: memory.stride)
    return CorrelationSurface(values: memory.base, stride: memory.stride, rows: range.rows, columns: range.columns)
  }

  // MARK: - Templates

  private func template(_ i: Int, _ j: Int) -> UnsafeMutablePointer<Float> {
    scratch.a.reserve(0) + i * layout.spacing * aStride + j * layout.spacing
  }

  /// Sum of a template's values and the sum of squares about their mean (about 0 when not centred).
  func templateMoments(_ i: Int, _ j: Int, isCentred: Bool) -> (sum: Double, spread: Double) {
    let moments = SearchKernels.windowMoments(template(i, j), stride: aStride, window: window)
    guard isCentred else { return (0, moments.squares) }
    return (moments.sum, moments.squares - moments.sum * moments.sum / Double(window * window))
  }

  func templateCount(_ i: Int, _ j: Int) -> Int {
    Int(SearchKernels.windowMoments(template(i, j) + aCount, stride: aStride, window: window).sum)
  }

  func maskedTemplateVariance(_ i: Int, _ j: Int) -> Double {
    let moments = SearchKernels.windowMoments(template(i, j), stride: aStride, window: window)
    let count = Double(templateCount(i, j))
    return (moments.squares - moments.sum * moments.sum / count) / count
  }

  /// Whether a template that has no gradients lacks them because pixels are missing.
  func isTemplateMissing(_ i: Int, _ j: Int, _ images: SearchImages) -> Bool {
    images.missing.reference.isAny(
      in: Window(row: aRow + i * layout.spacing, column: aColumn + j * layout.spacing, rows: window, columns: window))
  }
}
