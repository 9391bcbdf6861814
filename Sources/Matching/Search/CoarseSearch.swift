// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Finds large offsets without being told how large: search at a small size, then halve the pixel step by step.
///
/// At the smallest size every point is searched over the whole range; cells that agree with their neighbours carry
/// the field to the next size, where the search goes only a few pixels around it. A size at which nothing agrees
/// is skipped: the next one starts from no offset with twice the range.
public enum CoarseSearch {
  public struct Parameters: ParameterSet {
    @Parameter("Largest offset looked for, at most a third of the image", unit: "px", in: 1...16384)
    public var largestOffset = 512
    @Parameter("Side of the square template at every size; odd", unit: "px", in: 9...127)
    public var templateWindow = 31
    @Parameter("Halvings of the image at the last search: 0 is full size", in: 0...6)
    public var finestLevel = 1
    @Parameter("What is compared: pixel values (ncc) or gradient directions")
    public var method = SearchMethod.crossCorrelation

    public init() {}
  }

  /// - Parameters:
  ///   - reference, secondary: images of the same shape; pixels that are not finite are missing.
  ///   - threads: most threads to use; the result does not depend on it.
  /// - Returns: offsets on a lattice of `8 · 2^finestLevel` px. Images too small or too poor to be matched give a
  ///   field of 0 with `reliableShare` 0.
  public static func run(
    reference: Grid<Float>, secondary: Grid<Float>, parameters: Parameters = Parameters(), threads: Int = 1
  ) -> CoarseField {
    let smallest = min(reference.rows, reference.columns)
    let reach = min(parameters.largestOffset, smallest / 3)
    // A template needs some room even at the last size.
    var top = 0
    while top < parameters.finestLevel, smallest >> (top + 1) >= 40 { top += 1 }
    while reach >> top > widestRadius { top += 1 }
    let finest = min(parameters.finestLevel, top)
    let a = ImagePyramid(reference, levels: top + 1, threads: threads)
    let b = ImagePyramid(secondary, levels: top + 1, threads: threads)
    top = min(a.levels.count, b.levels.count) - 1
    var state = State(radius: max(2, reach >> top))
    for level in stride(from: top, through: min(finest, top), by: -1) {
      let images = SearchImages(reference: a.levels[level], secondary: b.levels[level])
      state.step(images, level: level, parameters: parameters, threads: threads)
    }
    return state.field
  }

  /// Widest search at the smallest size, px.
  private static let widestRadius = 48
}

/// The estimate as it passes from size to size.
private struct State {
  var field = CoarseField.none
  /// Search radius of the next size, px of that size.
  var radius: Int

  mutating func step(_ images: SearchImages, level: Int, parameters: CoarseSearch.Parameters, threads: Int) {
    let rows = images.reference.rows, columns = images.reference.columns
    var search = TemplateSearch.Parameters()
    search.method = parameters.method == .phase ? .crossCorrelation : parameters.method
    search.templateWindow = min(parameters.templateWindow | 1, (min(rows, columns) / 3) | 1)
    search.interpolation = .quadratic
    search.minimumPeakRatio = 1
    search.exclusionRadius = 2
    let lattice = SearchLattice(
      imageRows: rows, imageColumns: columns, spacing: 8, window: search.templateWindow)
    guard search.templateWindow >= 9, lattice.count > 0 else { return }
    let scale = Float(1 << level)
    let prior = prior(lattice, level, scale)
    var matches = Grid<TemplateMatch>(rows: 0, columns: 0, cells: [])
    while true {
      search.searchRadius = radius
      matches = TemplateSearch.run(images, lattice: lattice, prior: prior, parameters: search, threads: threads)
      // Many offsets at the border of a narrow range: the field was off by more than the range.
      let border = matches.cells.count { $0.isAtRangeBorder }
      guard field.reliableShare > 0, radius < 12, border * 5 > matches.cells.count else { break }
      radius *= 2
    }
    let found = judge(matches)
    let share = found.share
    if share < 0.05 && field.reliableShare == 0 {
      radius = min(2 * radius, 48)
      return
    }
    let raw = NeighbourMedian(dx: matches.dx, dy: matches.dy)
    let centre = SIMD2(
      median(masked(matches.dx, found.reliable).cells), median(masked(matches.dy, found.reliable).cells))
    let smooth = raw.filled(found.reliable, otherwise: centre.x.isNaN ? .zero : centre)
    let spread = spread(matches, smooth, found.reliable)
    field = CoarseField(
      originRow: ImagePyramid.position(Double(lattice.originRow), level: level),
      originColumn: ImagePyramid.position(Double(lattice.originColumn), level: level),
      spacing: Double(lattice.spacing) * Double(scale), dx: smooth.dx.map { $0 * scale },
      dy: smooth.dy.map { $0 * scale }, reliable: found.reliable, ncc: matches.ncc,
      searchRadius: Int((spread * scale).rounded(.up)) + 2, reliableShare: share)
    // One pixel here is two at the next size.
    radius = max(3, min(8, Int((2 * spread).rounded(.up)) + 2))
  }

