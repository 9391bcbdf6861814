// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Kernels

/// Offsets from the phase of the cross spectrum: the peak of its inverse gives the whole pixels, a robust fit of a
/// phase plane the rest.
///
/// The windows are moved to the whole-pixel offset and transformed again until they show the same ground, so that
/// the taper hides nothing of the overlap. `ncc` is the mean cosine of the phase residuals over the frequencies
/// kept, −1 … 1. Missing pixels are set to the window's mean.
///
/// Source: Leprince et al. 2007, section III. Differs from it: the fit is Gauss-Newton.
struct PhaseCorrelation: Sendable {
  private let images: SearchImages
  private let parameters: TemplateSearch.Parameters
  private let plan: FourierPlan2D
  private let taper: [Float]
  private let side: Int
  private let floors: (reference: Double, secondary: Double)

  /// Share of the mean logarithmic level under which a frequency is masked (COSI-Corr's default).
  private static let maskThreshold: Float = 0.9

  static func run(
    _ images: SearchImages, lattice: SearchLattice, prior: SearchPrior?, parameters: TemplateSearch.Parameters,
    threads: Int
  ) -> Grid<TemplateMatch> {
    var out = Grid(rows: lattice.rows, columns: lattice.columns, filledWith: TemplateMatch.missing(.offImage))
    let engine = PhaseCorrelation(images, parameters)
    out.cells.withUnsafeMutableBufferPointer { cells in
      let shared = SharedBuffer(cells.baseAddress!)
      parallelFor(count: lattice.rows, threads: threads, scratch: { SearchScratch() }) { row, scratch in
        for column in 0..<lattice.columns {
          let px = prior.map { SearchPrior.whole($0.dx[row, column]) } ?? 0
          let py = prior.map { SearchPrior.whole($0.dy[row, column]) } ?? 0
          shared.base[row * lattice.columns + column] =
            engine.match(lattice.pixel(row: row, column: column), px, py, scratch)
        }
      }
    }
    return out
  }

