// SPDX-License-Identifier: Apache-2.0
import Grids

/// What a fusion says at every point, with the name that files use.
public enum FusedLayer: String, CaseIterable, Sendable {
  /// Weighted mean of the pairs' velocities, with its sign.
  case eastVelocity = "east-velocity"
  case northVelocity = "north-velocity"
  /// Length of the mean velocity vector.
  case speed
  /// Standard deviation of the mean velocity.
  case eastSigma = "east-sigma"
  case northSigma = "north-sigma"
  /// Standard deviation of the speed, by the errors of its components (`VectorLength`).
  case speedSigma = "speed-sigma"
  /// Median of the pairs' velocities, unweighted: one pair in two may be wrong.
  case eastMedian = "east-median"
  case northMedian = "north-median"
  /// MPIC's mean velocity, (1/N) Σ |d| / Δt of one component. It has no sign and noise makes it larger: on still ground
  /// it is 0.8 times the noise of one pair, not 0. Only for comparison with the service.
  case eastMeanAbsolute = "east-mean-absolute"
  case northMeanAbsolute = "north-mean-absolute"
  /// Weighted mean of the pairs' displacements, with its sign; of use where all pairs span the same motion.
  case eastDisplacement = "east-displacement"
  case northDisplacement = "north-displacement"
  /// Length of the mean displacement vector and standard deviations of the mean displacement: what an event moved. Only
  /// where a fusion is told that all pairs span one (`PairFusion.isEvent`), else missing.
  case displacement
  case eastDisplacementSigma = "east-displacement-sigma"
  case northDisplacementSigma = "north-displacement-sigma"
  case displacementSigma = "displacement-sigma"
  /// MPIC's mean displacement, (1/N) Σ |d| of the vectors' lengths, which noise makes larger as well.
  case meanDisplacement = "mean-displacement"
  /// Weighted standard deviation of single pairs' velocities about their mean.
  case eastSpread = "east-spread"
  case northSpread = "north-spread"
  /// Pairs that entered the means.
  case count
  /// Pairs whose correlation is at or above the threshold, as a share of all pairs of the network, 0…1.
  case qualityIndex = "quality-index"
  /// |Σ v| / Σ |v| of the velocity vectors (Dehecq et al. 2015): long vectors count more.
  case vectorCoherence = "vector-coherence"
  /// |Σ v/|v|| / N of the unit vectors (TICOI, Charrier et al. 2025): directions alone count.
  case unitVectorCoherence = "unit-vector-coherence"

  /// Unit of the values; empty for numbers without one.
  public var unit: String {
    switch self {
    case .eastVelocity, .northVelocity, .speed, .eastSigma, .northSigma, .speedSigma, .eastMedian, .northMedian,
      .eastMeanAbsolute, .northMeanAbsolute, .eastSpread, .northSpread:
      "m/yr"
    case .eastDisplacement, .northDisplacement, .displacement, .eastDisplacementSigma, .northDisplacementSigma,
      .displacementSigma, .meanDisplacement:
      "m"
    case .count, .qualityIndex, .vectorCoherence, .unitVectorCoherence: ""
    }
  }

  /// Place among `allCases`, as a table of numbers: it is asked for at every value, and hashing the name would cost more than
  /// the fusion.
  var place: Int {
    switch self {
    case .eastVelocity: 0
    case .northVelocity: 1
    case .speed: 2
    case .eastSigma: 3
    case .northSigma: 4
    case .speedSigma: 5
    case .eastMedian: 6
    case .northMedian: 7
    case .eastMeanAbsolute: 8
    case .northMeanAbsolute: 9
    case .eastDisplacement: 10
    case .northDisplacement: 11
    case .displacement: 12
    case .eastDisplacementSigma: 13
    case .northDisplacementSigma: 14
    case .displacementSigma: 15
    case .meanDisplacement: 16
    case .eastSpread: 17
    case .northSpread: 18
    case .count: 19
    case .qualityIndex: 20
    case .vectorCoherence: 21
    case .unitVectorCoherence: 22
    }
  }
}

/// The layers of a fusion in one rectangle.
public struct FusedMotion: Sendable {
  public let rows, columns: Int
  /// Layer after layer in the order of `FusedLayer`.
  var cells: [Float]

  /// All layers missing, to be filled with `insert`.
  public init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    cells = Array(repeating: .nan, count: rows * columns * FusedLayer.allCases.count)
  }

  /// One layer, rows × columns; NaN where no pair measured (0 in the count and, with correlations, the quality index).
  public subscript(layer: FusedLayer) -> Grid<Float> {
    get {
      let size = rows * columns, start = layer.place * size
      return Grid(rows: rows, columns: columns, cells: Array(cells[start..<start + size]))
    }
    set {
      precondition(newValue.rows == rows && newValue.columns == columns, "the layers of a fusion have one shape")
      let size = rows * columns, start = layer.place * size
      cells.replaceSubrange(start..<start + size, with: newValue.cells)
    }
  }

  /// Puts the rows of a part, such as a finished block, which has as many columns, into this one.
  public mutating func insert(_ part: FusedMotion, atRow row: Int) {
    precondition(
      part.columns == columns && row >= 0 && row + part.rows <= rows,
      "rows \(row) to \(row + part.rows) of \(part.columns) columns leave the \(rows) × \(columns)")
    let size = part.rows * columns
    for layer in FusedLayer.allCases.indices {
      let target = layer * rows * columns + row * columns
      cells.replaceSubrange(target..<target + size, with: part.cells[layer * size..<(layer + 1) * size])
    }
  }
}
