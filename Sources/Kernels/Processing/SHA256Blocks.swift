// SPDX-License-Identifier: Apache-2.0

/// The round constants of SHA-256: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = cubeRootConstants()

/// Computed rather than listed: integer cube roots of `prime × 2^96`, whose low 32 bits are the constants.
private func cubeRootConstants() -> [UInt32] {
  var constants: [UInt32] = []
  var candidate: UInt64 = 2
  while constants.count < 64 {
    if (2..<candidate).allSatisfy({ candidate % $0 != 0 }) { constants.append(fractionOfCubeRoot(candidate)) }
    candidate += 1
  }
  return constants
}

/// First 32 bits of the fractional part of the cube root of `number`, below 512.
private func fractionOfCubeRoot(_ number: UInt64) -> UInt32 {
  // The largest root with root³ ≤ number × 2^96, by bisection on 128-bit products; root < 8 × 2^32.
  let target = UInt128(number) << 96
  var low: UInt128 = 0, high: UInt128 = 1 << 35
  while high - low > 1 {
    let middle = (low + high) / 2
    if middle * middle * middle <= target { low = middle } else { high = middle }
  }
  return UInt32(truncatingIfNeeded: low)
}

/// The state of SHA-256 before the first block (FIPS 180-4, section 5.3.3), and after each block.
package typealias SHA256State = SIMD8<UInt32>

package let sha256InitialState = SHA256State(
  0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)

/// Runs the SHA-256 compression function (FIPS 180-4, section 6.2.2) over `blocks` blocks of 64 bytes.
///
/// - Parameters:
///   - bytes: at least `64 × blocks` bytes, at any alignment.
///   - state: the state before, and on return after these blocks.
package func compressSHA256(_ bytes: UnsafeRawPointer, blocks: Int, state: inout SHA256State) {
  roundConstants.withUnsafeBufferPointer { constants in
    // The message schedule as a ring of 16 words: the rounds below read and replace it sixteen at a time.
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { ring in
      let w = ring.baseAddress!, k = constants.baseAddress!
      for block in 0..<blocks {
        let base = bytes + block * 64
        for i in 0..<16 {
          w[i] = base.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self).bigEndian
        }
        let before = state
        sixteenRounds(w, k, &state)
        for start in stride(from: 16, to: 64, by: 16) {
          for i in 0..<16 { extendSchedule(w, i) }
          sixteenRounds(w, k + start, &state)
        }
        state = before &+ state
      }
    }
  }
}

@inline(__always)
private func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { x &>> n | x &<< (32 &- n) }

@inline(__always)
private func extendSchedule(_ w: UnsafeMutablePointer<UInt32>, _ i: Int) {
  let x = w[(i &+ 1) & 15], y = w[(i &+ 14) & 15]
  let s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x &>> 3)
  let s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y &>> 10)
  w[i] = w[i] &+ s0 &+ w[(i &+ 9) & 15] &+ s1
}

/// One round; the caller rotates the names of the eight words instead of moving their values.
@inline(__always)
private func round(
  _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
  _ h: inout UInt32, _ kw: UInt32
) {
  let s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
  let choice = g ^ (e & (f ^ g))
  let t = h &+ s1 &+ choice &+ kw
  let s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
  let majority = (a & b) | (c & (a | b))
  d = d &+ t
  h = t &+ s0 &+ majority
}

@inline(__always)
private func sixteenRounds(
  _ w: UnsafeMutablePointer<UInt32>, _ k: UnsafePointer<UInt32>, _ state: inout SHA256State
) {
  var a = state[0], b = state[1], c = state[2], d = state[3]
  var e = state[4], f = state[5], g = state[6], h = state[7]
  for i in stride(from: 0, to: 16, by: 8) {
    round(a, b, c, &d, e, f, g, &h, k[i] &+ w[i])
    round(h, a, b, &c, d, e, f, &g, k[i &+ 1] &+ w[i &+ 1])
    round(g, h, a, &b, c, d, e, &f, k[i &+ 2] &+ w[i &+ 2])
    round(f, g, h, &a, b, c, d, &e, k[i &+ 3] &+ w[i &+ 3])
    round(e, f, g, &h, a, b, c, &d, k[i &+ 4] &+ w[i &+ 4])
    round(d, e, f, &g, h, a, b, &c, k[i &+ 5] &+ w[i &+ 5])
    round(c, d, e, &f, g, h, a, &b, k[i &+ 6] &+ w[i &+ 6])
    round(b, c, d, &e, f, g, h, &a, k[i &+ 7] &+ w[i &+ 7])
  }
  state = SHA256State(a, b, c, d, e, f, g, h)
}