  private func prior(_ lattice: SearchLattice, _ level: Int, _ scale: Float) -> SearchPrior? {
    guard field.reliableShare > 0 else { return nil }
    var x = Grid<Float>(rows: lattice.rows, columns: lattice.columns, filledWith: 0)
    var y = x
    for row in 0..<lattice.rows {
      for column in 0..<lattice.columns {
        let pixel = lattice.pixel(row: row, column: column)
        let offset = field.offset(
          atRow: ImagePyramid.position(Double(pixel.row), level: level),
          column: ImagePyramid.position(Double(pixel.column), level: level))
        x[row, column] = Float(offset.dx) / scale
        y[row, column] = Float(offset.dy) / scale
      }
    }
    return SearchPrior(dx: x, dy: y)
  }

  /// Cells that agree with their neighbours, and their share among the cells with content.
  private func judge(_ matches: Grid<TemplateMatch>) -> (reliable: Mask, share: Double) {
    let measured = matches.map { $0.flag == .measured }
    let field = NeighbourMedian(dx: matches.dx, dy: matches.dy)
    // Twice: the second time without the neighbours that the first has refused.
    let once = field.consistent(among: measured, tolerance: 1)
    let reliable = field.consistent(among: once, tolerance: 1)
    let content = matches.cells.count { $0.flag != .noTexture && $0.flag != .masked && $0.flag != .offImage }
    return (reliable, Double(reliable.cells.count { $0 }) / Double(max(1, content)))
  }

  private func masked(_ grid: Grid<Float>, _ mask: Mask) -> Grid<Float> {
    Grid(rows: grid.rows, columns: grid.columns, cells: zip(grid.cells, mask.cells).map { $1 ? $0 : .nan })
  }

  /// Distance from the smoothed field that 98 % of the reliable cells keep, px of this size.
  private func spread(_ matches: Grid<TemplateMatch>, _ smooth: SearchPrior, _ reliable: Mask) -> Float {
    var distances: [Float] = []
    for k in matches.cells.indices where reliable.cells[k] {
      let m = matches.cells[k]
      distances.append(max(abs(m.dx - smooth.dx.cells[k]), abs(m.dy - smooth.dy.cells[k])))
    }
    guard !distances.isEmpty else { return 2 }
    distances.sort()
    return distances[min(distances.count - 1, distances.count * 98 / 100)]
  }
}

extension CoarseField {
  /// No offset, nothing reliable.
  static let none = CoarseField(
    originRow: 0, originColumn: 0, spacing: 1, dx: Grid(rows: 1, columns: 1, filledWith: 0),
    dy: Grid(rows: 1, columns: 1, filledWith: 0), reliable: Mask(rows: 1, columns: 1, filledWith: false),
    ncc: Grid(rows: 1, columns: 1, filledWith: .nan), searchRadius: 16, reliableShare: 0)
}
