// SPDX-License-Identifier: Apache-2.0
import Foundation
import OgiveKit

/// Two images of a texture that is known between the pixels, so that the motion between them is exact.
///
/// The texture is a sum of plane waves with a spectrum like that of ground. Under an affine motion a plane wave stays
/// one, so the secondary image is computed and not interpolated: no kernel favours or hinders any matcher.
struct ScenePair {
  let reference, secondary: Grid<Float>
  /// Place in the reference of a pixel of the secondary: column = a + b·column + c·row, then the same for the row.
  static let affine = (column: (-0.37, 1.0006, 0.0004), row: (0.21, -0.0003, 1.0005))

  init(size: Int, noise: Float = 0.02) {
    reference = Self.texture(size: size, columnOf: (0, 1, 0), rowOf: (0, 0, 1), noise: noise, seed: 1)
    secondary = Self.texture(
      size: size, columnOf: Self.affine.column, rowOf: Self.affine.row, noise: noise, seed: 2)
  }

  /// The true offset of the point at (`row`, `column`) of the reference, px.
  static func truth(row: Double, column: Double) -> (dx: Double, dy: Double) {
    let (a, b, c) = affine.column, (d, e, f) = affine.row
    let determinant = b * f - c * e
    let x = column - a, y = row - d
    return ((f * x - c * y) / determinant - column, (b * y - e * x) / determinant - row)
  }

  /// Writes both images as raw 32-bit floats and the motion as JSON, for peers in other languages.
  func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, image) in [("reference", reference), ("secondary", secondary)] {
      try image.cells.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: "\(name).f32"))
    }
    let (a, b, c) = Self.affine.column, (d, e, f) = Self.affine.row
    let text = "{\"size\": \(reference.rows), \"column\": [\(a), \(b), \(c)], \"row\": [\(d), \(e), \(f)]}\n"
    try text.write(to: folder.appending(path: "pair.json"), atomically: true, encoding: .utf8)
  }

  private static func texture(
    size: Int, columnOf: (Double, Double, Double), rowOf: (Double, Double, Double), noise: Float, seed: UInt64
  ) -> Grid<Float> {
    var waves = Random(seed: 7)
    var image = Grid<Float>(rows: size, columns: size, filledWith: 0)
    for _ in 0..<160 {
      // Wavelengths from 3 to 200 px, evenly on a logarithmic scale; amplitude grows with the wavelength.
      let wavelength = 3 * pow(200.0 / 3, waves.uniform()), angle = 2 * Double.pi * waves.uniform()
      let kx = 2 * Double.pi / wavelength * cos(angle), ky = 2 * Double.pi / wavelength * sin(angle)
      let phase = 2 * Double.pi * waves.uniform(), amplitude = 0.1 * pow(wavelength / 20, 0.7)
      let step = kx * columnOf.1 + ky * rowOf.1
      for row in 0..<size {
        let y = Double(row)
        let start = phase + kx * (columnOf.0 + columnOf.2 * y) + ky * (rowOf.0 + rowOf.2 * y)
        addWave(to: &image, row: row, start: start, step: step, amplitude: amplitude)
      }
    }
    var random = Random(seed: seed)
    for index in image.cells.indices { image.cells[index] += noise * Float(random.normal()) }
    return image
  }

  /// Adds `amplitude · cos(start + step · column)` to a row, by turning a unit vector step by step.
  private static func addWave(to image: inout Grid<Float>, row: Int, start: Double, step: Double, amplitude: Double) {
    let turn = (cos(step), sin(step))
    var x = amplitude * cos(start), y = amplitude * sin(start)
    let base = row * image.columns
    for column in 0..<image.columns {
      image.cells[base + column] += Float(x)
      (x, y) = (x * turn.0 - y * turn.1, x * turn.1 + y * turn.0)
    }
  }
}

/// SplitMix64 (Steele, Lea & Flood 2014): small, seeded, the same on every machine.
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in [0, 1).
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Standard normal (Box & Muller 1958).
  mutating func normal() -> Double { sqrt(-2 * log(1 - uniform())) * cos(2 * Double.pi * uniform()) }
}
