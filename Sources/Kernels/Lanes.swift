// SPDX-License-Identifier: Apache-2.0

/// Eight pixels at once: the widest vector that every CPU of the kernels' baseline has.
public typealias Lanes = SIMD8<Float>

extension UnsafePointer<Float> {
  /// Eight consecutive values from `index`, at any alignment.
  @inline(__always)
  package func lanes(at index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }
}

extension UnsafeMutablePointer<Float> {
  @inline(__always)
  package func lanes(at index: Int) -> Lanes {
    UnsafeRawPointer(self + index).loadUnaligned(as: Lanes.self)
  }

  @inline(__always)
  package func store(_ value: Lanes, at index: Int) {
    UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Lanes.self)
  }
}
