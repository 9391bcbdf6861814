// SPDX-License-Identifier: Apache-2.0
import Grids

/// Connected regions of a mask: which pixel belongs to which, and how large each is.
///
/// Two passes with union of labels. Cost O(pixels); regions are numbered in the order of their first pixel.
public struct ConnectedRegions: Sendable {
  /// Region of each pixel, from 0; −1 where the mask is false.
  public let labels: Grid<Int32>
  /// Pixels of each region.
  public let sizes: [Int]
  /// Whether a region has a pixel in the first or last row or column.
  public let touchesBorder: [Bool]

  /// Finds the regions where `mask` is true; `diagonally` says whether pixels that share only a corner are connected.
  public init(of mask: Mask, diagonally: Bool) {
    var labels = Grid(rows: mask.rows, columns: mask.columns, filledWith: Int32(-1))
    var parents: [Int32] = []
    for row in 0..<mask.rows {
      for column in 0..<mask.columns where mask[row, column] {
        var own = column > 0 ? labels[row, column - 1] : -1
        if row > 0 {
          let reach = diagonally ? max(0, column - 1)...min(mask.columns - 1, column + 1) : column...column
          for c in reach where labels[row - 1, c] >= 0 {
            own = own < 0 ? labels[row - 1, c] : Self.join(own, labels[row - 1, c], &parents)
          }
        }
        if own < 0 {
          own = Int32(parents.count)
          parents.append(own)
        }
        labels[row, column] = own
      }
    }
    (sizes, touchesBorder) = Self.renumber(&labels, &parents)
    self.labels = labels
  }

  private static func root(_ label: Int32, _ parents: inout [Int32]) -> Int32 {
    var label = label
    while parents[Int(label)] != label {
      parents[Int(label)] = parents[Int(parents[Int(label)])]
      label = parents[Int(label)]
    }
    return label
  }

  private static func join(_ a: Int32, _ b: Int32, _ parents: inout [Int32]) -> Int32 {
    let first = root(a, &parents), second = root(b, &parents)
    let least = min(first, second)
    parents[Int(max(first, second))] = least
    return least
  }

  /// Gives regions consecutive numbers; returns their sizes and whether they touch the border.
  private static func renumber(
    _ labels: inout Grid<Int32>, _ parents: inout [Int32]
  ) -> (sizes: [Int], touchesBorder: [Bool]) {
    var numbers = [Int32](repeating: -1, count: parents.count)
    var sizes: [Int] = [], touches: [Bool] = []
    for row in 0..<labels.rows {
      for column in 0..<labels.columns where labels[row, column] >= 0 {
        let top = Int(root(labels[row, column], &parents))
        if numbers[top] < 0 {
          numbers[top] = Int32(sizes.count)
          sizes.append(0)
          touches.append(false)
        }
        let number = Int(numbers[top])
        labels[row, column] = Int32(number)
        sizes[number] += 1
        if row == 0 || column == 0 || row == labels.rows - 1 || column == labels.columns - 1 {
          touches[number] = true
        }
      }
    }
    return (sizes, touches)
  }
}
