// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Small images in the plainest format that GDAL reads (PGM and PPM), so that these tests need no writer of ours.
enum TestImage {
  /// A texture that is known between the pixels, seen `dx` px further right and `dy` px further down; 8 bits a pixel.
  static func texture(rows: Int, columns: Int, dx: Double = 0, dy: Double = 0) -> Data {
    var data = header("P5", rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { data.append(value(x: Double(column) - dx, y: Double(row) - dy)) }
    }
    return data
  }

  /// The same grey everywhere.
  static func constant(rows: Int, columns: Int) -> Data {
    header("P5", rows: rows, columns: columns) + Data(repeating: 90, count: rows * columns)
  }

  /// Three bands; the first holds the texture.
  static func colour(rows: Int, columns: Int, dx: Double = 0) -> Data {
    var data = header("P6", rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { data += [value(x: Double(column) - dx, y: Double(row)), UInt8(row % 7), 0] }
    }
    return data
  }

  private static func header(_ magic: String, rows: Int, columns: Int) -> Data {
    Data("\(magic)\n\(columns) \(rows)\n255\n".utf8)
  }

  /// Forty plane waves of 4 to 60 px, whose directions and phases come from irrational steps: no grid in it.
  private static func value(x: Double, y: Double) -> UInt8 {
    var sum = 0.0
    for wave in waves { sum += wave.amplitude * cos(wave.kx * x + wave.ky * y + wave.phase) }
    return UInt8(min(255, max(0, (128 + 34 * sum).rounded())))
  }

  private struct Wave { let kx, ky, phase, amplitude: Double }

  private static let waves: [Wave] = (0..<40).map { index in
    let step = Double(index)
    let wavelength = 4 * pow(15, step / 39), angle = step * 2.399_963, phase = step * 1.618_034 * .pi
    let k = 2 * Double.pi / wavelength
    return Wave(kx: k * cos(angle), ky: k * sin(angle), phase: phase, amplitude: 0.25 * pow(wavelength / 15, 0.5))
  }
}
