// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import Simulation

/// Made scenes with known ground, at the top of the atmosphere.
///
/// Reflectances are rounded from spectra of the literature (snow: Dozier 1989, grains of 0.1 to 1 mm; ice: Hall et al.
/// 1995, Winther 1993; rock and debris as on glaciers; clouds: those of the labelled patches), with the blue that air adds.
enum GroundSpectra {
  /// blue, green, red, near infrared, 1.6 µm, 2.2 µm
  static let freshSnow: [Float] = [0.92, 0.90, 0.89, 0.84, 0.12, 0.09]
  static let oldSnow: [Float] = [0.75, 0.73, 0.70, 0.58, 0.04, 0.03]
  static let bareIce: [Float] = [0.55, 0.54, 0.49, 0.34, 0.02, 0.015]
  static let dirtyIce: [Float] = [0.30, 0.29, 0.27, 0.21, 0.06, 0.05]
  static let debris: [Float] = [0.13, 0.13, 0.14, 0.17, 0.21, 0.18]
  static let rock: [Float] = [0.15, 0.15, 0.17, 0.21, 0.28, 0.24]
  static let grass: [Float] = [0.10, 0.09, 0.07, 0.30, 0.16, 0.08]
  static let lake: [Float] = [0.10, 0.08, 0.05, 0.03, 0.01, 0.01]
  static let thickCloud: [Float] = [0.62, 0.61, 0.61, 0.64, 0.42, 0.32]

  /// Bands of a scene that has these spectra in columns of equal width, times a texture of 1 ± `contrast`.
  static func scene(_ spectra: [[Float]], rows: Int = 96, width: Int = 48, contrast: Double = 0.08, seed: Int = 1)
    -> [Grid<Float>]
  {
    let texture = texture(rows: rows, columns: width * spectra.count, contrast: contrast, seed: seed)
    return (0..<6).map { band in
      var out = texture
      for r in 0..<rows { for c in 0..<out.columns { out[r, c] *= spectra[c / width][band] } }
      return out
    }
  }

  /// Mean 1, standard deviation `contrast`.
  static func texture(rows: Int, columns: Int, contrast: Double, seed: Int) -> Grid<Float> {
    var p = GeneratedTexture.Parameters()
    p.textureSeed = seed
    p.textureMean = 1
    p.textureDeviation = contrast
    p.textureOctaves = 5
    return GeneratedTexture(parameters: p).read(Window(row: 0, column: 0, rows: rows, columns: columns))
  }

  /// Bands seen through a cloud that covers a share of the light at each pixel.
  static func clouded(_ bands: [Grid<Float>], opacity: Grid<Float>) -> [Grid<Float>] {
    bands.indices.map { b in
      var out = bands[b]
      for i in out.cells.indices {
        out.cells[i] += opacity.cells[i] * (thickCloud[b] - out.cells[i])
      }
      return out
    }
  }

  /// Opacity of a round cloud with a soft rim of an eighth of its radius.
  static func disc(rows: Int, columns: Int, row: Double, column: Double, radius: Double) -> Grid<Float> {
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
    for r in 0..<rows {
      for c in 0..<columns {
        let dr = Double(r) - row, dc = Double(c) - column
        let inside = (radius - (dr * dr + dc * dc).squareRoot()) / (radius / 8)
        out[r, c] = Float(min(max(inside, 0), 1))
      }
    }
    return out
  }
}

extension SpectralBands {
  init(_ bands: [Grid<Float>]) {
    self.init(blue: bands[0], green: bands[1], red: bands[2], nir: bands[3], swir1: bands[4], swir2: bands[5])
  }
}
