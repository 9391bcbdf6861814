// SPDX-License-Identifier: Apache-2.0
import Grids

/// What the third derivatives of the motion inside the template do to a gradient.
///
/// Over a square of even texture with half side h, the gradient by column of u is off by h² / 10 times its second
/// derivative by column and h² / 6 times that by row (the moments of x³ and x y² against x), and so with rows. Both are
/// second differences of the measured gradients, about half a template apart. The mean square of the bias over
/// neighbours, less its noise, goes into the covariance of the gradients.
struct GradientBias {
  /// Cells between the gradients of a second difference.
  private let step: Int
  /// The bias per second difference along the gradient and across it.
  private let along, across: Double
  /// Noise variance of the bias over that of a gradient.
  private let noise: Double

  /// - Parameters:
  ///   - spacing: distance between grid cells, px.
  ///   - templateWindow: side of the template, px.
  init(spacing: Double, templateWindow: Int) {
    let half = Double(templateWindow / 2)
    step = max(1, Int((half / spacing).rounded()))
    let distance = Double(step) * spacing
    along = half * half / 10 / (distance * distance)
    across = half * half / 6 / (distance * distance)
    let kernel = TemplateOverlap(templateWindow)
    let taps = [
      (SIMD2(0.0, 0.0), -2 * (along + across)), (SIMD2(distance, 0), along), (SIMD2(-distance, 0), along),
      (SIMD2(0, distance), across), (SIMD2(0, -distance), across),
    ]
    var noise = 0.0
    for (p, a) in taps {
      for (q, b) in taps { noise += a * b * kernel.slopeToSlope(q.x - p.x, q.y - p.y) }
    }
    self.noise = noise
  }

  /// Adds the mean products of the gradients' biases to their covariances.
  func add(to matches: inout Grid<LeastSquaresMatch>) {
    let parameters = [1, 2, 4, 5]
    let biases = parameters.map { parameter in
      bias(of: matches.map { $0.flag == .measured ? Six($0.offset)[parameter] : .nan }, byRow: parameter % 3 == 2)
    }
    // The part of each bias that stands out of the noise; scaling by it leaves the products a covariance.
    let shares = zip(parameters, biases).map { parameter, bias in
      let squares = bias.times(bias)
      var excess = squares
      for index in excess.cells.indices {
        excess.cells[index] -= noise * Double(matches.cells[index].covariance[parameter, parameter])
      }
      let means = squares.localMeans(reach: step)
      var shares = excess.localMeans(reach: step)
      for index in shares.cells.indices {
        let share = shares.cells[index] / means.cells[index]
        shares.cells[index] = share > 0 ? share.squareRoot() : 0
      }
      return shares
    }
    for i in parameters.indices {
      for j in i..<parameters.count {
        let products = biases[i].times(biases[j]).localMeans(reach: step)
        for index in products.cells.indices where !products.cells[index].isNaN {
          let share = shares[i].cells[index] * shares[j].cells[index]
          matches.cells[index].covariance[parameters[i], parameters[j]] += Float(share * products.cells[index])
        }
      }
    }
  }

  /// - Parameters:
  ///   - gradients: by column, px/px; NaN where missing.
  ///   - byRow: gradients are by row instead.
  private func bias(of gradients: Grid<Double>, byRow: Bool) -> Grid<Double> {
    var out = gradients
    for row in 0..<gradients.rows {
      for column in 0..<gradients.columns {
        let right = secondDifference(gradients, row, column, 0, step)
        let down = secondDifference(gradients, row, column, step, 0)
        out[row, column] = byRow ? along * down + across * right : along * right + across * down
      }
    }
    return out
  }

  private func secondDifference(_ grid: Grid<Double>, _ row: Int, _ column: Int, _ down: Int, _ right: Int) -> Double
  {
    let r = row - down, c = column - right, r2 = row + down, c2 = column + right
    guard r >= 0, c >= 0, r2 < grid.rows, c2 < grid.columns else { return .nan }
    return grid[r, c] - 2 * grid[row, column] + grid[r2, c2]
  }
}

extension Grid where Element == Double {
  fileprivate func times(_ other: Grid) -> Grid {
    Grid(rows: rows, columns: columns, cells: zip(cells, other.cells).map { $0 * $1 })
  }
}
