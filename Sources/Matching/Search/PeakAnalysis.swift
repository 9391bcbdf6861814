// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Reads the match of one point from its correlation surface.
struct PeakAnalysis {
  let parameters: TemplateSearch.Parameters

  /// - Parameter range: offsets of the surface's rows and columns.
  func match(_ surface: CorrelationSurface, _ range: OffsetRange) -> TemplateMatch {
    let summary = SearchKernels.summarise(
      surface.values, stride: surface.stride, rows: surface.rows, columns: surface.columns)
    guard summary.peak > -1.5 else { return .missing(.masked) }
    // No positive correlation anywhere: flat or unrelated targets. Never the corner of the range.
    guard summary.peak > 0 else { return .missing(.noTexture) }
    let row = summary.peakRow, column = summary.peakColumn
    let second = SearchKernels.secondPeak(
      surface.values, stride: surface.stride, rows: surface.rows, columns: surface.columns, peakRow: row,
      peakColumn: column, exclusion: parameters.exclusionRadius)
    var match = TemplateMatch(
      dx: .nan, dy: .nan, ncc: min(1, summary.peak), secondNcc: max(-1, second), snr: snr(surface, summary),
      peakWidth: .nan, wholeX: Int16(clamping: range.left + column), wholeY: Int16(clamping: range.top + row),
      isAtRangeBorder: row == 0 || column == 0 || row == surface.rows - 1 || column == surface.columns - 1,
      flag: .measured)
    if match.isAtRangeBorder {
      match.flag = .ambiguous
      return match
    }
    guard let around = surface.neighbourhood(row, column) else {
      match.flag = .masked
      return match
    }
    let quadratic = Quadratic(around)
    match.peakWidth = Float(quadratic.width(height: around[4]))
    if Double(second) * parameters.minimumPeakRatio > Double(summary.peak) {
      match.flag = .ambiguous
      return match
    }
    guard let shift = PeakRefinement.refine(surface, row: row, column: column, by: parameters.interpolation) else {
      match.flag = .ambiguous
      return match
    }
    match.dx = Float(Double(range.left + column) + shift.dx)
    match.dy = Float(Double(range.top + row) + shift.dy)
    return match
  }

  /// (peak − mean) / standard deviation of the surface outside the exclusion radius; infinite when that is flat.
  private func snr(_ surface: CorrelationSurface, _ summary: SurfaceSummary) -> Float {
    var sum = summary.sum, squares = summary.squares
    var count = surface.rows * surface.columns
    let e = parameters.exclusionRadius
    for row in max(0, summary.peakRow - e)...min(surface.rows - 1, summary.peakRow + e) {
      for column in max(0, summary.peakColumn - e)...min(surface.columns - 1, summary.peakColumn + e) {
        let value = max(surface[row, column], -1.5) < -1.4 ? 0 : surface[row, column]
        sum -= value
        squares -= value * value
        count -= 1
      }
    }
    guard count > 1 else { return .nan }
    let mean = sum / Double(count)
    let variance = squares / Double(count) - mean * mean
    return variance > 0 ? Float((Double(summary.peak) - mean) / variance.squareRoot()) : .infinity
  }
}
