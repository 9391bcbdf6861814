// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import RasterIO

/// Turns tiles of values into pictures of at most 256 colours; the first of them is clear and stands for missing.
struct TilePicture {
  private let palette: [RGBA]
  private let look: Look

  private enum Look {
    case ramp(low: Float, factor: Float, isCyclic: Bool)
    case classes([Int: UInt8])
  }

  /// Steps of a ramp: what a table of 256 has beside the clear one.
  private static let steps = 255

  /// - Parameter range: where the style has none.
  init(_ style: TileStyle, range: TileStyle.Range?) {
    if !style.classes.isEmpty {
      let classes = style.classes.prefix(Self.steps)
      palette = [RGBA(0, 0, 0, 0)] + classes.map { RGBA($0.colour) }
      look = .classes(
        Dictionary(classes.enumerated().map { ($1.value, UInt8($0 + 1)) }, uniquingKeysWith: { first, _ in first }))
      return
    }
    let ends = style.range ?? range ?? TileStyle.Range(unchecked: 0, 1)
    let isCyclic = style.colours.kind == .cyclic
    // The last colour of a cyclic map is a step before its first.
    let last = Double(isCyclic ? Self.steps : Self.steps - 1)
    palette =
      [RGBA(0, 0, 0, 0)] + (0..<Self.steps).map { RGBA(style.colours.colour(at: Double($0) / last)) }
    look = .ramp(
      low: Float(ends.low), factor: Float(last / (ends.high - ends.low)), isCyclic: isCyclic)
  }

  /// The bytes of a PNG file.
  func png(_ tile: FloatTile) throws(TilesError) -> [UInt8] {
    let indices = Grid(rows: tile.size, columns: tile.size, cells: indices(of: tile.values))
    return try reading { () throws(RasterError) in try PNG.encode(indices: indices, palette: palette) }
  }

  private func indices(of values: [Float]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: values.count) { out, count in
      values.withUnsafeBufferPointer { values in
        switch look {
        case .ramp(let low, let factor, false):
          let last = Float(Self.steps - 1)
          for index in 0..<values.count {
            let place = (values[index] - low) * factor + 0.5
            // NaN fails both tests and is left over.
            out[index] = place < last ? UInt8(max(0, place)) &+ 1 : place >= last ? UInt8(Self.steps) : 0
          }
        case .ramp(let low, let factor, true):
          let steps = Float(Self.steps)
          for index in 0..<values.count {
            let place = (values[index] - low) * factor, turn = (place / steps).rounded(.down)
            let step = place - turn * steps
            out[index] = step.isFinite ? UInt8(min(steps - 1, max(0, step))) &+ 1 : 0
          }
        case .classes(let places):
          for index in 0..<values.count {
            let value = values[index]
            out[index] = value.isFinite && abs(value) < 1e9 ? places[Int(value.rounded())] ?? 0 : 0
          }
        }
      }
      count = values.count
    }
  }
}

extension RGBA {
  init(_ colour: Colour) { self.init(colour.red, colour.green, colour.blue, colour.alpha) }
}
