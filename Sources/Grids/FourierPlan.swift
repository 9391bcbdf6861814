// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels

/// Discrete Fourier transform of one length, 2ᵃ 3ᵇ 5ᶜ, in single precision.
///
/// A plan is made once and may be used by many threads at a time. Columns of an array are transformed together,
/// eight in the lanes of a vector. Forward: X[k] = Σ x[j] exp(−2πi jk / n), unscaled; the inverse divides by n.
public final class FourierPlan: Sendable {
  public let length: Int
  private let radices: [Int]
  private let twiddles: [Float]

  /// - Parameter length: 2ᵃ 3ᵇ 5ᶜ; see `fastLength(atLeast:)`.
  public init(length: Int) {
    precondition(length > 0 && Self.isFast(length), "a Fourier plan needs a length 2ᵃ 3ᵇ 5ᶜ, not \(length)")
    self.length = length
    var radices: [Int] = [], twiddles: [Float] = []
    var rest = length
    while rest > 1 {
      let radix = rest % 4 == 0 ? 4 : rest % 2 == 0 ? 2 : rest % 3 == 0 ? 3 : 5
      let m = rest / radix
      for q in 0..<m {
        for t in 1..<radix {
          let angle = -2 * Double.pi * Double(q * t % rest) / Double(rest)
          twiddles.append(Float(cos(angle)))
          twiddles.append(Float(sin(angle)))
        }
      }
      radices.append(radix)
      rest = m
    }
    self.radices = radices
    self.twiddles = twiddles
  }

  /// Smallest even length of the form 2ᵃ 3ᵇ 5ᶜ that is not below `least`.
  public static func fastLength(atLeast least: Int) -> Int {
    var length = max(2, least + least % 2)
    while !isFast(length) { length += 2 }
    return length
  }

  private static func isFast(_ length: Int) -> Bool {
    var rest = length
    for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
    return rest == 1
  }

  /// Floats of work space of one call.
  public var workCount: Int { 32 * length }

  /// Transforms columns in place, unscaled.
  ///
  /// - Parameters:
  ///   - real, imaginary: `length` rows of `stride` floats.
  ///   - columns: how many; a multiple of 8, at most `stride`.
  ///   - work: `workCount` floats.
  public func transformColumns(
    real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>, stride: Int, columns: Int,
    isInverse: Bool = false, work: UnsafeMutablePointer<Float>
  ) {
    precondition(columns % 8 == 0 && columns <= stride, "\(columns) columns in rows of \(stride)")
    radices.withUnsafeBufferPointer { radices in
      twiddles.withUnsafeBufferPointer { twiddles in
        guard let table = twiddles.baseAddress, let factors = radices.baseAddress else { return }
        // exp(+…) instead of exp(−…) is the same transform with real and imaginary parts exchanged.
        FourierKernels.columns(
          real: isInverse ? imaginary : real, imaginary: isInverse ? real : imaginary, stride: stride,
          columns: columns, length: length, radices: factors, passes: radices.count, twiddles: table, work: work)
      }
    }
  }

  /// Transform of one complex signal.
  ///
  /// - Returns: real and imaginary parts; the inverse is divided by the length.
  public func transform(
    real: [Float], imaginary: [Float], isInverse: Bool = false
  ) -> (real: [Float], imaginary: [Float]) {
    precondition(real.count == length && imaginary.count == length, "a plan of length \(length) for \(real.count)")
    var re = [Float](repeating: 0, count: 8 * length), im = re
    for k in 0..<length {
      re[8 * k] = real[k]
      im[8 * k] = imaginary[k]
    }
    var work = [Float](repeating: 0, count: workCount)
    transformColumns(real: &re, imaginary: &im, stride: 8, columns: 8, isInverse: isInverse, work: &work)
    let scale = isInverse ? 1 / Float(length) : 1
    return ((0..<length).map { re[8 * $0] * scale }, (0..<length).map { im[8 * $0] * scale })
  }

  /// Spectrum of a real signal at frequencies 0 … length / 2; the rest is its mirror image.
  public func transform(real: [Float]) -> (real: [Float], imaginary: [Float]) {
    let full = transform(real: real, imaginary: [Float](repeating: 0, count: length))
    let half = length / 2 + 1
    return (Array(full.real.prefix(half)), Array(full.imaginary.prefix(half)))
  }
}

/// Two-dimensional transform of complex arrays, and the cross-correlation of two real images by one transform.
///
/// Spectra are kept transposed (`columns × rows`, rows of `spectrumStride`): it saves two transpositions.
public final class FourierPlan2D: Sendable {
  public let rows, columns: Int
  private let down, across: FourierPlan

  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    down = FourierPlan(length: rows)
    across = rows == columns ? down : FourierPlan(length: columns)
  }

  /// Floats between rows of an array in space, and between rows of its transposed spectrum.
  public var stride: Int { (columns + 7) / 8 * 8 }
  public var spectrumStride: Int { (rows + 7) / 8 * 8 }
  /// Floats of each of the arrays that the calls below take.
  public var count: Int { max(rows * stride, columns * spectrumStride) }
  public var workCount: Int { max(down.workCount, across.workCount) }

  /// From `real + i imaginary` in space to the transposed spectrum, or back when `isInverse` (unscaled). Both
  /// pairs are of `count` floats; the input pair is destroyed.
  public func transform(
    real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>,
    toReal: UnsafeMutablePointer<Float>, toImaginary: UnsafeMutablePointer<Float>, isInverse: Bool = false,
    work: UnsafeMutablePointer<Float>
  ) {
    let first = isInverse ? across : down, second = isInverse ? down : across
    let from = isInverse ? spectrumStride : stride, to = isInverse ? stride : spectrumStride
    let height = first.length, width = second.length
    first.transformColumns(
      real: real, imaginary: imaginary, stride: from, columns: from, isInverse: isInverse, work: work)
    FourierKernels.transpose(real, stride: from, rows: height, columns: width, to: toReal, toStride: to)
    FourierKernels.transpose(imaginary, stride: from, rows: height, columns: width, to: toImaginary, toStride: to)
    second.transformColumns(
      real: toReal, imaginary: toImaginary, stride: to, columns: to, isInverse: isInverse, work: work)
  }

  /// Cyclic cross-correlation c(s) = Σ a(x) b(x + s) of two real images, times rows × columns.
  ///
  /// - Parameters:
  ///   - a, b: images in space, destroyed; `a` then holds the correlation.
  ///   - spectrum: two arrays of `count` floats of work space.
  public func correlate(
    a: UnsafeMutablePointer<Float>, b: UnsafeMutablePointer<Float>,
    spectrum: (real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>),
    work: UnsafeMutablePointer<Float>
  ) {
    crossSpectrum(a: a, b: b, spectrum: spectrum, work: work)
    transform(
      real: spectrum.real, imaginary: spectrum.imaginary, toReal: a, toImaginary: b, isInverse: true, work: work)
  }

  /// Transposed spectrum conj(A) · B of two real images, which are destroyed.
  public func crossSpectrum(
    a: UnsafeMutablePointer<Float>, b: UnsafeMutablePointer<Float>,
    spectrum: (real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>),
    work: UnsafeMutablePointer<Float>
  ) {
    transform(real: a, imaginary: b, toReal: spectrum.real, toImaginary: spectrum.imaginary, work: work)
    FourierKernels.crossSpectrum(
      real: spectrum.real, imaginary: spectrum.imaginary, stride: spectrumStride, rows: columns, columns: rows)
  }
}