  private init(_ images: SearchImages, _ parameters: TemplateSearch.Parameters) {
    self.images = images
    self.parameters = parameters
    side = FourierPlan.fastLength(atLeast: max(16, parameters.templateWindow))
    plan = FourierPlan2D(rows: side, columns: side)
    let n = Double(side)
    taper = (0..<side).map { Float(0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / n)) }
    let a = images.referenceContrast.floor(steps: parameters.minimumContrast)
    let b = images.secondaryContrast.floor(steps: parameters.minimumContrast)
    floors = (a * a, b * b)
  }

  private func match(_ point: SearchPoint, _ priorX: Int, _ priorY: Int, _ scratch: SearchScratch) -> TemplateMatch {
    var x = priorX, y = priorY
    var result = TemplateMatch.missing(.noConvergence)
    for _ in 0..<4 {
      if let flag = load(point, x, y, scratch) { return .missing(flag) }
      let kept = formSpectrum(scratch)
      guard kept > 8 else { return .missing(.noTexture) }
      let reach = side / 2 - 2
      let range = OffsetRange(
        left: max(priorX - parameters.radiusColumns, x - reach),
        right: min(priorX + parameters.radiusColumns, x + reach),
        top: max(priorY - parameters.radiusRows, y - reach), bottom: min(priorY + parameters.radiusRows, y + reach))
      let surface = formSurface(range, x, y, kept, scratch)
      var analysis = parameters
      analysis.interpolation = .parabola
      result = PeakAnalysis(parameters: analysis).match(surface, range)
      guard result.flag == .measured else { return result }
      if Int(result.wholeX) == x && Int(result.wholeY) == y { break }
      x = Int(result.wholeX)
      y = Int(result.wholeY)
    }
    guard parameters.interpolation != .none else { return result }
    guard let shift = fitPlane(Double(result.dx) - Double(x), Double(result.dy) - Double(y), scratch) else {
      result.flag = .noConvergence
      result.dx = .nan
      result.dy = .nan
      return result
    }
    result.dx = Float(Double(x) + shift.dx)
    result.dy = Float(Double(y) + shift.dy)
    return result
  }

  // MARK: - Spectrum

  private var count: Int { plan.count }

  /// Two arrays in space, two for the spectrum, two to invert a copy of it.
  private func arrays(_ scratch: SearchScratch) -> UnsafeMutablePointer<Float> { scratch.a.reserve(6 * count) }

  /// Puts both windows, less their means and tapered, into memory; a flag when that cannot be.
  private func load(_ point: SearchPoint, _ x: Int, _ y: Int, _ scratch: SearchScratch) -> MatchFlag? {
    let base = arrays(scratch)
    let area = Window(row: point.row - side / 2, column: point.column - side / 2, rows: side, columns: side)
    let target = Window(row: area.row + y, column: area.column + x, rows: side, columns: side)
    guard images.reference.window.contains(area), images.secondary.window.contains(target) else { return .offImage }
    return fill(images.reference, area, base, floors.reference)
      ?? fill(
        images.secondary, target, base + count, floors.secondary)
  }

  private func fill(
    _ image: Grid<Float>, _ area: Window, _ to: UnsafeMutablePointer<Float>, _ floor: Double
  ) -> MatchFlag? {
    image.cells.withUnsafeBufferPointer { cells in
      let from = cells.baseAddress! + area.row * image.columns + area.column
      let total = SearchKernels.regionMean(from, stride: image.columns, rows: side, columns: side)
      guard Double(total.count) >= parameters.minimumValidShare * Double(side * side) else { return .masked }
      let mean = Float(total.sum / Double(total.count))
      let stride = plan.stride
      for row in 0..<side {
        SearchKernels.copyRow(from + row * image.columns, centre: mean, columns: side, to: to + row * stride)
        for pad in side..<stride { to[row * stride + pad] = 0 }
      }
      let spread = SearchKernels.windowMoments(to, stride: stride, window: side).squares / Double(total.count)
      guard spread > floor else { return .noTexture }
      taper.withUnsafeBufferPointer { weights in
        for row in 0..<side {
          for column in 0..<side { to[row * stride + column] *= weights[row] * weights[column] }
        }
      }
      return nil
    }
  }

  private func formSpectrum(_ scratch: SearchScratch) -> Int {
    let base = arrays(scratch)
    let real = base + 2 * count, imaginary = base + 3 * count
    plan.crossSpectrum(
      a: base, b: base + count, spectrum: (real, imaginary), work: scratch.work.reserve(plan.workCount))
    return SearchKernels.whiten(
      real: real, imaginary: imaginary, stride: plan.spectrumStride, rows: side, columns: side,
      threshold: Self.maskThreshold)
  }

  /// Correlation at the wanted offsets, from windows that are (x, y) apart already.
  private func formSurface(
    _ range: OffsetRange, _ x: Int, _ y: Int, _ kept: Int, _ scratch: SearchScratch
  ) -> CorrelationSurface {
    let base = arrays(scratch)
    let copy = base + 4 * count
    copy.update(from: base + 2 * count, count: 2 * count)
    plan.transform(
      real: copy, imaginary: copy + count, toReal: base, toImaginary: base + count, isInverse: true,
      work: scratch.work.reserve(plan.workCount))
    let stride = (range.columns + 7) / 8 * 8
    let surface = scratch.surface.reserve(range.rows * stride)
    let scale = 1 / Float(kept)
    for row in 0..<range.rows {
      let v = (range.top + row - y + side) % side
      for column in 0..<range.columns {
        surface[row * stride + column] = base[v * plan.stride + (range.left + column - x + side) % side] * scale
      }
    }
    return CorrelationSurface(values: surface, stride: stride, rows: range.rows, columns: range.columns)
  }

  // MARK: - Phase plane

  /// Offset between the loaded windows, px; nil when the steps do not settle within ± 1.5 px.
  private func fitPlane(_ startX: Double, _ startY: Double, _ scratch: SearchScratch) -> (dx: Double, dy: Double)? {
    let base = arrays(scratch)
    let stride = plan.spectrumStride
    let phases = scratch.b.reserve(6 * stride)
    var dx = startX, dy = startY
    for _ in 0..<30 {
      setPhases(dx, phases, stride)
      setPhases(dy, phases + 3 * stride, stride)
      // Spectra are transposed: rows are horizontal frequencies. Half of them hold all there is to know.
      let sums = SearchKernels.phasePlane(
        real: base + 2 * count, imaginary: base + 3 * count, stride: stride, rows: side / 2 + 1, columns: stride,
        rowPhase: phases, columnPhase: phases + 3 * stride, planeStride: stride)
      let determinant = sums.xx * sums.yy - sums.xy * sums.xy
      guard determinant > 1e-9 * sums.xx * sums.yy else { return nil }
      let sx = -(sums.yy * sums.x - sums.xy * sums.y) / determinant
      let sy = -(sums.xx * sums.y - sums.xy * sums.x) / determinant
      // Far from the plane the weights shift with every step: short steps keep it from swinging.
      dx += max(-0.25, min(0.25, sx))
      dy += max(-0.25, min(0.25, sy))
      guard abs(dx) <= 1.5, abs(dy) <= 1.5 else { return nil }
      if abs(sx) < 5e-4 && abs(sy) < 5e-4 { return (dx, dy) }
    }
    return nil
  }

  /// cos and sin of ω · offset, and ω, at every frequency of one axis. The highest one is left out: its sign is
  /// not known.
  private func setPhases(_ offset: Double, _ to: UnsafeMutablePointer<Float>, _ stride: Int) {
    for k in 0..<stride {
      let isUsed = k < side && 2 * k != side
      let omega = isUsed ? 2 * Double.pi * Double(2 * k > side ? k - side : k) / Double(side) : 0
      to[k] = Float(cos(omega * offset))
      to[stride + k] = Float(sin(omega * offset))
      to[2 * stride + k] = Float(omega)
    }
  }
}
